#include "kernels/column_strips.h"
#include "kernels/elements.h"
#include "kernels/finite.h"
#include "kernels/kernels.h"
#include "kernels/vector_math.h"

namespace blasnet::BLASNET_SIMD {

BLASNET_INLINE float squareRoot(float x) { return __builtin_sqrtf(x); }

// Mean, 1 / √(biased variance + ε) and unbiased variance of each column of input[rows, columns]. Two passes: subtracting
// squares of large means would lose the digits that matter.
double batchNormStatistics(const Tile& tile) {
  const std::int64_t rows = tile.step->rows;
  const std::int64_t columns = tile.dimension[0];
  const Lanes epsilon = every(attribute(tile, 0));
  const Lanes count = every(static_cast<float>(rows));
  const Lanes unbiased = every(rows > 1 ? 1.0F / static_cast<float>(rows - 1) : 0.0F);
  forEachStrip(tile.count, [&](std::int64_t first, auto strip) {
    constexpr int kRegisters = strip.kRegisters;
    const float* input = tile.operand[0] + first;
    Lanes center[kRegisters];
    Lanes squares[kRegisters];
    for (int n = 0; n < kRegisters; n++) center[n] = squares[n] = zeroLanes();
    for (std::int64_t row = 0; row < rows; row++) {
      for (int n = 0; n < kRegisters; n++) center[n] = add(center[n], strip.of(input + row * columns, n));
    }
    for (int n = 0; n < kRegisters; n++) center[n] = quotient(center[n], count);
    for (std::int64_t row = 0; row < rows; row++) {
      for (int n = 0; n < kRegisters; n++) {
        const Lanes distance = subtract(strip.of(input + row * columns, n), center[n]);
        squares[n] = multiplyAdd(distance, distance, squares[n]);
      }
    }
    for (int n = 0; n < kRegisters; n++) {
      const Lanes deviation = squareRoot(add(quotient(squares[n], count), epsilon));
      strip.put(tile.operand[1] + first, n, center[n]);
      strip.put(tile.operand[2] + first, n, quotient(every(1.0F), deviation));
      strip.put(tile.operand[3] + first, n, times(squares[n], unbiased));
    }
  });
  return 0;
}

// running = momentum · running + (1 - momentum) · new. Returns whether every value stayed finite.
double runningStatistics(const Tile& tile) {
  const Lanes keep = every(attribute(tile, 0));
  const Lanes take = every(oneMinus(tile, 0));
  FiniteWatch watch;
  const auto follow = [=, &watch, &tile](const float* statistic, float* running) {
    forEachRegister(tile.count, [=, &watch](auto here) {
      const Lanes updated = multiplyAdd(keep, here.of(running), times(take, here.of(statistic)));
      here.put(running, updated);
      watch.look(here.present(updated));
    });
  };
  follow(tile.operand[0], tile.operand[2]);
  // An unbiased variance of one row does not exist.
  if (tile.step->rows > 1) follow(tile.operand[1], tile.operand[3]);
  return watch.verdict();
}

// output = (input - mean) · inverseDeviation · gamma + beta
double batchNorm(const Tile& tile) {
  const std::int64_t columns = tile.dimension[0];
  forEachStrip(columns, [&](std::int64_t first, auto strip) {
    constexpr int kRegisters = strip.kRegisters;
    const float* input = tile.operand[0] + first;
    float* output = tile.operand[5] + first;
    Lanes mean[kRegisters];
    Lanes scale[kRegisters];
    Lanes beta[kRegisters];
    for (int n = 0; n < kRegisters; n++) {
      mean[n] = strip.of(tile.operand[1] + first, n);
      scale[n] = times(strip.of(tile.operand[2] + first, n), strip.of(tile.operand[3] + first, n));
      beta[n] = strip.of(tile.operand[4] + first, n);
    }
    for (std::int64_t row = 0; row < tile.count; row++, input += columns, output += columns) {
      for (int n = 0; n < kRegisters; n++) {
        strip.put(output, n, multiplyAdd(subtract(strip.of(input, n), mean[n]), scale[n], beta[n]));
      }
    }
  });
  return 0;
}

// Columns whose scale is computed once for all rows of a tile: a root and a division cost more than what they scale.
constexpr std::int64_t kScaleStrip = 256;

// output = (input - runningMean) / √(runningVariance + ε) · gamma + beta
double batchNormInference(const Tile& tile) {
  const std::int64_t columns = tile.dimension[0];
  const auto epsilon = static_cast<float>(tile.attributes[0]);
  for (std::int64_t strip = 0; strip < columns; strip += kScaleStrip) {
    const std::int64_t width = columns - strip < kScaleStrip ? columns - strip : kScaleStrip;
    const float* runningMean = tile.operand[1] + strip;
    const float* runningVariance = tile.operand[2] + strip;
    const float* gamma = tile.operand[3] + strip;
    const float* beta = tile.operand[4] + strip;
    float scale[kScaleStrip];
    for (std::int64_t j = 0; j < width; j++) scale[j] = gamma[j] / squareRoot(runningVariance[j] + epsilon);
    for (std::int64_t row = 0; row < tile.count; row++) {
      const float* input = tile.operand[0] + row * columns + strip;
      float* output = tile.operand[5] + row * columns + strip;
      for (std::int64_t j = 0; j < width; j++) output[j] = (input[j] - runningMean[j]) * scale[j] + beta[j];
    }
  }
  return 0;
}

// betaGradient = Σ over rows of outputGradient; gammaGradient = Σ over rows of outputGradient · normalized input
double batchNormParameterGradients(const Tile& tile) {
  const std::int64_t rows = tile.step->rows;
  const std::int64_t columns = tile.dimension[0];
  forEachStrip(tile.count, [&](std::int64_t first, auto strip) {
    constexpr int kRegisters = strip.kRegisters;
    const float* input = tile.operand[0] + first;
    const float* outputGradient = tile.operand[1] + first;
    Lanes mean[kRegisters];
    Lanes gamma[kRegisters];
    Lanes beta[kRegisters];
    for (int n = 0; n < kRegisters; n++) {
      mean[n] = strip.of(tile.operand[2] + first, n);
      gamma[n] = beta[n] = zeroLanes();
    }
    for (std::int64_t row = 0; row < rows; row++, input += columns, outputGradient += columns) {
      for (int n = 0; n < kRegisters; n++) {
        const Lanes gradient = strip.of(outputGradient, n);
        beta[n] = add(beta[n], gradient);
        gamma[n] = multiplyAdd(gradient, subtract(strip.of(input, n), mean[n]), gamma[n]);
      }
    }
    for (int n = 0; n < kRegisters; n++) {
      const Lanes inverseDeviation = strip.of(tile.operand[3] + first, n);
      strip.put(tile.operand[4] + first, n, times(gamma[n], inverseDeviation));
      strip.put(tile.operand[5] + first, n, beta[n]);
    }
  });
  return 0;
}

// inputGradient = gamma · inverseDeviation · (outputGradient - (betaGradient + normalized · gammaGradient) / rows). What is the
// same in all rows is computed once.
double batchNormInputGradient(const Tile& tile) {
  const std::int64_t columns = tile.dimension[0];
  const Lanes share = every(1.0F / static_cast<float>(tile.step->rows));
  forEachStrip(columns, [&](std::int64_t first, auto strip) {
    constexpr int kRegisters = strip.kRegisters;
    const float* input = tile.operand[0] + first;
    const float* outputGradient = tile.operand[1] + first;
    float* inputGradient = tile.operand[7] + first;
    Lanes mean[kRegisters];
    Lanes slope[kRegisters];  // of the input
    Lanes shift[kRegisters];
    Lanes scale[kRegisters];
    for (int n = 0; n < kRegisters; n++) {
      const Lanes inverseDeviation = strip.of(tile.operand[3] + first, n);
      mean[n] = strip.of(tile.operand[2] + first, n);
      slope[n] = times(times(strip.of(tile.operand[5] + first, n), inverseDeviation), share);
      shift[n] = times(strip.of(tile.operand[6] + first, n), share);
      scale[n] = times(strip.of(tile.operand[4] + first, n), inverseDeviation);
    }
    for (std::int64_t row = 0; row < tile.count; row++) {
      for (int n = 0; n < kRegisters; n++) {
        const Lanes distance = subtract(strip.of(input, n), mean[n]);
        const Lanes centered = subtractProduct(distance, slope[n], subtract(strip.of(outputGradient, n), shift[n]));
        strip.put(inputGradient, n, times(scale[n], centered));
      }
      input += columns;
      outputGradient += columns;
      inputGradient += columns;
    }
  });
  return 0;
}

// inputGradient = outputGradient · gamma / √(runningVariance + ε): a frozen BatchNorm is a scale and a shift
double batchNormInferenceGradient(const Tile& tile) {
  const std::int64_t columns = tile.dimension[0];
  const auto epsilon = static_cast<float>(tile.attributes[0]);
  for (std::int64_t strip = 0; strip < columns; strip += kScaleStrip) {
    const std::int64_t width = columns - strip < kScaleStrip ? columns - strip : kScaleStrip;
    const float* runningVariance = tile.operand[1] + strip;
    const float* gamma = tile.operand[2] + strip;
    float scale[kScaleStrip];
    for (std::int64_t j = 0; j < width; j++) scale[j] = gamma[j] / squareRoot(runningVariance[j] + epsilon);
    for (std::int64_t row = 0; row < tile.count; row++) {
      const float* outputGradient = tile.operand[0] + row * columns + strip;
      float* inputGradient = tile.operand[3] + row * columns + strip;
      for (std::int64_t j = 0; j < width; j++) inputGradient[j] = outputGradient[j] * scale[j];
    }
  }
  return 0;
}

// output[rows, columns] = (input - mean[columns]) / deviation[columns]
double standardize(const Tile& tile) {
  const std::int64_t columns = tile.dimension[0];
  for (std::int64_t strip = 0; strip < columns; strip += kScaleStrip) {
    const std::int64_t width = columns - strip < kScaleStrip ? columns - strip : kScaleStrip;
    const float* mean = tile.operand[1] + strip;
    const float* deviation = tile.operand[2] + strip;
    float scale[kScaleStrip];
    for (std::int64_t j = 0; j < width; j++) scale[j] = 1.0F / deviation[j];
    for (std::int64_t row = 0; row < tile.count; row++) {
      const float* input = tile.operand[0] + row * columns + strip;
      float* output = tile.operand[3] + row * columns + strip;
      for (std::int64_t j = 0; j < width; j++) output[j] = (input[j] - mean[j]) * scale[j];
    }
  }
  return 0;
}

}  // namespace blasnet::BLASNET_SIMD
