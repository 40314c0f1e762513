#include "engine/memory.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "engine/faults.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif
#if defined(_WIN32)
#include <malloc.h>
#endif

namespace blasnet {
namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::size_t kHugePage = std::size_t{2} << 20;
// Large blocks begin at different places of their first page. Parameters and their slots are walked side by side, and at
// equal places they would compete for the same sets of the cache.
constexpr std::size_t kSkew = 9 * kAlignment;
constexpr std::size_t kSkews = 8;
// After so many bytes, in one block or in many, what is asked for is compared with what the machine has left.
constexpr std::size_t kBetweenLooks = std::size_t{64} << 20;
constexpr std::size_t kUnlimited = std::numeric_limits<std::size_t>::max();

std::atomic<std::int64_t> allocated{0};
std::atomic<std::size_t> largeBlocks{0};
std::atomic<std::size_t> sinceLook{0};
std::atomic<std::size_t> limit{kUnlimited};

#if defined(__linux__)
// The number that `format` finds in a small file of the kernel's; kUnlimited where there is none.
std::size_t numberIn(const char* path, const char* format) {
  std::FILE* file = std::fopen(path, "re");
  if (file == nullptr) return kUnlimited;
  std::size_t value = kUnlimited;
  char line[128];
  while (std::fgets(line, sizeof line, file) != nullptr) {
    unsigned long long found = 0;
    if (std::sscanf(line, format, &found) != 1) continue;
    value = static_cast<std::size_t>(found);
    break;
  }
  std::fclose(file);
  return value;
}
#endif

// What the machine, or the container we run in, can give. Linux promises more than it has and ends the process that
// takes it by its word, where no error can be caught.
std::size_t availableBytes() {
  std::size_t machine = kUnlimited;
  std::size_t container = limit;
#if defined(__linux__)
  machine = numberIn("/proc/meminfo", "MemAvailable: %llu kB");
  if (machine != kUnlimited) machine *= 1024;
  container = std::min(container, numberIn("/sys/fs/cgroup/memory.max", "%llu"));
  container = std::min(container, numberIn("/sys/fs/cgroup/memory/memory.limit_in_bytes", "%llu"));
#endif
  const auto ours = static_cast<std::size_t>(std::max<std::int64_t>(allocated.load(), 0));
  if (container != kUnlimited) container -= std::min(container, ours);
  return std::min(machine, container);
}

bool isMoreThanThereIs(std::size_t bytes) {
  if (sinceLook.fetch_add(bytes) + bytes < kBetweenLooks) return false;
  sinceLook = 0;
  return bytes > availableBytes();
}

}  // namespace

std::int64_t allocatedBytes() { return allocated.load(); }

void limitMemory(std::size_t bytes) { limit = bytes; }

void* allocateAligned(std::size_t bytes, bool zeroed) {
  if (bytes == 0) return nullptr;
  meetFault(FaultSite::allocation);
  if (bytes > (std::size_t{1} << 46) || isMoreThanThereIs(bytes)) throw std::bad_alloc();
  const std::size_t alignment = bytes >= kHugePage ? kHugePage : kAlignment;
  const std::size_t skew = alignment == kHugePage ? largeBlocks.fetch_add(1) % kSkews * kSkew : 0;
  const std::size_t rounded = (bytes + skew + alignment - 1) / alignment * alignment;
#if defined(_WIN32)
  void* pointer = _aligned_malloc(rounded, alignment);
#else
  void* pointer = std::aligned_alloc(alignment, rounded);
#endif
  if (pointer == nullptr) throw std::bad_alloc();
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  // Kernel matrices are read across their rows: with 4 KiB pages a product spends its time in the page tables.
  if (alignment == kHugePage) madvise(pointer, rounded, MADV_HUGEPAGE);
#endif
  if (zeroed) std::memset(pointer, 0, rounded);
  allocated.fetch_add(static_cast<std::int64_t>(bytes));
  return static_cast<char*>(pointer) + skew;
}

void freeAligned(void* pointer, std::size_t bytes) noexcept {
  if (pointer == nullptr) return;
  allocated.fetch_sub(static_cast<std::int64_t>(bytes));
  if (bytes >= kHugePage) pointer = static_cast<char*>(pointer) - reinterpret_cast<std::uintptr_t>(pointer) % kHugePage;
#if defined(_WIN32)
  _aligned_free(pointer);
#else
  std::free(pointer);
#endif
}

}  // namespace blasnet
