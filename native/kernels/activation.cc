#include "kernels/activation.h"

#include "kernels/kernels.h"
#include "kernels/row_sums.h"

namespace blasnet::BLASNET_SIMD {

double activation(const Tile& tile) {
  const float* input = tile.operand[0];
  float* output = tile.operand[1];
  const std::int64_t count = tile.count * tile.dimension[0];
  withActivation(static_cast<int>(tile.attributes[0]), static_cast<float>(tile.attributes[1]), [&](auto value) {
    for (std::int64_t i = 0; i < count; i++) output[i] = value(input[i]);
  });
  return 0;
}

// inputGradient = outputGradient · activation′
double activationGradient(const Tile& tile) {
  const float* saved = tile.operand[0];
  const float* outputGradient = tile.operand[1];
  float* inputGradient = tile.operand[2];
  const std::int64_t count = tile.count * tile.dimension[0];
  withDerivative(static_cast<int>(tile.attributes[0]), static_cast<float>(tile.attributes[1]), [&](auto derivative) {
    for (std::int64_t i = 0; i < count; i++) inputGradient[i] = outputGradient[i] * derivative(saved[i]);
  });
  return 0;
}

// output = exp(input - max) / Σ exp(input - max), row by row
double softmax(const Tile& tile) {
  const std::int64_t columns = tile.dimension[0];
  for (std::int64_t row = 0; row < tile.count; row++) {
    const float* input = tile.operand[0] + row * columns;
    float* output = tile.operand[1] + row * columns;
    const float most = largestOfRow(columns, input);
    for (std::int64_t j = 0; j < columns; j++) output[j] = exponential(input[j] - most);
    const float factor = 1.0F / sumOverRow(columns, [&](auto at) { return at(output); });
    for (std::int64_t j = 0; j < columns; j++) output[j] *= factor;
  }
  return 0;
}

}  // namespace blasnet::BLASNET_SIMD
