// Numbers below 1.2e-38 as zeros while a program runs.
#pragma once

#if defined(__x86_64__) || defined(_M_X64)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <cstdint>
#endif

namespace blasnet {

// As a network learns, squares of small gradients and moments that decay become denormal: numbers with fewer digits that
// processors take roots of several times slower, while they move no parameter. While one of these lives, its thread takes
// and writes zeros for them.
class DenormalsAreZero {
 public:
#if defined(__x86_64__) || defined(_M_X64)
  DenormalsAreZero() : before_(_mm_getcsr()) { _mm_setcsr(before_ | 0x8040U); }  // flush to zero, denormals are zeros
  ~DenormalsAreZero() { _mm_setcsr(before_); }
#elif defined(__aarch64__)
  DenormalsAreZero() {
    asm volatile("mrs %0, fpcr" : "=r"(before_));
    asm volatile("msr fpcr, %0" ::"r"(before_ | (std::uint64_t{1} << 24)));
  }
  ~DenormalsAreZero() { asm volatile("msr fpcr, %0" ::"r"(before_)); }
#else
  DenormalsAreZero() {}  // they stay what they are
#endif
  DenormalsAreZero(const DenormalsAreZero&) = delete;
  DenormalsAreZero& operator=(const DenormalsAreZero&) = delete;

 private:
#if defined(__x86_64__) || defined(_M_X64)
  unsigned before_;
#elif defined(__aarch64__)
  std::uint64_t before_ = 0;
#endif
};

}  // namespace blasnet
