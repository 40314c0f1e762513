#include "kernels/kernels.h"
#include "kernels/term_sums.h"
#include "kernels/vector_math.h"

namespace blasnet::BLASNET_SIMD {

// A label out of range makes the loss NaN, which stops training; it is never an index.
BLASNET_INLINE bool isClass(float label, std::int64_t classes) {
  return label >= 0.0F && label < static_cast<float>(classes);
}

BLASNET_INLINE float largestOf(const float* values, std::int64_t count) {
  float largest = values[0];
  for (std::int64_t j = 1; j < count; j++) largest = values[j] <= largest ? largest : values[j];
  return largest;
}

// Σ log x: one logarithm for as many factors as a double holds the product of.
class LogarithmSum {
 public:
  void add(double factor) {
    product_ *= factor;
    if (product_ < kMost) return;
    sum_ += __builtin_log(product_);
    product_ = 1;
  }
  double total() const { return sum_ + __builtin_log(product_); }

 private:
  static constexpr double kMost = 1e250;  // factors are sums of float32 between 1 and the number of classes
  double product_ = 1;
  double sum_ = 0;
};

// -log softmax(logits)[label], summed over rows; gradient = (softmax(logits) - onehot(label)) / batch
double softmaxCrossEntropy(const Tile& tile) {
  const float* labels = tile.operand[1];  // [rows]
  const std::int64_t classes = tile.dimension[0];
  const float share = 1.0F / static_cast<float>(tile.step->rows);
  double total = 0;
  LogarithmSum logarithms;
  if (tile.operand[2] != nullptr) {
    // All exponentials of the tile in one go: a row of ten does not fill a register.
    float* powers = tile.operand[2];
    for (std::int64_t row = 0; row < tile.count; row++) {
      const float* logits = tile.operand[0] + row * classes;
      const float largest = largestOf(logits, classes);
      for (std::int64_t j = 0; j < classes; j++) powers[row * classes + j] = logits[j] - largest;
    }
    for (std::int64_t i = 0; i < tile.count * classes; i++) powers[i] = exponential(powers[i]);
  }
  for (std::int64_t row = 0; row < tile.count; row++) {
    const float* logits = tile.operand[0] + row * classes;
    if (!isClass(labels[row], classes)) {
      total = __builtin_nan("");
      continue;
    }
    const auto label = static_cast<std::int64_t>(labels[row]);
    const float largest = largestOf(logits, classes);
    float sum = 0;
    if (tile.operand[2] == nullptr) {
      for (std::int64_t j = 0; j < classes; j++) sum += exponential(logits[j] - largest);
    } else {
      float* gradient = tile.operand[2] + row * classes;
      for (std::int64_t j = 0; j < classes; j++) sum += gradient[j];
      const float factor = share / sum;
      for (std::int64_t j = 0; j < classes; j++) gradient[j] *= factor;
      gradient[label] -= share;
    }
    const double distance = static_cast<double>(largest) - static_cast<double>(logits[label]);
    total += distance;
    if (tile.operand[3] == nullptr) {
      logarithms.add(static_cast<double>(sum));
    } else {
      const double logarithm = __builtin_log(static_cast<double>(sum));
      tile.operand[3][row] = static_cast<float>(logarithm + distance);
      total += logarithm;
    }
  }
  return total + logarithms.total();
}

// Σ_j target_j · -log softmax(logits)_j, summed over rows; gradient = (softmax(logits) · Σ targets - targets) / batch.
// Targets need not sum to 1: class weights may be in them.
double softCrossEntropy(const Tile& tile) {
  const std::int64_t classes = tile.dimension[0];
  const float share = 1.0F / static_cast<float>(tile.step->rows);
  double total = 0;
  for (std::int64_t row = 0; row < tile.count; row++) {
    const float* logits = tile.operand[0] + row * classes;
    const float* targets = tile.operand[1] + row * classes;
    const float largest = largestOf(logits, classes);
    const double mass = sumOf(classes, [&](std::int64_t j) { return targets[j]; });
    const double distance = sumOf(classes, [&](std::int64_t j) { return targets[j] * (largest - logits[j]); });
    double sum = 0;
    if (tile.operand[2] == nullptr) {
      sum = sumOf(classes, [&](std::int64_t j) { return exponential(logits[j] - largest); });
    } else {
      float* gradient = tile.operand[2] + row * classes;
      for (std::int64_t j = 0; j < classes; j++) gradient[j] = exponential(logits[j] - largest);
      sum = sumOf(classes, [&](std::int64_t j) { return gradient[j]; });
      const auto factor = static_cast<float>(mass / sum);
      for (std::int64_t j = 0; j < classes; j++) gradient[j] = (gradient[j] * factor - targets[j]) * share;
    }
    const double loss = distance + mass * __builtin_log(sum);
    if (tile.operand[3] != nullptr) tile.operand[3][row] = static_cast<float>(loss);
    total += loss;
  }
  return total;
}

// targets[count, classes] = classWeights · ((1 - ε) · onehot(label) + ε / classes)
double smoothLabels(const Tile& tile) {
  const std::int64_t classes = tile.dimension[0];
  const float* classWeights = tile.operand[1];
  const auto rest = static_cast<float>(tile.attributes[0] / static_cast<double>(classes));
  const auto own = static_cast<float>(1.0 - tile.attributes[0]);
  for (std::int64_t row = 0; row < tile.count; row++) {
    float* targets = tile.operand[2] + row * classes;
    const float label = tile.operand[0][row];
    const float spread = isClass(label, classes) ? rest : __builtin_nanf("");
    for (std::int64_t j = 0; j < classes; j++) targets[j] = spread;
    if (isClass(label, classes)) targets[static_cast<std::int64_t>(label)] += own;
    if (classWeights == nullptr) continue;
    for (std::int64_t j = 0; j < classes; j++) targets[j] *= classWeights[j];
  }
  return 0;
}

// smoothed[count, classes] = classWeights · ((1 - ε) · targets + ε / classes)
double smoothTargets(const Tile& tile) {
  const std::int64_t classes = tile.dimension[0];
  const float* classWeights = tile.operand[1];
  const auto rest = static_cast<float>(tile.attributes[0] / static_cast<double>(classes));
  const auto own = static_cast<float>(1.0 - tile.attributes[0]);
  for (std::int64_t row = 0; row < tile.count; row++) {
    const float* targets = tile.operand[0] + row * classes;
    float* smoothed = tile.operand[2] + row * classes;
    for (std::int64_t j = 0; j < classes; j++) smoothed[j] = rest + own * targets[j];
    if (classWeights == nullptr) continue;
    for (std::int64_t j = 0; j < classes; j++) smoothed[j] *= classWeights[j];
  }
  return 0;
}

// Weighted mean over columns of -t · log σ(z) - (1 - t) · log(1 - σ(z)) with t = (1 - ε) · target + ε/2, summed over rows;
// gradient = (σ(z) - t) · weight / (batch · Σ weights). Written by |z|, so that no logarithm meets a rounded 0.
double binaryCrossEntropy(const Tile& tile) {
  const std::int64_t columns = tile.dimension[0];
  const float* classWeights = tile.operand[2];  // [columns] or null
  const auto rest = static_cast<float>(tile.attributes[0] / 2);
  const auto own = static_cast<float>(1.0 - tile.attributes[0]);
  auto weightSum = static_cast<double>(columns);
  if (classWeights != nullptr) weightSum = sumOf(columns, [&](std::int64_t j) { return classWeights[j]; });
  const auto share = static_cast<float>(1.0 / (static_cast<double>(tile.step->rows) * weightSum));
  double total = 0;
  for (std::int64_t row = 0; row < tile.count; row++) {
    const float* logits = tile.operand[0] + row * columns;
    const float* targets = tile.operand[1] + row * columns;
    const auto lossAt = [&](std::int64_t j) {
      const float z = logits[j];
      const float t = rest + own * targets[j];
      const float size = z < 0.0F ? -z : z;
      const float line = z > 0.0F ? z * (1.0F - t) : -z * t;
      return line + logarithmOfOnePlus(exponential(-size));
    };
    const double sum = classWeights == nullptr
                           ? sumOf(columns, lossAt)
                           : sumOf(columns, [&](std::int64_t j) { return classWeights[j] * lossAt(j); });
    const double loss = sum / weightSum;
    if (tile.operand[4] != nullptr) tile.operand[4][row] = static_cast<float>(loss);
    total += loss;
    if (tile.operand[3] == nullptr) continue;
    float* gradient = tile.operand[3] + row * columns;
    for (std::int64_t j = 0; j < columns; j++) {
      gradient[j] = (sigmoid(logits[j]) - (rest + own * targets[j])) * share;
    }
    if (classWeights == nullptr) continue;
    for (std::int64_t j = 0; j < columns; j++) gradient[j] *= classWeights[j];
  }
  return total;
}

// Σ_{j ≠ label} max(0, score_j - score_label + margin), summed over rows; each class within the margin gets 1 / batch, the
// label's gets their number, negated. At the kink itself the gradient is 0. A NaN counts as within, so that it is seen.
double multiclassHinge(const Tile& tile) {
  const std::int64_t classes = tile.dimension[0];
  const auto margin = static_cast<float>(tile.attributes[0]);
  const float share = 1.0F / static_cast<float>(tile.step->rows);
  double total = 0;
  for (std::int64_t row = 0; row < tile.count; row++) {
    const float* scores = tile.operand[0] + row * classes;
    if (!isClass(tile.operand[1][row], classes)) {
      total = __builtin_nan("");
      continue;
    }
    const auto label = static_cast<int>(tile.operand[1][row]);
    const float right = scores[label];
    const double loss = sumOf(classes, [&](std::int64_t j) {
      const float excess = scores[j] - right + margin;
      const float counted = excess <= 0.0F ? 0.0F : excess;
      return static_cast<int>(j) == label ? 0.0F : counted;
    });
    if (tile.operand[3] != nullptr) tile.operand[3][row] = static_cast<float>(loss);
    total += loss;
    if (tile.operand[2] == nullptr) continue;
    float* gradient = tile.operand[2] + row * classes;
    for (std::int64_t j = 0; j < classes; j++) gradient[j] = scores[j] - right + margin <= 0.0F ? 0.0F : share;
    gradient[label] = 0.0F;
    gradient[label] = static_cast<float>(-sumOf(classes, [&](std::int64_t j) { return gradient[j]; }));
  }
  return total;
}

}  // namespace blasnet::BLASNET_SIMD
