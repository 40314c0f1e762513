#include "kernels/elements.h"
#include "kernels/finite.h"
#include "kernels/kernels.h"
#include "kernels/vector_math.h"

namespace blasnet::BLASNET_SIMD {

// Columns that are summed together: enough independent sums to keep the adders busy, few enough for registers.
constexpr std::int64_t kStrip = 32;

BLASNET_INLINE float squareRoot(float x) { return __builtin_sqrtf(x); }

// Mean, 1 / √(biased variance + ε) and unbiased variance of each column of input[rows, columns]. Two passes: subtracting
// squares of large means would lose the digits that matter.
double batchNormStatistics(const Tile& tile) {
  const std::int64_t rows = tile.step->rows;
  const std::int64_t columns = tile.dimension[0];
  const auto epsilon = static_cast<float>(tile.attributes[0]);
  const float unbiased = rows > 1 ? 1.0F / static_cast<float>(rows - 1) : 0.0F;
  for (std::int64_t strip = 0; strip < tile.count; strip += kStrip) {
    const std::int64_t width = tile.count - strip < kStrip ? tile.count - strip : kStrip;
    const float* input = tile.operand[0] + strip;
    float* mean = tile.operand[1] + strip;
    float* inverseDeviation = tile.operand[2] + strip;
    float* variance = tile.operand[3] + strip;
    float center[kStrip] = {};
    float squares[kStrip] = {};
    for (std::int64_t row = 0; row < rows; row++) {
      for (std::int64_t j = 0; j < width; j++) center[j] += input[row * columns + j];
    }
    for (std::int64_t j = 0; j < width; j++) center[j] /= static_cast<float>(rows);
    for (std::int64_t row = 0; row < rows; row++) {
      for (std::int64_t j = 0; j < width; j++) {
        const float distance = input[row * columns + j] - center[j];
        squares[j] += distance * distance;
      }
    }
    for (std::int64_t j = 0; j < width; j++) {
      mean[j] = center[j];
      inverseDeviation[j] = 1.0F / squareRoot(squares[j] / static_cast<float>(rows) + epsilon);
      variance[j] = squares[j] * unbiased;
    }
  }
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
  const float* mean = tile.operand[1];
  const float* inverseDeviation = tile.operand[2];
  const float* gamma = tile.operand[3];
  const float* beta = tile.operand[4];
  const std::int64_t columns = tile.dimension[0];
  for (std::int64_t row = 0; row < tile.count; row++) {
    const float* input = tile.operand[0] + row * columns;
    float* output = tile.operand[5] + row * columns;
    for (std::int64_t j = 0; j < columns; j++) {
      output[j] = (input[j] - mean[j]) * inverseDeviation[j] * gamma[j] + beta[j];
    }
  }
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
  for (std::int64_t strip = 0; strip < tile.count; strip += kStrip) {
    const std::int64_t width = tile.count - strip < kStrip ? tile.count - strip : kStrip;
    const float* input = tile.operand[0] + strip;
    const float* outputGradient = tile.operand[1] + strip;
    const float* mean = tile.operand[2] + strip;
    const float* inverseDeviation = tile.operand[3] + strip;
    float gamma[kStrip] = {};
    float beta[kStrip] = {};
    for (std::int64_t row = 0; row < rows; row++) {
      for (std::int64_t j = 0; j < width; j++) {
        const float gradient = outputGradient[row * columns + j];
        beta[j] += gradient;
        gamma[j] += gradient * (input[row * columns + j] - mean[j]);
      }
    }
    for (std::int64_t j = 0; j < width; j++) {
      tile.operand[4][strip + j] = gamma[j] * inverseDeviation[j];
      tile.operand[5][strip + j] = beta[j];
    }
  }
  return 0;
}

// inputGradient = gamma · inverseDeviation · (outputGradient - (betaGradient + normalized · gammaGradient) / rows)
double batchNormInputGradient(const Tile& tile) {
  const float* mean = tile.operand[2];
  const float* inverseDeviation = tile.operand[3];
  const float* gamma = tile.operand[4];
  const float* gammaGradient = tile.operand[5];
  const float* betaGradient = tile.operand[6];
  const std::int64_t columns = tile.dimension[0];
  const float share = 1.0F / static_cast<float>(tile.step->rows);
  for (std::int64_t row = 0; row < tile.count; row++) {
    const float* input = tile.operand[0] + row * columns;
    const float* outputGradient = tile.operand[1] + row * columns;
    float* inputGradient = tile.operand[7] + row * columns;
    for (std::int64_t j = 0; j < columns; j++) {
      const float normalized = (input[j] - mean[j]) * inverseDeviation[j];
      const float centered = outputGradient[j] - (betaGradient[j] + normalized * gammaGradient[j]) * share;
      inputGradient[j] = gamma[j] * inverseDeviation[j] * centered;
    }
  }
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
