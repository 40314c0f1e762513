#include "kernels/activation.h"
#include "kernels/column_strips.h"
#include "kernels/kernels.h"
#include "kernels/product.h"

namespace blasnet::BLASNET_SIMD {

// output[rows, units] = activation(input[rows, inputs] · kernel[inputs, units] + bias[units])
double dense(const Tile& tile) {
  const float* input = tile.operand[0];
  const float* kernel = tile.operand[1];
  const float* bias = tile.operand[2];
  float* output = tile.operand[3];
  const std::int64_t inputs = tile.dimension[0];
  const std::int64_t units = tile.dimension[1];
  if (tile.count == 0) return 0;
  const int id = static_cast<int>(tile.attributes[0]);
  if (id == kIdentity || id == kRelu) {
    multiply(tile.count, units, inputs, input, kernel, output, tile.scratch, {bias, id == kRelu});
    return 0;
  }
  multiply(tile.count, units, inputs, input, kernel, output, tile.scratch);
  withActivation(id, static_cast<float>(tile.attributes[1]), [&](auto value) {
    for (std::int64_t row = 0; row < tile.count; row++) {
      float* out = output + row * units;
      if (bias != nullptr) {
        for (std::int64_t unit = 0; unit < units; unit++) out[unit] = value(out[unit] + bias[unit]);
      } else {
        for (std::int64_t unit = 0; unit < units; unit++) out[unit] = value(out[unit]);
      }
    }
  });
  return 0;
}

// inputGradient[rows, inputs] = outputGradient[rows, units] · kernel[inputs, units]ᵀ
double denseInputGradient(const Tile& tile) {
  const std::int64_t units = tile.dimension[0];
  const std::int64_t inputs = tile.dimension[1];
  if (tile.count == 0) return 0;
  multiplyTransposedRight(tile.count, inputs, units, tile.operand[0], tile.operand[1], tile.operand[2], tile.scratch);
  return 0;
}

// kernelGradient[inputs, units] = input[rows, inputs]ᵀ · outputGradient[rows, units], for a block of inputs
double denseKernelGradient(const Tile& tile) {
  const std::int64_t inputs = tile.dimension[0];
  const std::int64_t units = tile.dimension[1];
  if (tile.count == 0) return 0;
  multiplyTransposedLeft(tile.count, units, tile.step->rows, tile.operand[0], inputs, tile.operand[1], tile.operand[2],
                         tile.scratch);
  return 0;
}

// biasGradient[units] = Σ over rows of outputGradient[rows, units], for a range of units
double denseBiasGradient(const Tile& tile) {
  const std::int64_t units = tile.dimension[0];
  const std::int64_t rows = tile.step->rows;
  forEachStrip(tile.count, [&](std::int64_t first, auto strip) {
    constexpr int kRegisters = strip.kRegisters;
    Lanes sum[kRegisters];
    for (int n = 0; n < kRegisters; n++) sum[n] = zeroLanes();
    const float* from = tile.operand[0] + first;
    for (std::int64_t row = 0; row < rows; row++, from += units) {
      for (int n = 0; n < kRegisters; n++) sum[n] = add(sum[n], strip.of(from, n));
    }
    for (int n = 0; n < kRegisters; n++) strip.put(tile.operand[1] + first, n, sum[n]);
  });
  return 0;
}

}  // namespace blasnet::BLASNET_SIMD
