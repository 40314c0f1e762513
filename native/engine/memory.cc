#include "engine/memory.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>

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
// Blocks from here on come from the system and go back to it. malloc would keep them: each large block that is freed raises
// the size up to which glibc takes memory from a heap that holes keep it from shrinking again.
constexpr std::size_t kMapped = std::size_t{256} << 10;
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

std::size_t roundUp(std::size_t bytes, std::size_t to) { return (bytes + to - 1) / to * to; }

// The sanitizer watches over malloc alone.
#if defined(__SANITIZE_ADDRESS__)
#define BLASNET_MAPS 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define BLASNET_MAPS 0
#endif
#endif
#if !defined(BLASNET_MAPS)
#if defined(__linux__)
#define BLASNET_MAPS 1
#else
#define BLASNET_MAPS 0
#endif
#endif

#if BLASNET_MAPS
// The last blocks that were freed: who predicts or steps in a loop asks for the same sizes again and again, and the
// system takes its time to find and clear pages. Their number and their bytes have a bound.
constexpr std::size_t kMostSpare = 8;
constexpr std::size_t kMostSpareBytes = std::size_t{12} << 20;
struct Spare {
  void* pointer;
  std::size_t bytes;
};
std::mutex spareMutex;  // trivially destroyed, as is what it guards: threads may outlive the end of the process
Spare spares[kMostSpare];
std::size_t spareCount = 0;
std::size_t spareBytes = 0;

void* takeSpare(std::size_t bytes) {
  const std::lock_guard<std::mutex> lock(spareMutex);
  for (std::size_t i = 0; i < spareCount; i++) {
    if (spares[i].bytes != bytes) continue;
    void* const found = spares[i].pointer;
    std::copy(spares + i + 1, spares + spareCount, spares + i);
    spareCount--;
    spareBytes -= bytes;
    return found;
  }
  return nullptr;
}

// The oldest go, back to the system, for as long as there are too many.
void putSpare(void* pointer, std::size_t bytes) noexcept {
  if (bytes > kMostSpareBytes) {
    munmap(pointer, bytes);
    return;
  }
  const std::lock_guard<std::mutex> lock(spareMutex);
  std::size_t gone = 0;
  while (spareCount - gone == kMostSpare || spareBytes + bytes > kMostSpareBytes) {
    spareBytes -= spares[gone].bytes;
    munmap(spares[gone].pointer, spares[gone].bytes);
    gone++;
  }
  std::copy(spares + gone, spares + spareCount, spares);
  spareCount -= gone;
  spares[spareCount++] = {pointer, bytes};
  spareBytes += bytes;
}

// `alignment` may be larger than a page: what is mapped around it is given back at once.
void* map(std::size_t bytes, std::size_t alignment) {
  const std::size_t around = alignment == kHugePage ? kHugePage : 0;
  if (void* const spare = takeSpare(bytes)) return spare;
  void* mapped = mmap(nullptr, bytes + around, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) return nullptr;
  if (around == 0) return mapped;
  char* const start = static_cast<char*>(mapped);
  const std::size_t before = (kHugePage - reinterpret_cast<std::uintptr_t>(mapped) % kHugePage) % kHugePage;
  if (before > 0) munmap(start, before);
  if (before < around) munmap(start + before + bytes, around - before);
  return start + before;
}
#endif

}  // namespace

std::int64_t allocatedBytes() { return allocated.load(); }

void limitMemory(std::size_t bytes) { limit = bytes; }

void* allocateAligned(std::size_t bytes, bool zeroed) {
  if (bytes == 0) return nullptr;
  meetFault(FaultSite::allocation);
  if (bytes > (std::size_t{1} << 46) || isMoreThanThereIs(bytes)) throw std::bad_alloc();
  const std::size_t alignment = bytes >= kHugePage ? kHugePage : kAlignment;
  const std::size_t skew = alignment == kHugePage ? largeBlocks.fetch_add(1) % kSkews * kSkew : 0;
  const std::size_t rounded = roundUp(bytes + skew, alignment);
#if defined(_WIN32)
  void* pointer = _aligned_malloc(rounded, alignment);
#elif BLASNET_MAPS
  void* pointer = bytes >= kMapped ? map(rounded, alignment) : std::aligned_alloc(alignment, rounded);
#else
  void* pointer = std::aligned_alloc(alignment, rounded);
#endif
  if (pointer == nullptr) throw std::bad_alloc();
#if defined(__linux__) && defined(MADV_HUGEPAGE)
  // Kernel matrices are read across their rows: with 4 KiB pages a product spends its time in the page tables. The last
  // large page would be resident as a whole for what may be little of it, in each of a network's arenas.
  if (alignment == kHugePage) madvise(pointer, (skew + bytes) / kHugePage * kHugePage, MADV_HUGEPAGE);
#endif
  if (zeroed) std::memset(pointer, 0, skew + bytes);
  allocated.fetch_add(static_cast<std::int64_t>(bytes));
  return static_cast<char*>(pointer) + skew;
}

void freeAligned(void* pointer, std::size_t bytes) noexcept {
  if (pointer == nullptr) return;
  allocated.fetch_sub(static_cast<std::int64_t>(bytes));
  const std::size_t alignment = bytes >= kHugePage ? kHugePage : kAlignment;
  const std::size_t skew = bytes >= kHugePage ? reinterpret_cast<std::uintptr_t>(pointer) % kHugePage : 0;
  pointer = static_cast<char*>(pointer) - skew;
#if defined(_WIN32)
  (void)alignment;
  _aligned_free(pointer);
#elif BLASNET_MAPS
  if (bytes >= kMapped) putSpare(pointer, roundUp(bytes + skew, alignment));
  else std::free(pointer);
#else
  (void)alignment;
  std::free(pointer);
#endif
}

}  // namespace blasnet
