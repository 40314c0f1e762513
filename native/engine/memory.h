// Memory that native code owns: 64-byte aligned, zeroed, counted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

namespace blasnet {

// Bytes for the next allocations may be refused by tests: the n-th allocation from now fails, -1 for never.
void failAllocationIn(std::int64_t allocations);

void* allocateAligned(std::size_t bytes);
void freeAligned(void* pointer) noexcept;

template <typename T>
class AlignedArray {
 public:
  AlignedArray() = default;
  explicit AlignedArray(std::size_t size) : data_(static_cast<T*>(allocateAligned(size * sizeof(T)))), size_(size) {}
  AlignedArray(AlignedArray&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  AlignedArray& operator=(AlignedArray&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  AlignedArray(const AlignedArray&) = delete;
  AlignedArray& operator=(const AlignedArray&) = delete;
  ~AlignedArray() { freeAligned(data_); }

  T* data() { return data_; }
  const T* data() const { return data_; }
  std::size_t size() const { return size_; }
  std::size_t bytes() const { return size_ * sizeof(T); }

 private:
  T* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace blasnet
