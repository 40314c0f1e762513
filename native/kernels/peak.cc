// A loop of multiply-adds that never leaves the registers, compiled for each SIMD level.
#include <cstdint>

#include "kernels/vector_math.h"

namespace blasnet::BLASNET_SIMD {

double multiplyAdds(std::int64_t repetitions);

// Returns the number of operations done. 12 sums of 16 hide the latency of the multiply-add at every level.
double multiplyAdds(std::int64_t repetitions) {
  constexpr int kSums = 12;
  typedef float Lanes __attribute__((vector_size(64)));
  Lanes sum[kSums];
  for (int i = 0; i < kSums; i++) sum[i] = Lanes{} + static_cast<float>(i);
  Lanes factor = Lanes{} + 0.999999F;
  Lanes term = Lanes{} + 1e-7F;
  for (std::int64_t r = 0; r < repetitions; r++) {
    for (int i = 0; i < kSums; i++) sum[i] = sum[i] * factor + term;
#if defined(__GNUC__)
    asm volatile("" : "+m"(term));  // keeps the loop from being computed ahead of time
#endif
  }
  float kept = 0;
  for (int i = 0; i < kSums; i++) kept += sum[i][0];
  volatile float sink = kept;
  (void)sink;
  return static_cast<double>(repetitions) * kSums * 16 * 2;
}

}  // namespace blasnet::BLASNET_SIMD
