#include "kernels/elements.h"
#include "kernels/finite.h"
#include "kernels/kernels.h"

// Updates that divide by the size of past gradients, on a block [leading, inner]. gradient is operand 0, the parameter
// operand 1, slots follow. α is the learning rate times the parameter's multiplier. All of them return whether every value
// stayed finite.
namespace blasnet::BLASNET_SIMD {

// s += g²; p -= α·g / (√s + ε)
double adaGrad(const Tile& tile) {
  const float* gradient = tile.operand[0];
  float* parameter = tile.operand[1];
  float* sumOfSquares = tile.operand[2];
  const Lanes epsilon = every(attribute(tile, 0));
  const Lanes rate = every(static_cast<float>(rateOf(tile, 1)));
  FiniteWatch watch;
  forEachRegister(elements(tile), [=, &watch](auto here) {
    const Lanes g = here.of(gradient);
    const Lanes sum = multiplyAdd(g, g, here.of(sumOfSquares));
    here.put(sumOfSquares, sum);
    const Lanes size = add(squareRoot(sum), epsilon);
    const Lanes updated = subtractProduct(times(rate, g), inverse(size), here.of(parameter));
    here.put(parameter, updated);
    watch.look(here.present(updated), here.present(sum));
  });
  return watch.verdict();
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
  FiniteWatch watch;
  forEachRegister(elements(tile), [=, &watch](auto here) {
    const Lanes g = here.of(gradient);
    const Lanes square = multiplyAdd(decay, here.of(meanSquare), times(times(take, g), g));
    const Lanes before = here.of(meanSquareStep);
    const Lanes step = times(g, squareRoot(quotient(add(before, epsilon), add(square, epsilon))));
    here.put(meanSquare, square);
    here.put(meanSquareStep, multiplyAdd(decay, before, times(times(take, step), step)));
    const Lanes updated = subtractProduct(rate, step, here.of(parameter));
    here.put(parameter, updated);
    watch.look(here.present(updated), here.present(square));
  });
  return watch.verdict();
}

// s = ρ·s + (1-ρ)·g²; Centered: a = ρ·a + (1-ρ)·g; d = g / (√(s - a²) + ε); Moving: v = μ·v + d, p -= α·v; else p -= α·d
template <bool Centered, bool Moving>
static double rmsPropBlock(const Tile& tile) {
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
  FiniteWatch watch;
  forEachRegister(elements(tile), [=, &watch](auto here) {
    const Lanes g = here.of(gradient);
    const Lanes square = multiplyAdd(decay, here.of(meanSquare), times(times(take, g), g));
    here.put(meanSquare, square);
    Lanes spread = square;
    if constexpr (Centered) {
      const Lanes center = multiplyAdd(decay, here.of(mean), times(take, g));
      here.put(mean, center);
      spread = largest(zeroLanes(), subtractProduct(center, center, spread));
    }
    const Lanes share = inverse(add(squareRoot(spread), epsilon));
    Lanes updated = here.of(parameter);
    if constexpr (Moving) {
      const Lanes speed = multiplyAdd(mu, here.of(velocity), times(g, share));
      here.put(velocity, speed);
      updated = subtractProduct(rate, speed, updated);
    } else {
      updated = subtractProduct(times(rate, g), share, updated);
    }
    here.put(parameter, updated);
    watch.look(here.present(updated), here.present(square));
  });
  return watch.verdict();
}

double rmsProp(const Tile& tile) {
  const bool centered = tile.operand[3] != nullptr;
  const bool moving = tile.operand[4] != nullptr;
  if (centered && moving) return rmsPropBlock<true, true>(tile);
  if (centered) return rmsPropBlock<true, false>(tile);
  if (moving) return rmsPropBlock<false, true>(tile);
  return rmsPropBlock<false, false>(tile);
}

}  // namespace blasnet::BLASNET_SIMD
