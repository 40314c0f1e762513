#include "kernels/elements.h"
#include "kernels/kernels.h"
#include "kernels/sums.h"

namespace blasnet::BLASNET_SIMD {

// parameter[leading, inner], gradient[leading, inner]: gradient += λ · parameter; returns λ/2 · Σ parameter²
double l2(const Tile& tile) {
  const float* parameter = tile.operand[0];
  float* gradient = tile.operand[1];
  const Lanes lambda = every(attribute(tile, 0));
  WideSums squares;
  forEachRegister(elements(tile), [&](auto here) {
    const Lanes value = here.of(parameter);
    here.put(gradient, multiplyAdd(lambda, value, here.of(gradient)));
    squares.addProduct(value, value);
  });
  return tile.attributes[0] / 2 * squares.total();
}

// parameter[leading, inner], gradient[leading, inner]: gradient += λ · sign(parameter); returns λ · Σ |parameter|
double l1(const Tile& tile) {
  const float* parameter = tile.operand[0];
  float* gradient = tile.operand[1];
  const Lanes lambda = every(attribute(tile, 0));
  WideSums sizes;
  forEachRegister(elements(tile), [&](auto here) {
    const Lanes value = here.of(parameter);
    here.put(gradient, multiplyAdd(lambda, signs(value), here.of(gradient)));
    sizes.addProduct(absolute(value), every(1.0F));
  });
  return tile.attributes[0] * sizes.total();
}

// output, outputGradient, penalizedGradient [rows, columns]: penalizedGradient = outputGradient + λ/batch · sign(output);
// returns λ/batch · Σ |output|
double activityL1(const Tile& tile) {
  const float* output = tile.operand[0];
  const float* outputGradient = tile.operand[1];
  float* penalizedGradient = tile.operand[2];
  const double factor = tile.attributes[0] / static_cast<double>(tile.step->rows);
  const Lanes slope = every(static_cast<float>(factor));
  WideSums sizes;
  forEachRegister(tile.count * tile.dimension[0], [&](auto here) {
    const Lanes value = here.of(output);
    here.put(penalizedGradient, multiplyAdd(slope, signs(value), here.of(outputGradient)));
    sizes.addProduct(absolute(value), every(1.0F));
  });
  return factor * sizes.total();
}

// output, outputGradient, penalizedGradient [rows, columns]: penalizedGradient = outputGradient + λ/batch · output;
// returns λ/2 / batch · Σ output²
double activityL2(const Tile& tile) {
  const float* output = tile.operand[0];
  const float* outputGradient = tile.operand[1];
  float* penalizedGradient = tile.operand[2];
  const double factor = tile.attributes[0] / static_cast<double>(tile.step->rows);
  const Lanes slope = every(static_cast<float>(factor));
  WideSums squares;
  forEachRegister(tile.count * tile.dimension[0], [&](auto here) {
    const Lanes value = here.of(output);
    here.put(penalizedGradient, multiplyAdd(slope, value, here.of(outputGradient)));
    squares.addProduct(value, value);
  });
  return factor / 2 * squares.total();
}

}  // namespace blasnet::BLASNET_SIMD
