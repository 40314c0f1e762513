// Activations by number, in the order of activationKernels in lib/kernels/activation.ts.
#pragma once

#include "kernels/contract.h"
#include "kernels/vector_math.h"

namespace blasnet::BLASNET_SIMD {

enum Activation {
  kIdentity,
  kRelu,
  kLeakyRelu,
  kSigmoid,
  kTanh,
  kElu,
  kSelu,
  kRelu6,
  kGelu,
  kGeluTanh,
  kSoftplus,
  kSoftsign,
  kSilu,
  kMish,
  kHardSigmoid,
  kHardSwish,
};

constexpr float kSeluScale = 1.0507009873554805F;
constexpr float kSeluScaledAlpha = 1.7580993408473768F;

constexpr float kGeluSlope = 1.5957691216057308F;  // 2 √(2/π), and that times 0.044715
constexpr float kGeluCube = 0.071354816272600F;
constexpr float kInverseRootTwoPi = 0.39894228040143268F;
constexpr float kOneSixth = 0.16666666666666667F;

// Beyond these the functions are constants in float32; a product with an infinity would make NaN of them.
constexpr float kTailEnd = 14.0F;       // the normal distribution
constexpr float kLogisticEnd = 200.0F;  // products with the logistic function

// x · Φ(x); below zero by the tail, which keeps its relative accuracy.
BLASNET_INLINE float gelu(float x) {
  const float t = atMost(absolute(x), kTailEnd);
  const float tail = gaussian(t) * normalTailRatio(t);
  return x < 0.0F ? -t * tail : x * (1.0F - tail);
}

// Φ(x) + x · φ(x)
BLASNET_INLINE float geluDerivative(float x) {
  const float t = atMost(absolute(x), kTailEnd);
  const float density = gaussian(t);
  const float tail = density * normalTailRatio(t);
  const float slope = t * density * kInverseRootTwoPi;
  return x < 0.0F ? tail - slope : 1.0F - tail + slope;
}

// ½ x · (1 + tanh(u/2)) = x · σ(u) with u = 2 √(2/π) · (x + 0.044715 x³)
BLASNET_INLINE float geluTanh(float x) {
  const float bounded = atLeast(x, -kTailEnd);
  const float u = bounded * (kGeluSlope + kGeluCube * (bounded * bounded));
  return bounded / (1.0F + exponential(-u));
}

BLASNET_INLINE float geluTanhDerivative(float x) {
  const float bounded = atMost(atLeast(x, -kTailEnd), kTailEnd);
  const float square = bounded * bounded;
  const float u = bounded * (kGeluSlope + kGeluCube * square);
  const float decay = exponential(-absolute(u));
  const float high = 1.0F / (1.0F + decay);
  const float low = decay * high;
  const float own = u < 0.0F ? low : high;
  return own + bounded * (low * high) * (kGeluSlope + 3.0F * kGeluCube * square);
}

// log(1 + eˣ) = max(x, 0) + log(1 + e^-|x|)
BLASNET_INLINE float softplus(float x) { return atLeast(x, 0.0F) + logarithmOfOnePlus(exponential(-absolute(x))); }

BLASNET_INLINE float softsign(float x) {
  const float bounded = atMost(atLeast(x, -1.0e30F), 1.0e30F);
  return bounded / (1.0F + absolute(bounded));
}

// x · σ(x) by one division: far below zero σ(x) alone would be a denormal number.
BLASNET_INLINE float silu(float x) { return atLeast(x, -kLogisticEnd) / (1.0F + exponential(-x)); }

// σ(x) · (1 + x · σ(-x))
BLASNET_INLINE float siluDerivative(float x) {
  const float bounded = atMost(atLeast(x, -kLogisticEnd), kLogisticEnd);
  const float decay = exponential(-absolute(bounded));
  const float high = 1.0F / (1.0F + decay);
  const float low = decay * high;
  const float own = bounded < 0.0F ? low : high;
  const float other = bounded < 0.0F ? high : low;
  return own * (1.0F + bounded * other);
}

// tanh(log(1 + n)) = w / (w + 2) with n = eˣ, w = n · (n + 2); from x = 20 on it is 1.
BLASNET_INLINE float mish(float x) {
  const float n = exponential(atMost(x, 20.0F));
  const float w = n * (n + 2.0F);
  return atLeast(x, -kLogisticEnd) * (w / (w + 2.0F));
}

// tanh(softplus) + x · (1 - tanh(softplus)²) · σ(x)
BLASNET_INLINE float mishDerivative(float x) {
  const float bounded = atMost(atLeast(x, -kLogisticEnd), kLogisticEnd);
  const float n = exponential(atMost(bounded, 20.0F));
  const float w = n * (n + 2.0F);
  const float inverse = 1.0F / (w + 2.0F);
  const float hyperbolic = w * inverse;
  return hyperbolic + bounded * 2.0F * inverse * (1.0F + hyperbolic) * (n / (1.0F + n));
}

// max(0, min(6, x))
BLASNET_INLINE float relu6(float x) { return atMost(atLeast(x, 0.0F), 6.0F); }

BLASNET_INLINE float hardSwishDerivative(float x) {
  const float middle = x * (2.0F * kOneSixth) + 0.5F;
  const float high = x >= 3.0F ? 1.0F : middle;
  return x <= -3.0F ? 0.0F : high;
}

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
    case kRelu6:
      return body([](float x) { return relu6(x); });
    case kGelu:
      return body([](float x) { return gelu(x); });
    case kGeluTanh:
      return body([](float x) { return geluTanh(x); });
    case kSoftplus:
      return body([](float x) { return softplus(x); });
    case kSoftsign:
      return body([](float x) { return softsign(x); });
    case kSilu:
      return body([](float x) { return silu(x); });
    case kMish:
      return body([](float x) { return mish(x); });
    case kHardSigmoid:
      return body([](float x) { return relu6(x + 3.0F) * kOneSixth; });
    case kHardSwish:
      return body([](float x) { return atLeast(x, -3.0F) * (relu6(x + 3.0F) * kOneSixth); });
    default:
      return body([](float x) { return x; });
  }
}

// The same for derivatives, by what the activation saves: its output, or its input where the name is x.
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
    case kRelu6:
      return body([](float y) { return y > 0.0F && y < 6.0F ? 1.0F : 0.0F; });
    case kGelu:
      return body([](float x) { return geluDerivative(x); });
    case kGeluTanh:
      return body([](float x) { return geluTanhDerivative(x); });
    case kSoftplus:
      return body([](float y) { return -exponentialMinusOne(-atLeast(y, 0.0F)); });
    case kSoftsign:
      return body([](float y) { return (1.0F - absolute(y)) * (1.0F - absolute(y)); });
    case kSilu:
      return body([](float x) { return siluDerivative(x); });
    case kMish:
      return body([](float x) { return mishDerivative(x); });
    case kHardSigmoid:
      return body([](float y) { return y > 0.0F && y < 1.0F ? kOneSixth : 0.0F; });
    case kHardSwish:
      return body([](float x) { return hardSwishDerivative(x); });
    default:
      return body([](float) { return 1.0F; });
  }
}

}  // namespace blasnet::BLASNET_SIMD
