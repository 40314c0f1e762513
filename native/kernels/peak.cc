// A loop of multiply-adds that never leaves the registers, compiled for each SIMD level.
#include <cstdint>

#include "kernels/lanes.h"

namespace blasnet::BLASNET_SIMD {

double multiplyAdds(std::int64_t repetitions);

// Returns the number of operations done. 16 independent sums hide the latency of the multiply-add.
double multiplyAdds(std::int64_t repetitions) {
  constexpr int kSums = 16;
  Lanes sum[kSums];
  for (int i = 0; i < kSums; i++) sum[i] = every(static_cast<float>(i));
  const Lanes factor = every(0.999999F);
  const Lanes term = every(1e-7F);
  for (std::int64_t r = 0; r < repetitions; r++) {
    for (int i = 0; i < kSums; i++) sum[i] = multiplyAdd(sum[i], factor, term);
  }
  // Floating-point sums may not be computed ahead of time, but they must be used.
  volatile float sink = 0;
  for (int i = 0; i < kSums; i++) sink = sink + sum[i][0];
  constexpr std::size_t kLanes = sizeof(Lanes) / sizeof(float);
  return static_cast<double>(repetitions) * kSums * 2 * static_cast<double>(kLanes);
}

}  // namespace blasnet::BLASNET_SIMD
