// Memory that native code owns: 64-byte aligned, zeroed unless it is a copy, counted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <new>
#include <utility>

namespace blasnet {

// Throws std::bad_alloc, also for a block so large that the system would promise it and then kill the process for using
// it. Null for 0 bytes.
void* allocateAligned(std::size_t bytes, bool zeroed = true);
void freeAligned(void* pointer, std::size_t bytes) noexcept;

// Bytes that are allocated now, in the whole process.
std::int64_t allocatedBytes();

// For tests: the machine has no more than so many bytes.
void limitMemory(std::size_t bytes);

template <typename T>
class AlignedArray {
 public:
  AlignedArray() = default;
  explicit AlignedArray(std::size_t size) : data_(static_cast<T*>(allocateAligned(bytesOf(size)))), size_(size) {}
  // What `fill` writes into it; nothing is zeroed before.
  template <typename Fill>
  AlignedArray(std::size_t size, Fill fill)
      : data_(static_cast<T*>(allocateAligned(bytesOf(size), false))), size_(size) {
    fill(data_);
  }
  // A copy of an array.
  AlignedArray(const T* from, std::size_t size)
      : AlignedArray(size, [=](T* to) {
          if (size > 0) std::memcpy(to, from, size * sizeof(T));
        }) {}
  AlignedArray(AlignedArray&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
  AlignedArray& operator=(AlignedArray&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  AlignedArray(const AlignedArray&) = delete;
  AlignedArray& operator=(const AlignedArray&) = delete;
  ~AlignedArray() { freeAligned(data_, bytes()); }

  T* data() { return data_; }
  const T* data() const { return data_; }
  std::size_t size() const { return size_; }
  std::size_t bytes() const { return size_ * sizeof(T); }

 private:
  static std::size_t bytesOf(std::size_t size) {
    if (size > std::numeric_limits<std::size_t>::max() / sizeof(T)) throw std::bad_alloc();
    return size * sizeof(T);
  }

  T* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace blasnet
