// Element functions written so that the compiler turns a loop over them into SIMD code at every level: no branches, no
// library calls. Everything is `static`: each SIMD level must keep its own copies, or the linker could hand AVX-512 code
// to a processor without it.
#pragma once

#include <cstdint>
#include <cstring>

// Of members and lambdas, and of functions.
#define BLASNET_ALWAYS_INLINE inline __attribute__((always_inline))
#define BLASNET_INLINE static BLASNET_ALWAYS_INLINE __attribute__((unused))

namespace blasnet::BLASNET_SIMD {

BLASNET_INLINE float fromBits(std::uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

BLASNET_INLINE std::uint32_t toBits(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

// x no smaller or no larger than a bound; NaN stays NaN.
BLASNET_INLINE float atLeast(float x, float bound) { return x < bound ? bound : x; }
BLASNET_INLINE float atMost(float x, float bound) { return x > bound ? bound : x; }
BLASNET_INLINE float absolute(float x) { return x < 0.0F ? -x : x; }

// eˣ to about 1 unit in the last place (Cephes' polynomial), infinite where float32 ends. Does not fall below e^-87.3; NaN
// stays NaN.
BLASNET_INLINE float exponential(float x) {
  x = x < -87.3365F ? -87.3365F : x;
  x = x > 89.0F ? 89.0F : x;
  const float rounder = 12582912.0F;  // 1.5 · 2²³: adding and subtracting it rounds to the nearest whole number
  const float whole = (x * 1.44269504F + rounder) - rounder;
  const float rest = (x - whole * 0.693359375F) - whole * -2.12194440e-4F;
  float series = 1.9875691500e-4F;
  series = series * rest + 1.3981999507e-3F;
  series = series * rest + 8.3334519073e-3F;
  series = series * rest + 4.1665795894e-2F;
  series = series * rest + 1.6666665459e-1F;
  series = series * rest + 5.0000001201e-1F;
  series = series * rest * rest + rest + 1.0F;
  // By 2^whole in two factors: the largest results need an exponent that one factor does not have.
  const auto exponent = static_cast<std::int32_t>(whole);
  const std::int32_t half = exponent >> 1;
  const float first = fromBits(static_cast<std::uint32_t>(half + 127) << 23);
  const float second = fromBits(static_cast<std::uint32_t>(exponent - half + 127) << 23);
  return series * first * second;
}

// eˣ - 1, accurate near zero.
BLASNET_INLINE float exponentialMinusOne(float x) {
  // Taylor to x⁶ below 0.25 in size (error under 2e-8 relative); elsewhere the subtraction loses nothing.
  const float series =
      x * (1.0F + x * (0.5F + x * (1.66666667e-1F + x * (4.16666667e-2F + x * (8.33333333e-3F + x * 1.38888889e-3F)))));
  const float direct = exponential(x) - 1.0F;
  return absolute(x) < 0.25F ? series : direct;
}

BLASNET_INLINE float sigmoid(float x) { return 1.0F / (1.0F + exponential(-x)); }

BLASNET_INLINE float hyperbolicTangent(float x) {
  const float size = x < 0 ? -x : x;
  const float square = x * x;
  float series = -5.70498872745e-3F;
  series = series * square + 2.06390887954e-2F;
  series = series * square - 5.37397155531e-2F;
  series = series * square + 1.33314422036e-1F;
  series = series * square - 3.33332819422e-1F;
  series = series * square * x + x;
  const float decay = exponential(-2.0F * size);
  const float far = (1.0F - decay) / (1.0F + decay);
  const float signedFar = x < 0 ? -far : far;
  return size < 0.625F ? series : signedFar;
}

// log(1 + u) for u in [0, 1]: 2 · artanh(u / (2 + u)) by a polynomial in the square, fitted at Chebyshev nodes; the smallest u
// keeps its relative accuracy.
BLASNET_INLINE float logarithmOfOnePlus(float u) {
  const float ratio = u / (2.0F + u);
  const float square = ratio * ratio;
  float series = 2.81746566e-1F;
  series = series * square + 2.79614180e-1F;
  series = series * square + 4.00248528e-1F;
  series = series * square + 6.66663170e-1F;
  return ratio * (series * square + 2.0F);
}

// e^(-t²/2). The square is taken in two parts: rounded to 24 bits it would cost the result t² / 2 units in the last place.
BLASNET_INLINE float gaussian(float t) {
  const float high = fromBits(toBits(t) & 0xfffff000U);
  const float rest = 0.5F * (t + high) * (t - high);  // t²/2 = high²/2 + rest
  const float correction = 1.0F - rest * (1.0F - rest * (0.5F - rest * 1.66666667e-1F));
  return exponential(-0.5F * high * high) * correction;
}

// Share of the normal distribution above t, for t in [0, 14], divided by e^(-t²/2): a polynomial in (t - 4) / (t + 4) over
// t + 4, the Chebyshev series of Shepherd and Laframboise (1981) to degree 9. Relative error 2e-7.
BLASNET_INLINE float normalTailRatio(float t) {
  const float scale = 1.0F / (t + 4.0F);
  const float s = (t - 4.0F) * scale;
  float series = -1.57320567e-4F;
  series = series * s + 1.29325636e-4F;
  series = series * s + 1.56378688e-3F;
  series = series * s - 3.47616780e-3F;
  series = series * s - 7.51223136e-3F;
  series = series * s + 6.03952967e-2F;
  series = series * s - 1.86526716e-1F;
  series = series * s + 3.87137562e-1F;
  series = series * s - 6.07896388e-1F;
  series = series * s + 7.55285144e-1F;
  return series * scale;
}

}  // namespace blasnet::BLASNET_SIMD
