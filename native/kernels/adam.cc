#include "kernels/adam_step.h"
#include "kernels/elements.h"
#include "kernels/finite.h"
#include "kernels/kernels.h"

// Adam and its relatives, on a block [leading, inner]. gradient is operand 0, the parameter operand 1, the moments m and v
// follow. α is the learning rate times the parameter's multiplier. All of them return whether every value stayed finite.
namespace blasnet::BLASNET_SIMD {

// p -= α·c₁·m / (√v·c₂ + ε) + α·λ·p
double adam(const Tile& tile) {
  const float* gradient = tile.operand[0];
  float* parameter = tile.operand[1];
  float* firstMoment = tile.operand[2];
  float* secondMoment = tile.operand[3];
  const AdamNumbers numbers(tile.attributes, tile.step->scalars);
  FiniteWatch watch;
  forEachRegister(elements(tile), [=, &watch](auto here) {
    Lanes m = here.of(firstMoment);
    Lanes v = here.of(secondMoment);
    const Lanes updated = adamStep(numbers, here.of(gradient), m, v, here.of(parameter));
    here.put(firstMoment, m);
    here.put(secondMoment, v);
    here.put(parameter, updated);
    watch.look(here.present(updated), here.present(v));
  });
  return watch.verdict();
}

// Adam with l = max(l, v) in the place of v
double amsGrad(const Tile& tile) {
  const float* gradient = tile.operand[0];
  float* parameter = tile.operand[1];
  float* firstMoment = tile.operand[2];
  float* secondMoment = tile.operand[3];
  float* largestMoment = tile.operand[4];
  const AdamNumbers numbers(tile.attributes, tile.step->scalars);
  FiniteWatch watch;
  forEachRegister(elements(tile), [=, &watch](auto here) {
    Lanes m = here.of(firstMoment);
    Lanes v = here.of(secondMoment);
    moveMoments(numbers.beta1, numbers.take1, numbers.beta2, numbers.take2, here.of(gradient), m, v);
    here.put(firstMoment, m);
    here.put(secondMoment, v);
    const Lanes peak = largest(here.of(largestMoment), v);
    here.put(largestMoment, peak);
    const Lanes updated = adamMove(numbers, m, peak, here.of(parameter));
    here.put(parameter, updated);
    watch.look(here.present(updated), here.present(peak));
  });
  return watch.verdict();
}

// p -= α·(c₁·g + c₂·m) / (√v·c₃ + ε), with the scalars 1 to 3
double nadam(const Tile& tile) {
  const float* gradient = tile.operand[0];
  float* parameter = tile.operand[1];
  float* firstMoment = tile.operand[2];
  float* secondMoment = tile.operand[3];
  const float beta1 = attribute(tile, 0);
  const float beta2 = attribute(tile, 1);
  const float take1 = oneMinus(tile, 0);
  const float take2 = oneMinus(tile, 1);
  const Lanes epsilon = every(attribute(tile, 2));
  const Lanes ofGradient = every(static_cast<float>(rateOf(tile, 3) * tile.step->scalars[1]));
  const Lanes ofMoment = every(static_cast<float>(rateOf(tile, 3) * tile.step->scalars[2]));
  const Lanes correction = every(scalar(tile, 3));
  FiniteWatch watch;
  forEachRegister(elements(tile), [=, &watch](auto here) {
    const Lanes g = here.of(gradient);
    Lanes m = here.of(firstMoment);
    Lanes v = here.of(secondMoment);
    moveMoments(beta1, take1, beta2, take2, g, m, v);
    here.put(firstMoment, m);
    here.put(secondMoment, v);
    const Lanes divisor = multiplyAdd(squareRoot(v), correction, epsilon);
    const Lanes direction = multiplyAdd(ofGradient, g, times(ofMoment, m));
    const Lanes updated = subtractProduct(direction, inverse(divisor), here.of(parameter));
    here.put(parameter, updated);
    watch.look(here.present(updated), here.present(v));
  });
  return watch.verdict();
}

// p -= α·c₁·m·r / (√v + ε) with the scalars c₁ and r; where r is 0, p -= α·c₁·m
double radam(const Tile& tile) {
  const float* gradient = tile.operand[0];
  float* parameter = tile.operand[1];
  float* firstMoment = tile.operand[2];
  float* secondMoment = tile.operand[3];
  const float beta1 = attribute(tile, 0);
  const float beta2 = attribute(tile, 1);
  const float take1 = oneMinus(tile, 0);
  const float take2 = oneMinus(tile, 1);
  const Lanes epsilon = every(attribute(tile, 2));
  const double rectification = tile.step->scalars[2];
  const bool adaptive = rectification != 0;
  const double plain = rateOf(tile, 3) * tile.step->scalars[1];
  const Lanes stepSize = every(static_cast<float>(adaptive ? plain * rectification : plain));
  FiniteWatch watch;
  forEachRegister(elements(tile), [=, &watch](auto here) {
    Lanes m = here.of(firstMoment);
    Lanes v = here.of(secondMoment);
    moveMoments(beta1, take1, beta2, take2, here.of(gradient), m, v);
    here.put(firstMoment, m);
    here.put(secondMoment, v);
    const Lanes scale = adaptive ? inverse(add(squareRoot(v), epsilon)) : every(1.0F);
    const Lanes updated = subtractProduct(times(stepSize, m), scale, here.of(parameter));
    here.put(parameter, updated);
    watch.look(here.present(updated), here.present(v));
  });
  return watch.verdict();
}

// u = max(β₂·u, |g| + ε); p -= α·c₁·m / u, with c₁ = 1/(1-β₁ᵗ) as scalar 1
double adaMax(const Tile& tile) {
  const float* gradient = tile.operand[0];
  float* parameter = tile.operand[1];
  float* firstMoment = tile.operand[2];
  float* peaks = tile.operand[3];
  const Lanes beta1 = every(attribute(tile, 0));
  const Lanes take1 = every(oneMinus(tile, 0));
  const Lanes beta2 = every(attribute(tile, 1));
  const Lanes epsilon = every(attribute(tile, 2));
  const Lanes stepSize = every(static_cast<float>(rateOf(tile, 3) * tile.step->scalars[1]));
  FiniteWatch watch;
  forEachRegister(elements(tile), [=, &watch](auto here) {
    const Lanes g = here.of(gradient);
    const Lanes m = multiplyAdd(beta1, here.of(firstMoment), times(take1, g));
    const Lanes peak = largest(times(beta2, here.of(peaks)), add(absolute(g), epsilon));
    here.put(firstMoment, m);
    here.put(peaks, peak);
    const Lanes updated = subtractProduct(stepSize, quotient(m, peak), here.of(parameter));
    here.put(parameter, updated);
    watch.look(here.present(updated), here.present(peak));
  });
  return watch.verdict();
}

}  // namespace blasnet::BLASNET_SIMD
