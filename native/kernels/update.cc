#include "kernels/elements.h"
#include "kernels/finite.h"
#include "kernels/kernels.h"

// Updates without a memory of sizes, on a block [leading, inner]. gradient is operand 0, the parameter operand 1, slots
// follow. α is the learning rate times the parameter's multiplier. All of them return whether every value stayed finite.
namespace blasnet::BLASNET_SIMD {

// p -= α·g
double sgd(const Tile& tile) {
  const float* gradient = tile.operand[0];
  float* parameter = tile.operand[1];
  const Lanes rate = every(static_cast<float>(rateOf(tile, 0)));
  FiniteWatch watch;
  forEachRegister(elements(tile), [=, &watch](auto here) {
    const Lanes updated = subtractProduct(rate, here.of(gradient), here.of(parameter));
    here.put(parameter, updated);
    watch.look(here.present(updated));
  });
  return watch.verdict();
}

// v = μ·v + c·g; p -= α·v, with c as scalar 1
double momentum(const Tile& tile) {
  const float* gradient = tile.operand[0];
  float* parameter = tile.operand[1];
  float* velocity = tile.operand[2];
  const Lanes mu = every(attribute(tile, 0));
  const Lanes rate = every(static_cast<float>(rateOf(tile, 1)));
  const Lanes share = every(scalar(tile, 1));
  FiniteWatch watch;
  forEachRegister(elements(tile), [=, &watch](auto here) {
    const Lanes speed = multiplyAdd(mu, here.of(velocity), times(share, here.of(gradient)));
    here.put(velocity, speed);
    const Lanes updated = subtractProduct(rate, speed, here.of(parameter));
    here.put(parameter, updated);
    watch.look(here.present(updated));
  });
  return watch.verdict();
}

// v = μ·v + g; p -= α·(g + μ·v)
double nesterov(const Tile& tile) {
  const float* gradient = tile.operand[0];
  float* parameter = tile.operand[1];
  float* velocity = tile.operand[2];
  const Lanes mu = every(attribute(tile, 0));
  const Lanes rate = every(static_cast<float>(rateOf(tile, 1)));
  FiniteWatch watch;
  forEachRegister(elements(tile), [=, &watch](auto here) {
    const Lanes g = here.of(gradient);
    const Lanes speed = multiplyAdd(mu, here.of(velocity), g);
    here.put(velocity, speed);
    const Lanes updated = subtractProduct(rate, multiplyAdd(mu, speed, g), here.of(parameter));
    here.put(parameter, updated);
    watch.look(here.present(updated));
  });
  return watch.verdict();
}

}  // namespace blasnet::BLASNET_SIMD
