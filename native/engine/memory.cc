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
// Blocks from here on are compared with what the machine has left before they are asked for.
constexpr std::size_t kLargeBlock = std::size_t{64} << 20;
constexpr std::size_t kUnlimited = std::numeric_limits<std::size_t>::max();

std::atomic<std::int64_t> allocated{0};

#if defined(__linux__)
// The number that `format` finds in a small file of the kernel's; kUnlimited where there is none.
std::size_t numberIn(const char* path, const char* format) {
  std::FILE* file = std::fopen(path, "re");
  if (file == nullptr) return kUnlimited;
  std::size_t value = kUnlimited;
  char line[128];
  while (std::fgets(line, sizeof line, file) != nullptr) {
    unsigned long long found = 0;
    if (std::sscanf(line, format, &found) != 1) continue;  // NOLINT(cert-err34-c): the kernel's own numbers
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
#if defined(__linux__)
  const std::size_t machine = numberIn("/proc/meminfo", "MemAvailable: %llu kB");
  std::size_t container = numberIn("/sys/fs/cgroup/memory.max", "%llu");
  container = std::min(container, numberIn("/sys/fs/cgroup/memory/memory.limit_in_bytes", "%llu"));
  const auto ours = static_cast<std::size_t>(std::max<std::int64_t>(allocated.load(), 0));
  if (container != kUnlimited) container -= std::min(container, ours);
  return std::min(machine > kUnlimited / 1024 ? kUnlimited : machine * 1024, container);
#else
  return kUnlimited;
#endif
}

}  // namespace

std::int64_t allocatedBytes() { return allocated.load(); }

void* allocateAligned(std::size_t bytes) {
  if (bytes == 0) return nullptr;
  meetFault(FaultSite::allocation);
  if (bytes > (std::size_t{1} << 46)) throw std::bad_alloc();
  if (bytes >= kLargeBlock && bytes > availableBytes()) throw std::bad_alloc();
  const std::size_t alignment = bytes >= kHugePage ? kHugePage : kAlignment;
  const std::size_t rounded = (bytes + alignment - 1) / alignment * alignment;
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
  std::memset(pointer, 0, rounded);
  allocated.fetch_add(static_cast<std::int64_t>(bytes));
  return pointer;
}

void freeAligned(void* pointer, std::size_t bytes) noexcept {
  if (pointer == nullptr) return;
  allocated.fetch_sub(static_cast<std::int64_t>(bytes));
#if defined(_WIN32)
  _aligned_free(pointer);
#else
  std::free(pointer);
#endif
}

}  // namespace blasnet
