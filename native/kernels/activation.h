// Activations by number, in the order of activationKernels in lib/kernels/activation.ts.
#pragma once

#include "kernels/contract.h"
#include "kernels/vector_math.h"

namespace blasnet::BLASNET_SIMD {

enum Activation { kIdentity, kRelu, kLeakyRelu, kSigmoid, kTanh, kElu, kSelu };

constexpr float kSeluScale = 1.0507009873554805F;
constexpr float kSeluScaledAlpha = 1.7580993408473768F;

// Calls body(f) with the element function of an activation, so that every loop is compiled once for each of them.
template <typename Body>
static void withActivation(int id, float parameter, Body body) {
  switch (id) {
    case kRelu:
      // Written so that NaN stays NaN, as on the reference engine.
      return body([](float x) { return x < 0.0F ? 0.0F : x; });
    case kLeakyRelu:
      return body([parameter](float x) { return x > 0.0F ? x : parameter * x; });
    case kSigmoid:
      return body([](float x) { return sigmoid(x); });
    case kTanh:
      return body([](float x) { return hyperbolicTangent(x); });
    case kElu:
      // The 0 keeps the exponential from growing where it is not used; a NaN must pass on, so it is not what is tested for.
      return body([parameter](float x) { return x > 0.0F ? x : parameter * exponentialMinusOne(x > 0.0F ? 0.0F : x); });
    case kSelu:
      return body([](float x) {
        const float negative = kSeluScaledAlpha * exponentialMinusOne(x > 0.0F ? 0.0F : x);
        return x > 0.0F ? kSeluScale * x : negative;
      });
    default:
      return body([](float x) { return x; });
  }
}

// The same for derivatives; `saved` is the output of the forward pass.
template <typename Body>
static void withDerivative(int id, float parameter, Body body) {
  switch (id) {
    case kRelu:
      return body([](float y) { return y > 0.0F ? 1.0F : 0.0F; });
    case kLeakyRelu:
      return body([parameter](float y) { return y > 0.0F ? 1.0F : parameter; });
    case kSigmoid:
      return body([](float y) { return y * (1.0F - y); });
    case kTanh:
      return body([](float y) { return 1.0F - y * y; });
    case kElu:
      return body([parameter](float y) { return y > 0.0F ? 1.0F : y + parameter; });
    case kSelu:
      return body([](float y) { return y > 0.0F ? kSeluScale : y + kSeluScaledAlpha; });
    default:
      return body([](float) { return 1.0F; });
  }
}

}  // namespace blasnet::BLASNET_SIMD
