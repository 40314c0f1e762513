#include "kernels/kernels.h"

namespace blasnet::BLASNET_SIMD {

// Sums in float64 lanes: independent sums keep the adders busy, and the order never changes.
constexpr std::int64_t kLanes = 16;

// gradient += λ · parameter; returns λ/2 · Σ parameter²
double l2(const Tile& tile) {
  const float* parameter = tile.operand[0];
  float* gradient = tile.operand[1];
  const std::int64_t count = tile.count * tile.dimension[1];
  const auto lambda = static_cast<float>(tile.attributes[0]);
  double lanes[kLanes] = {};
  const std::int64_t whole = count - count % kLanes;
  for (std::int64_t i = 0; i < whole; i += kLanes) {
    for (std::int64_t lane = 0; lane < kLanes; lane++) {
      const float value = parameter[i + lane];
      gradient[i + lane] += lambda * value;
      lanes[lane] += static_cast<double>(value) * static_cast<double>(value);
    }
  }
  double squares = 0;
  for (std::int64_t i = whole; i < count; i++) {
    gradient[i] += lambda * parameter[i];
    squares += static_cast<double>(parameter[i]) * static_cast<double>(parameter[i]);
  }
  for (const double lane : lanes) squares += lane;
  return tile.attributes[0] / 2 * squares;
}

}  // namespace blasnet::BLASNET_SIMD
