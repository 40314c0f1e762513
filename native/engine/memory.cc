#include "engine/memory.h"

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>

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

std::atomic<std::int64_t> failureCountdown{-1};

bool refusedByTest() {
  if (failureCountdown.load(std::memory_order_relaxed) < 0) return false;
  return failureCountdown.fetch_sub(1) == 0;
}

}  // namespace

void failAllocationIn(std::int64_t allocations) { failureCountdown = allocations; }

void* allocateAligned(std::size_t bytes) {
  if (bytes == 0) return nullptr;
  if (bytes > (std::size_t{1} << 46) || refusedByTest()) throw std::bad_alloc();
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
  return pointer;
}

void freeAligned(void* pointer) noexcept {
#if defined(_WIN32)
  _aligned_free(pointer);
#else
  std::free(pointer);
#endif
}

}  // namespace blasnet
