// Adam on one register of parameters: shared by the update kernel and by the products that update what they sum.
#pragma once

#include "kernels/contract.h"
#include "kernels/lanes.h"

namespace blasnet::BLASNET_SIMD {

// The numbers of a step. attributes: beta1, beta2, epsilon; scalars: learning rate, 1/(1-β₁ᵗ), 1/√(1-β₂ᵗ).
struct AdamNumbers {
  float beta1, beta2, take1, take2, epsilon, stepSize, correction;

  AdamNumbers(const double* attributes, const double* scalars)
      : beta1(static_cast<float>(attributes[0])),
        beta2(static_cast<float>(attributes[1])),
        take1(static_cast<float>(1.0 - attributes[0])),
        take2(static_cast<float>(1.0 - attributes[1])),
        epsilon(static_cast<float>(attributes[2])),
        stepSize(static_cast<float>(scalars[0] * scalars[1])),
        correction(static_cast<float>(scalars[2])) {}
};

#if defined(__AVX2__)

// m = β₁·m + (1-β₁)·g; v = β₂·v + (1-β₂)·g²; returns p - α·c₁·m / (√v·c₂ + ε)
BLASNET_INLINE Lanes adamStep(const AdamNumbers& numbers, Lanes gradient, Lanes& m, Lanes& v, Lanes parameter) {
  m = multiplyAdd(every(numbers.beta1), m, times(every(numbers.take1), gradient));
  v = multiplyAdd(every(numbers.beta2), v, times(times(every(numbers.take2), gradient), gradient));
  const Lanes divisor = multiplyAdd(squareRoot(v), every(numbers.correction), every(numbers.epsilon));
  return subtractProduct(times(every(numbers.stepSize), m), inverse(divisor), parameter);
}

#endif

}  // namespace blasnet::BLASNET_SIMD
