// The core test's own few tools: counting checks, random numbers, floats between guards.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

namespace blasnet::test {

inline int passed = 0;
inline int failed = 0;

inline void check(bool holds, const std::string& what) {
  (holds ? passed : failed)++;
  if (!holds) std::printf("FAILED: %s\n", what.c_str());
}

// xorshift64: the same numbers with every compiler and library.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 2685821657736338717U + 1) {}

  std::uint64_t word() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_;
  }
  std::int64_t below(std::int64_t limit) {
    return static_cast<std::int64_t>(word() % static_cast<std::uint64_t>(limit));
  }
  // In [-1, 1).
  float value() { return static_cast<float>(below(1 << 20)) / static_cast<float>(1 << 19) - 1.0F; }
  template <typename T>
  const T& pick(const std::vector<T>& items) {
    return items[static_cast<std::size_t>(below(static_cast<std::int64_t>(items.size())))];
  }

 private:
  std::uint64_t state_;
};

// Floats with a guard before and behind them that nobody may write. They begin at any element, as operands do.
class Guarded {
 public:
  Guarded(std::size_t size, std::size_t shift) : shift_(kGuard + shift), size_(size) {
    floats_.assign(shift_ + size + kGuard, kMark);
  }

  float* data() { return floats_.data() + shift_; }
  std::size_t size() const { return size_; }
  bool intact() const {
    for (std::size_t i = 0; i < floats_.size(); i++) {
      if ((i < shift_ || i >= shift_ + size_) && floats_[i] != kMark) return false;
    }
    return true;
  }

 private:
  static constexpr std::size_t kGuard = 32;
  static constexpr float kMark = -7.7e33F;
  std::size_t shift_;
  std::size_t size_;
  std::vector<float> floats_;
};

// Each returns when its checks are done; failures are counted.
void testKernels(int rounds);
void testGate(int forks);
void testShares();
void testFaults(const std::vector<std::vector<double>>& programs);

}  // namespace blasnet::test
