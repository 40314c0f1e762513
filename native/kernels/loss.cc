#include "kernels/kernels.h"
#include "kernels/vector_math.h"

namespace blasnet::BLASNET_SIMD {

// -log softmax(logits)[label], summed over rows; gradient = (softmax(logits) - onehot(label)) / batch
double softmaxCrossEntropy(const Tile& tile) {
  const float* labels = tile.operand[1];  // [rows]
  const std::int64_t classes = tile.dimension[0];
  const float share = 1.0F / static_cast<float>(tile.step->rows);
  double total = 0;
  for (std::int64_t row = 0; row < tile.count; row++) {
    const float* logits = tile.operand[0] + row * classes;
    // A label out of range makes the loss NaN, which stops training; it is never an index.
    if (!(labels[row] >= 0 && labels[row] < static_cast<float>(classes))) {
      total = __builtin_nan("");
      continue;
    }
    const auto label = static_cast<std::int64_t>(labels[row]);
    float largest = logits[0];
    for (std::int64_t j = 1; j < classes; j++) largest = logits[j] <= largest ? largest : logits[j];
    float sum = 0;
    if (tile.operand[2] == nullptr) {
      for (std::int64_t j = 0; j < classes; j++) sum += exponential(logits[j] - largest);
    } else {
      float* gradient = tile.operand[2] + row * classes;
      for (std::int64_t j = 0; j < classes; j++) gradient[j] = exponential(logits[j] - largest);
      for (std::int64_t j = 0; j < classes; j++) sum += gradient[j];
      const float factor = share / sum;
      for (std::int64_t j = 0; j < classes; j++) gradient[j] *= factor;
      gradient[label] -= share;
    }
    total +=
        __builtin_log(static_cast<double>(sum)) + static_cast<double>(largest) - static_cast<double>(logits[label]);
  }
  return total;
}

// Mean of the squared differences over columns, summed over rows; gradient = 2 (output - target) / (batch · columns)
double meanSquaredError(const Tile& tile) {
  const std::int64_t columns = tile.dimension[0];
  const auto factor = static_cast<float>(2.0 / static_cast<double>(tile.step->rows * columns));
  const float* output = tile.operand[0];
  const float* targets = tile.operand[1];
  float* gradient = tile.operand[2];
  double total = 0;
  for (std::int64_t i = 0; i < tile.count * columns; i++) {
    const float difference = output[i] - targets[i];
    total += static_cast<double>(difference) * static_cast<double>(difference);
    if (gradient != nullptr) gradient[i] = difference * factor;
  }
  return total / static_cast<double>(columns);
}

// How many rows have their largest score at the label; the first of equals counts.
double accuracy(const Tile& tile) {
  const float* labels = tile.operand[1];
  const std::int64_t classes = tile.dimension[0];
  std::int64_t correct = 0;
  for (std::int64_t row = 0; row < tile.count; row++) {
    const float* scores = tile.operand[0] + row * classes;
    std::int64_t best = 0;
    for (std::int64_t j = 1; j < classes; j++) best = scores[j] > scores[best] ? j : best;
    correct += static_cast<float>(best) == labels[row] ? 1 : 0;
  }
  return static_cast<double>(correct);
}

}  // namespace blasnet::BLASNET_SIMD
