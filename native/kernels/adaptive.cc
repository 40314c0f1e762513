#include "kernels/elements.h"
#include "kernels/kernels.h"

// Updates that divide by the size of past gradients, on a block [leading, inner]. gradient is operand 0, the parameter
// operand 1, slots follow. α is the learning rate times the parameter's multiplier.
namespace blasnet::BLASNET_SIMD {

// s += g²; p -= α·g / (√s + ε)
double adaGrad(const Tile& tile) {
  const float* gradient = tile.operand[0];
  float* parameter = tile.operand[1];
  float* sumOfSquares = tile.operand[2];
  const Lanes epsilon = every(attribute(tile, 0));
  const Lanes rate = every(static_cast<float>(rateOf(tile, 1)));
  forEachRegister(elements(tile), [=](auto here) {
    const Lanes g = here.of(gradient);
    const Lanes sum = multiplyAdd(g, g, here.of(sumOfSquares));
    here.put(sumOfSquares, sum);
    const Lanes size = add(squareRoot(sum), epsilon);
    here.put(parameter, subtractProduct(times(rate, g), inverse(size), here.of(parameter)));
  });
  return 0;
}

// s = ρ·s + (1-ρ)·g²; d = g·√((u + ε) / (s + ε)); u = ρ·u + (1-ρ)·d²; p -= α·d
double adaDelta(const Tile& tile) {
  const float* gradient = tile.operand[0];
  float* parameter = tile.operand[1];
  float* meanSquare = tile.operand[2];
  float* meanSquareStep = tile.operand[3];
  const Lanes decay = every(attribute(tile, 0));
  const Lanes take = every(oneMinus(tile, 0));
  const Lanes epsilon = every(attribute(tile, 1));
  const Lanes rate = every(static_cast<float>(rateOf(tile, 2)));
  forEachRegister(elements(tile), [=](auto here) {
    const Lanes g = here.of(gradient);
    const Lanes square = multiplyAdd(decay, here.of(meanSquare), times(times(take, g), g));
    const Lanes before = here.of(meanSquareStep);
    const Lanes step = times(g, squareRoot(quotient(add(before, epsilon), add(square, epsilon))));
    here.put(meanSquare, square);
    here.put(meanSquareStep, multiplyAdd(decay, before, times(times(take, step), step)));
    here.put(parameter, subtractProduct(rate, step, here.of(parameter)));
  });
  return 0;
}

// s = ρ·s + (1-ρ)·g²; Centered: a = ρ·a + (1-ρ)·g; d = g / (√(s - a²) + ε); Moving: v = μ·v + d, p -= α·v; else p -= α·d
template <bool Centered, bool Moving>
static void rmsPropBlock(const Tile& tile) {
  const float* gradient = tile.operand[0];
  float* parameter = tile.operand[1];
  float* meanSquare = tile.operand[2];
  float* mean = tile.operand[3];
  float* velocity = tile.operand[4];
  const Lanes decay = every(attribute(tile, 0));
  const Lanes take = every(oneMinus(tile, 0));
  const Lanes epsilon = every(attribute(tile, 1));
  const Lanes mu = every(attribute(tile, 2));
  const Lanes rate = every(static_cast<float>(rateOf(tile, 3)));
  forEachRegister(elements(tile), [=](auto here) {
    const Lanes g = here.of(gradient);
    Lanes spread = multiplyAdd(decay, here.of(meanSquare), times(times(take, g), g));
    here.put(meanSquare, spread);
    if constexpr (Centered) {
      const Lanes center = multiplyAdd(decay, here.of(mean), times(take, g));
      here.put(mean, center);
      spread = largest(zeroLanes(), subtractProduct(center, center, spread));
    }
    const Lanes share = inverse(add(squareRoot(spread), epsilon));
    if constexpr (Moving) {
      const Lanes speed = multiplyAdd(mu, here.of(velocity), times(g, share));
      here.put(velocity, speed);
      here.put(parameter, subtractProduct(rate, speed, here.of(parameter)));
    } else {
      here.put(parameter, subtractProduct(times(rate, g), share, here.of(parameter)));
    }
  });
}

double rmsProp(const Tile& tile) {
  const bool centered = tile.operand[3] != nullptr;
  const bool moving = tile.operand[4] != nullptr;
  if (centered && moving) rmsPropBlock<true, true>(tile);
  else if (centered) rmsPropBlock<true, false>(tile);
  else if (moving) rmsPropBlock<false, true>(tile);
  else rmsPropBlock<false, false>(tile);
  return 0;
}

}  // namespace blasnet::BLASNET_SIMD
