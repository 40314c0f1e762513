// Losses that are a mean over columns of f(output - target), summed over rows; gradient = f′ / (batch · columns).
#include "kernels/kernels.h"
#include "kernels/term_sums.h"

namespace blasnet::BLASNET_SIMD {

// output, targets, gradient?: [count, columns]; losses?: [count]
template <typename Value, typename Derivative>
static double regression(const Tile& tile, Value value, Derivative derivative) {
  const std::int64_t columns = tile.dimension[0];
  const auto share = static_cast<float>(1.0 / static_cast<double>(tile.step->rows * columns));
  double total = 0;
  for (std::int64_t row = 0; row < tile.count; row++) {
    const float* output = tile.operand[0] + row * columns;
    const float* targets = tile.operand[1] + row * columns;
    const double sum = sumOf(columns, [&](std::int64_t j) { return value(output[j] - targets[j]); });
    total += sum;
    if (tile.operand[3] != nullptr) tile.operand[3][row] = static_cast<float>(sum / static_cast<double>(columns));
    if (tile.operand[2] == nullptr) continue;
    float* gradient = tile.operand[2] + row * columns;
    for (std::int64_t j = 0; j < columns; j++) gradient[j] = derivative(output[j] - targets[j]) * share;
  }
  return total / static_cast<double>(columns);
}

// f(d) = d²
double meanSquaredError(const Tile& tile) {
  return regression(
      tile, [](float difference) { return difference * difference; }, [](float difference) { return 2 * difference; });
}

// f(d) = |d|; f′(0) = 0. A NaN is neither above nor below 0 and passes on.
double meanAbsoluteError(const Tile& tile) {
  return regression(
      tile, [](float difference) { return difference < 0.0F ? -difference : difference; },
      [](float difference) {
        const float negative = difference < 0.0F ? -1.0F : difference;
        return difference > 0.0F ? 1.0F : negative;
      });
}

// f(d) = d²/2 for |d| ≤ δ, else δ · (|d| - δ/2)
double huber(const Tile& tile) {
  const auto delta = static_cast<float>(tile.attributes[0]);
  return regression(
      tile,
      [delta](float difference) {
        const float size = difference < 0.0F ? -difference : difference;
        const float square = 0.5F * difference * difference;
        const float line = delta * (size - 0.5F * delta);
        return size <= delta ? square : line;
      },
      [delta](float difference) {
        const float low = difference < -delta ? -delta : difference;
        return low > delta ? delta : low;
      });
}

}  // namespace blasnet::BLASNET_SIMD
