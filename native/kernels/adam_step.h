// Adam on one register of parameters: shared by the update kernels and by the products that update what they sum.
#pragma once

#include "kernels/contract.h"
#include "kernels/lanes.h"

namespace blasnet::BLASNET_SIMD {

// The numbers of a step. attributes: beta1, beta2, epsilon, weightDecay, multiplier; scalars: learning rate, 1/(1-β₁ᵗ),
// 1/√(1-β₂ᵗ).
struct AdamNumbers {
  float beta1, beta2, take1, take2, epsilon, stepSize, correction, decay;
  // Without decay the step size may divide the divisor, which is one operation less for each register. Not a tiny one, with
  // which the divisor could overflow.
  bool isShort;
  float shortEpsilon, shortCorrection;

  AdamNumbers(const double* attributes, const double* scalars)
      : beta1(static_cast<float>(attributes[0])),
        beta2(static_cast<float>(attributes[1])),
        take1(static_cast<float>(1.0 - attributes[0])),
        take2(static_cast<float>(1.0 - attributes[1])),
        epsilon(static_cast<float>(attributes[2])),
        stepSize(static_cast<float>(scalars[0] * attributes[4] * scalars[1])),
        correction(static_cast<float>(scalars[2])),
        decay(static_cast<float>(scalars[0] * attributes[4] * attributes[3])),
        isShort(decay == 0 && stepSize > 1e-12F),
        shortEpsilon(static_cast<float>(attributes[2] / (isShort ? scalars[0] * attributes[4] * scalars[1] : 1))),
        shortCorrection(static_cast<float>(scalars[2] / (isShort ? scalars[0] * attributes[4] * scalars[1] : 1))) {}
};

// m = β₁·m + (1-β₁)·g; v = β₂·v + (1-β₂)·g²
BLASNET_INLINE void moveMoments(float beta1, float take1, float beta2, float take2, Lanes g, Lanes& m, Lanes& v) {
  m = multiplyAdd(every(beta1), m, times(every(take1), g));
  v = multiplyAdd(every(beta2), v, times(times(every(take2), g), g));
}

// p - α·c₁·m / (√v·c₂ + ε) - α·λ·p. The decay is subtracted, not multiplied with 1 - α·λ: that number would be rounded to
// the same side at every step.
BLASNET_INLINE Lanes adamMove(const AdamNumbers& numbers, Lanes m, Lanes v, Lanes parameter) {
  if (numbers.isShort) {
    const Lanes divisor = multiplyAdd(squareRoot(v), every(numbers.shortCorrection), every(numbers.shortEpsilon));
    return subtractProduct(m, inverse(divisor), parameter);
  }
  const Lanes divisor = multiplyAdd(squareRoot(v), every(numbers.correction), every(numbers.epsilon));
  const Lanes moved = subtractProduct(times(every(numbers.stepSize), m), inverse(divisor), parameter);
  return numbers.decay == 0 ? moved : subtractProduct(every(numbers.decay), parameter, moved);
}

BLASNET_INLINE Lanes adamStep(const AdamNumbers& numbers, Lanes gradient, Lanes& m, Lanes& v, Lanes parameter) {
  moveMoments(numbers.beta1, numbers.take1, numbers.beta2, numbers.take2, gradient, m, v);
  return adamMove(numbers, m, v, parameter);
}

// The same bits where `isShort` and v is finite; NaN where v is not, for those who stop then.
BLASNET_INLINE Lanes adamShortStep(const AdamNumbers& numbers, Lanes gradient, Lanes& m, Lanes& v, Lanes parameter) {
  moveMoments(numbers.beta1, numbers.take1, numbers.beta2, numbers.take2, gradient, m, v);
  const Lanes divisor = multiplyAdd(squareRoot(v), every(numbers.shortCorrection), every(numbers.shortEpsilon));
  return subtractProduct(m, inverseOfFinite(divisor), parameter);
}

}  // namespace blasnet::BLASNET_SIMD
