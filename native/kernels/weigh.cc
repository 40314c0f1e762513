#include "kernels/kernels.h"

namespace blasnet::BLASNET_SIMD {

// What a row is weighed by besides the weight of its sample, as `weighedBy` in lib/kernels/weigh.ts.
enum WeighedBy { kByNothing, kByLabel, kByTargets };

// Weight of the sample at `row` of the batch; 1 where the data has none. classWeights: [classes] or null.
static double weightOf(const Tile& tile, std::int64_t row) {
  const StepContext& step = *tile.step;
  const DataView& data = *step.data;
  const std::int64_t place = step.firstSample + row;
  const std::int64_t sample = step.order == nullptr ? place : static_cast<std::int64_t>(step.order[place]);
  const double weight = data.weights == nullptr ? 1.0 : static_cast<double>(data.weights[sample]);
  const float* classWeights = tile.operand[0];
  switch (static_cast<int>(tile.attributes[0])) {
    case kByLabel:
      return weight * static_cast<double>(classWeights[data.labels[sample]]);
    case kByTargets: {
      const std::int64_t classes = tile.dimension[0];
      const float* targets = data.targets + sample * classes;
      double sum = 0;
      for (std::int64_t j = 0; j < classes; j++) {
        sum += static_cast<double>(classWeights[j]) * static_cast<double>(targets[j]);
      }
      return weight * sum;
    }
    default:
      return weight;
  }
}

double gatherWeights(const Tile& tile) {
  for (std::int64_t row = 0; row < tile.count; row++) {
    tile.operand[1][row] = static_cast<float>(weightOf(tile, tile.first + row));
  }
  return 0;
}

// sum = Σ weights of the whole batch, by which a weighted mean is divided; also the partial sum.
double gatherWeightSum(const Tile& tile) {
  double total = 0;
  for (std::int64_t row = 0; row < tile.step->rows; row++) total += weightOf(tile, row);
  for (std::int64_t i = 0; i < tile.count; i++) tile.operand[1][i] = static_cast<float>(total);
  return tile.first == 0 ? total : 0;
}

// Makes the mean over the batch a weighted one: gradient[count, columns] ·= weight · rows / weightSum, and the sum of the
// losses[count] by the same factor. A batch without any weight counts nothing.
double weighLosses(const Tile& tile) {
  const float* losses = tile.operand[0];
  const float* weights = tile.operand[1];
  const float weightSum = tile.operand[2][0];
  const std::int64_t columns = tile.dimension[1];
  const float share = weightSum == 0.0F ? 0.0F : static_cast<float>(tile.step->rows) / weightSum;
  double total = 0;
  for (std::int64_t row = 0; row < tile.count; row++) {
    const float factor = weights == nullptr ? share : weights[row] * share;
    total += static_cast<double>(factor) * static_cast<double>(losses[row]);
    if (tile.operand[3] == nullptr) continue;
    float* gradient = tile.operand[3] + row * columns;
    for (std::int64_t j = 0; j < columns; j++) gradient[j] *= factor;
  }
  return total;
}

}  // namespace blasnet::BLASNET_SIMD
