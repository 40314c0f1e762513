#include "kernels/kernels.h"
#include "kernels/row_sums.h"

namespace blasnet::BLASNET_SIMD {

// output[rows, columns] = (input - mean) · inverseDeviation · gamma[columns] + beta[columns], with mean[rows] and
// inverseDeviation[rows] = 1 / √(biased variance + ε) of each row, kept where they are wanted. Two passes over a row that
// is in cache: subtracting squares of large means would lose the digits that matter.
double layerNorm(const Tile& tile) {
  const float* gamma = tile.operand[1];
  const float* beta = tile.operand[2];
  float* means = tile.operand[4];
  float* inverses = tile.operand[5];
  const std::int64_t columns = tile.dimension[0];
  const auto epsilon = static_cast<float>(tile.attributes[0]);
  const auto size = static_cast<float>(columns);
  for (std::int64_t row = 0; row < tile.count; row++) {
    const float* input = tile.operand[0] + row * columns;
    float* output = tile.operand[3] + row * columns;
    const float mean = sumOverRow(columns, [&](auto at) { return at(input); }) / size;
    const float squares = sumOverRow(columns, [&](auto at) {
      const auto distance = at(input) - mean;
      return distance * distance;
    });
    const float inverse = 1.0F / __builtin_sqrtf(squares / size + epsilon);
    for (std::int64_t j = 0; j < columns; j++) output[j] = (input[j] - mean) * inverse * gamma[j] + beta[j];
    if (means != nullptr) means[row] = mean;
    if (inverses != nullptr) inverses[row] = inverse;
  }
  return 0;
}

// inputGradient = inverseDeviation · (g - mean(g) - normalized · mean(g · normalized)), g = gamma · outputGradient
double layerNormInputGradient(const Tile& tile) {
  const float* means = tile.operand[2];     // [rows]
  const float* inverses = tile.operand[3];  // [rows]
  const float* gamma = tile.operand[4];     // [columns]
  const std::int64_t columns = tile.dimension[0];
  const auto size = static_cast<float>(columns);
  for (std::int64_t row = 0; row < tile.count; row++) {
    const float* input = tile.operand[0] + row * columns;
    const float* outputGradient = tile.operand[1] + row * columns;
    float* inputGradient = tile.operand[5] + row * columns;
    const float mean = means[row];
    const float inverse = inverses[row];
    const float shift = sumOverRow(columns, [&](auto at) { return at(gamma) * at(outputGradient); }) / size;
    const float product =
        sumOverRow(columns, [&](auto at) { return at(gamma) * at(outputGradient) * (at(input) - mean); });
    const float tilt = product * inverse / size;
    for (std::int64_t j = 0; j < columns; j++) {
      const float normalized = (input[j] - mean) * inverse;
      inputGradient[j] = inverse * (gamma[j] * outputGradient[j] - shift - normalized * tilt);
    }
  }
  return 0;
}

// gammaGradient[columns] = Σ over rows of outputGradient · normalized input, for a range of columns, in row order
double layerNormGammaGradient(const Tile& tile) {
  const float* means = tile.operand[2];
  const float* inverses = tile.operand[3];
  float* gammaGradient = tile.operand[4];
  const std::int64_t columns = tile.dimension[0];
  for (std::int64_t j = 0; j < tile.count; j++) gammaGradient[j] = 0;
  for (std::int64_t row = 0; row < tile.step->rows; row++) {
    const float* input = tile.operand[0] + row * columns;
    const float* outputGradient = tile.operand[1] + row * columns;
    const float mean = means[row];
    const float inverse = inverses[row];
    for (std::int64_t j = 0; j < tile.count; j++) {
      gammaGradient[j] += outputGradient[j] * ((input[j] - mean) * inverse);
    }
  }
  return 0;
}

}  // namespace blasnet::BLASNET_SIMD
