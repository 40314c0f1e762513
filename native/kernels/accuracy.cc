#include "kernels/kernels.h"

namespace blasnet::BLASNET_SIMD {

// Place of the largest of `width` numbers; the first of equals.
static std::int64_t largestAt(const float* values, std::int64_t width) {
  std::int64_t best = 0;
  for (std::int64_t j = 1; j < width; j++) best = values[j] > values[best] ? j : best;
  return best;
}

// How many rows have their largest score at the label.
double accuracy(const Tile& tile) {
  const float* labels = tile.operand[1];
  const std::int64_t classes = tile.dimension[0];
  std::int64_t correct = 0;
  for (std::int64_t row = 0; row < tile.count; row++) {
    const std::int64_t best = largestAt(tile.operand[0] + row * classes, classes);
    correct += static_cast<float>(best) == labels[row] ? 1 : 0;
  }
  return static_cast<double>(correct);
}

// How many rows have their largest score where their largest target is.
double targetAccuracy(const Tile& tile) {
  const std::int64_t classes = tile.dimension[0];
  std::int64_t correct = 0;
  for (std::int64_t row = 0; row < tile.count; row++) {
    const std::int64_t best = largestAt(tile.operand[0] + row * classes, classes);
    correct += best == largestAt(tile.operand[1] + row * classes, classes) ? 1 : 0;
  }
  return static_cast<double>(correct);
}

// Share of the columns where logit ≥ 0 (a probability of at least one half) and target ≥ 1/2 agree, summed over rows
double decisionAccuracy(const Tile& tile) {
  const std::int64_t columns = tile.dimension[0];
  const float* logits = tile.operand[0];
  const float* targets = tile.operand[1];
  std::int64_t correct = 0;
  for (std::int64_t i = 0; i < tile.count * columns; i++) {
    correct += (logits[i] >= 0.0F) == (targets[i] >= 0.5F) ? 1 : 0;
  }
  return static_cast<double>(correct) / static_cast<double>(columns);
}

}  // namespace blasnet::BLASNET_SIMD
