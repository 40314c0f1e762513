#include "kernels/kernels.h"
#include "kernels/row_sums.h"

namespace blasnet::BLASNET_SIMD {

// inputGradient = output · (outputGradient - Σ output · outputGradient), row by row of [rows, columns]
double softmaxGradient(const Tile& tile) {
  const std::int64_t columns = tile.dimension[0];
  for (std::int64_t row = 0; row < tile.count; row++) {
    const float* output = tile.operand[0] + row * columns;
    const float* outputGradient = tile.operand[1] + row * columns;
    float* inputGradient = tile.operand[2] + row * columns;
    const float mean = sumOverRow(columns, [&](auto at) { return at(output) * at(outputGradient); });
    for (std::int64_t j = 0; j < columns; j++) inputGradient[j] = output[j] * (outputGradient[j] - mean);
  }
  return 0;
}

}  // namespace blasnet::BLASNET_SIMD
