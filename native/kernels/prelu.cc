#include "kernels/kernels.h"

namespace blasnet::BLASNET_SIMD {

// output[rows, columns] = input where it is above 0, else slope[columns] · input
double prelu(const Tile& tile) {
  const float* slope = tile.operand[1];
  const std::int64_t columns = tile.dimension[0];
  for (std::int64_t row = 0; row < tile.count; row++) {
    const float* input = tile.operand[0] + row * columns;
    float* output = tile.operand[2] + row * columns;
    for (std::int64_t j = 0; j < columns; j++) {
      const float bent = slope[j] * input[j];
      output[j] = input[j] > 0.0F ? input[j] : bent;
    }
  }
  return 0;
}

// inputGradient[rows, columns] = outputGradient where the input is above 0, else slope[columns] · outputGradient
double preluInputGradient(const Tile& tile) {
  const float* slope = tile.operand[2];
  const std::int64_t columns = tile.dimension[0];
  for (std::int64_t row = 0; row < tile.count; row++) {
    const float* input = tile.operand[0] + row * columns;
    const float* outputGradient = tile.operand[1] + row * columns;
    float* inputGradient = tile.operand[3] + row * columns;
    for (std::int64_t j = 0; j < columns; j++) {
      const float bent = slope[j] * outputGradient[j];
      inputGradient[j] = input[j] > 0.0F ? outputGradient[j] : bent;
    }
  }
  return 0;
}

// slopeGradient[columns] = Σ over rows of outputGradient · input where the input is not above 0. Row after row: the sums
// of neighbouring columns are independent, and every line of memory is read once.
double preluSlopeGradient(const Tile& tile) {
  float* slopeGradient = tile.operand[2];
  const std::int64_t columns = tile.dimension[0];
  for (std::int64_t j = 0; j < tile.count; j++) slopeGradient[j] = 0;
  for (std::int64_t row = 0; row < tile.step->rows; row++) {
    const float* input = tile.operand[0] + row * columns;
    const float* outputGradient = tile.operand[1] + row * columns;
    for (std::int64_t j = 0; j < tile.count; j++) {
      const float term = outputGradient[j] * input[j];
      slopeGradient[j] += input[j] > 0.0F ? 0.0F : term;
    }
  }
  return 0;
}

}  // namespace blasnet::BLASNET_SIMD
