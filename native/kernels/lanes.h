// One SIMD register of floats, as wide as the level has it, with a mask for the last columns of a row.
#pragma once

#include <cstdint>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include "kernels/vector_math.h"

namespace blasnet::BLASNET_SIMD {

#if defined(__AVX512F__)

constexpr int kLaneCount = 16;
using Lanes = __m512;
using LaneMask = __mmask16;

BLASNET_INLINE LaneMask firstLanes(std::int64_t count) {
  return count >= kLaneCount ? LaneMask{0xffff} : static_cast<LaneMask>((1U << count) - 1U);
}
BLASNET_INLINE Lanes zeroLanes() { return _mm512_setzero_ps(); }
BLASNET_INLINE Lanes spread(const float* value) { return _mm512_set1_ps(*value); }
BLASNET_INLINE Lanes load(const float* from) { return _mm512_loadu_ps(from); }
BLASNET_INLINE Lanes load(const float* from, LaneMask mask) { return _mm512_maskz_loadu_ps(mask, from); }
BLASNET_INLINE void store(float* to, Lanes value) { _mm512_storeu_ps(to, value); }
BLASNET_INLINE void store(float* to, Lanes value, LaneMask mask) { _mm512_mask_storeu_ps(to, mask, value); }
// 0 in the lanes that the mask leaves out.
BLASNET_INLINE Lanes onlyLanes(Lanes value, LaneMask mask) { return _mm512_maskz_mov_ps(mask, value); }
BLASNET_INLINE Lanes every(float value) { return _mm512_set1_ps(value); }
BLASNET_INLINE Lanes add(Lanes a, Lanes b) { return _mm512_add_ps(a, b); }
BLASNET_INLINE Lanes subtract(Lanes a, Lanes b) { return _mm512_sub_ps(a, b); }
BLASNET_INLINE Lanes times(Lanes a, Lanes b) { return _mm512_mul_ps(a, b); }
// c - a · b
BLASNET_INLINE Lanes subtractProduct(Lanes a, Lanes b, Lanes c) { return _mm512_fnmadd_ps(a, b, c); }

// 1 / x: an estimate of 14 bits and one step of Newton's, exact to 1 or 2 units in the last place. The exact root is worth its
// time: its unit works beside those that multiply, where an estimate of it would take seven operations from them.
BLASNET_INLINE Lanes inverseOfFinite(Lanes x) {
  const Lanes estimate = _mm512_rcp14_ps(x);
  return _mm512_fmadd_ps(_mm512_fnmadd_ps(x, estimate, _mm512_set1_ps(1.0F)), estimate, estimate);
}
BLASNET_INLINE Lanes inverse(Lanes x) {
  return inverseOfFinite(_mm512_min_ps(_mm512_set1_ps(3.4028234e38F), x));  // keeps 0 · ∞ out; NaN passes as the second
}
BLASNET_INLINE Lanes multiplyAdd(Lanes a, Lanes b, Lanes c) { return _mm512_fmadd_ps(a, b, c); }
BLASNET_INLINE Lanes squareRoot(Lanes x) { return _mm512_sqrt_ps(x); }
BLASNET_INLINE Lanes quotient(Lanes a, Lanes b) { return _mm512_div_ps(a, b); }
BLASNET_INLINE Lanes absolute(Lanes x) { return _mm512_abs_ps(x); }
// NaN stays NaN: it is the second operand.
BLASNET_INLINE Lanes atLeastZero(Lanes x) { return _mm512_max_ps(zeroLanes(), x); }
// NaN where either is: the instruction gives its second operand then.
BLASNET_INLINE Lanes largest(Lanes a, Lanes b) {
  return _mm512_mask_mov_ps(_mm512_max_ps(a, b), _mm512_cmp_ps_mask(a, a, _CMP_UNORD_Q), a);
}
// -1, 0 or 1.
BLASNET_INLINE Lanes signs(Lanes x) {
  const Lanes up = _mm512_mask_mov_ps(x, _mm512_cmp_ps_mask(x, zeroLanes(), _CMP_GT_OQ), every(1.0F));
  return _mm512_mask_mov_ps(up, _mm512_cmp_ps_mask(x, zeroLanes(), _CMP_LT_OQ), every(-1.0F));
}
// NaN stays NaN.
BLASNET_INLINE Lanes between(Lanes least, Lanes x, Lanes most) { return _mm512_min_ps(most, _mm512_max_ps(least, x)); }

// to[j, i] = from[i, j] for a square of 16.
[[maybe_unused]] static void transposeSquare(const float* from, std::int64_t ldFrom, float* to, std::int64_t ldTo) {
  Lanes row[16];
  Lanes pair[16];
  for (int i = 0; i < 16; i++) row[i] = load(from + i * ldFrom);
  for (int i = 0; i < 16; i += 2) {
    pair[i] = _mm512_unpacklo_ps(row[i], row[i + 1]);
    pair[i + 1] = _mm512_unpackhi_ps(row[i], row[i + 1]);
  }
  for (int i = 0; i < 16; i += 4) {
    row[i] = _mm512_shuffle_ps(pair[i], pair[i + 2], 0x44);
    row[i + 1] = _mm512_shuffle_ps(pair[i], pair[i + 2], 0xee);
    row[i + 2] = _mm512_shuffle_ps(pair[i + 1], pair[i + 3], 0x44);
    row[i + 3] = _mm512_shuffle_ps(pair[i + 1], pair[i + 3], 0xee);
  }
  // row[4q + c] now holds, in each quarter p, the elements of column 4p + c from rows 4q to 4q + 3.
  for (int c = 0; c < 4; c++) {
    const Lanes low = _mm512_shuffle_f32x4(row[c], row[4 + c], 0x88);
    const Lanes lowOdd = _mm512_shuffle_f32x4(row[c], row[4 + c], 0xdd);
    const Lanes high = _mm512_shuffle_f32x4(row[8 + c], row[12 + c], 0x88);
    const Lanes highOdd = _mm512_shuffle_f32x4(row[8 + c], row[12 + c], 0xdd);
    store(to + c * ldTo, _mm512_shuffle_f32x4(low, high, 0x88));
    store(to + (4 + c) * ldTo, _mm512_shuffle_f32x4(lowOdd, highOdd, 0x88));
    store(to + (8 + c) * ldTo, _mm512_shuffle_f32x4(low, high, 0xdd));
    store(to + (12 + c) * ldTo, _mm512_shuffle_f32x4(lowOdd, highOdd, 0xdd));
  }
}

#elif defined(__AVX2__)

constexpr int kLaneCount = 8;
using Lanes = __m256;
using LaneMask = __m256i;

BLASNET_INLINE LaneMask firstLanes(std::int64_t count) {
  const auto limit = static_cast<int>(count >= kLaneCount ? kLaneCount : count);
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(limit), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
BLASNET_INLINE Lanes zeroLanes() { return _mm256_setzero_ps(); }
BLASNET_INLINE Lanes spread(const float* value) { return _mm256_broadcast_ss(value); }
BLASNET_INLINE Lanes load(const float* from) { return _mm256_loadu_ps(from); }
BLASNET_INLINE Lanes load(const float* from, LaneMask mask) { return _mm256_maskload_ps(from, mask); }
BLASNET_INLINE void store(float* to, Lanes value) { _mm256_storeu_ps(to, value); }
BLASNET_INLINE void store(float* to, Lanes value, LaneMask mask) { _mm256_maskstore_ps(to, mask, value); }
BLASNET_INLINE Lanes onlyLanes(Lanes value, LaneMask mask) { return _mm256_and_ps(value, _mm256_castsi256_ps(mask)); }
BLASNET_INLINE Lanes every(float value) { return _mm256_set1_ps(value); }
BLASNET_INLINE Lanes add(Lanes a, Lanes b) { return _mm256_add_ps(a, b); }
BLASNET_INLINE Lanes subtract(Lanes a, Lanes b) { return _mm256_sub_ps(a, b); }
BLASNET_INLINE Lanes times(Lanes a, Lanes b) { return _mm256_mul_ps(a, b); }
// c - a · b
BLASNET_INLINE Lanes subtractProduct(Lanes a, Lanes b, Lanes c) { return _mm256_fnmadd_ps(a, b, c); }
BLASNET_INLINE Lanes squareRoot(Lanes x) { return _mm256_sqrt_ps(x); }
BLASNET_INLINE Lanes inverse(Lanes x) { return _mm256_div_ps(_mm256_set1_ps(1.0F), x); }
BLASNET_INLINE Lanes inverseOfFinite(Lanes x) { return inverse(x); }
BLASNET_INLINE Lanes multiplyAdd(Lanes a, Lanes b, Lanes c) { return _mm256_fmadd_ps(a, b, c); }
BLASNET_INLINE Lanes quotient(Lanes a, Lanes b) { return _mm256_div_ps(a, b); }
BLASNET_INLINE Lanes absolute(Lanes x) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0F), x); }
BLASNET_INLINE Lanes atLeastZero(Lanes x) { return _mm256_max_ps(zeroLanes(), x); }
BLASNET_INLINE Lanes largest(Lanes a, Lanes b) {
  return _mm256_blendv_ps(_mm256_max_ps(a, b), a, _mm256_cmp_ps(a, a, _CMP_UNORD_Q));
}
BLASNET_INLINE Lanes signs(Lanes x) {
  const Lanes up = _mm256_blendv_ps(x, every(1.0F), _mm256_cmp_ps(x, zeroLanes(), _CMP_GT_OQ));
  return _mm256_blendv_ps(up, every(-1.0F), _mm256_cmp_ps(x, zeroLanes(), _CMP_LT_OQ));
}
BLASNET_INLINE Lanes between(Lanes least, Lanes x, Lanes most) { return _mm256_min_ps(most, _mm256_max_ps(least, x)); }

// to[j, i] = from[i, j] for a square of 8.
[[maybe_unused]] static void transposeSquare(const float* from, std::int64_t ldFrom, float* to, std::int64_t ldTo) {
  Lanes row[8];
  Lanes pair[8];
  for (int i = 0; i < 8; i++) row[i] = load(from + i * ldFrom);
  for (int i = 0; i < 8; i += 2) {
    pair[i] = _mm256_unpacklo_ps(row[i], row[i + 1]);
    pair[i + 1] = _mm256_unpackhi_ps(row[i], row[i + 1]);
  }
  for (int i = 0; i < 8; i += 4) {
    row[i] = _mm256_shuffle_ps(pair[i], pair[i + 2], 0x44);
    row[i + 1] = _mm256_shuffle_ps(pair[i], pair[i + 2], 0xee);
    row[i + 2] = _mm256_shuffle_ps(pair[i + 1], pair[i + 3], 0x44);
    row[i + 3] = _mm256_shuffle_ps(pair[i + 1], pair[i + 3], 0xee);
  }
  // row[4q + c] now holds, in each half p, the elements of column 4p + c from rows 4q to 4q + 3.
  for (int c = 0; c < 4; c++) {
    store(to + c * ldTo, _mm256_permute2f128_ps(row[c], row[4 + c], 0x20));
    store(to + (4 + c) * ldTo, _mm256_permute2f128_ps(row[c], row[4 + c], 0x31));
  }
}

#else

// Four floats are a register of SSE2 and of NEON; the compiler's vectors need no names of either.
constexpr int kLaneCount = 4;
typedef float Lanes __attribute__((vector_size(16)));
using LaneMask = std::int64_t;

BLASNET_INLINE LaneMask firstLanes(std::int64_t count) { return count >= kLaneCount ? kLaneCount : count; }
BLASNET_INLINE Lanes load(const float* from) {
  Lanes value;
  std::memcpy(&value, from, sizeof value);
  return value;
}
BLASNET_INLINE Lanes load(const float* from, LaneMask mask) {
  Lanes value = {};
  for (LaneMask i = 0; i < mask; i++) value[i] = from[i];
  return value;
}
BLASNET_INLINE void store(float* to, Lanes value) { std::memcpy(to, &value, sizeof value); }
BLASNET_INLINE void store(float* to, Lanes value, LaneMask mask) {
  for (LaneMask i = 0; i < mask; i++) to[i] = value[i];
}
BLASNET_INLINE Lanes onlyLanes(Lanes value, LaneMask mask) {
  for (LaneMask i = mask; i < kLaneCount; i++) value[i] = 0;
  return value;
}
BLASNET_INLINE Lanes every(float value) { return Lanes{value, value, value, value}; }
BLASNET_INLINE Lanes zeroLanes() { return Lanes{}; }
BLASNET_INLINE Lanes add(Lanes a, Lanes b) { return a + b; }
BLASNET_INLINE Lanes subtract(Lanes a, Lanes b) { return a - b; }
BLASNET_INLINE Lanes times(Lanes a, Lanes b) { return a * b; }
BLASNET_INLINE Lanes subtractProduct(Lanes a, Lanes b, Lanes c) { return c - a * b; }
BLASNET_INLINE Lanes multiplyAdd(Lanes a, Lanes b, Lanes c) { return a * b + c; }
BLASNET_INLINE Lanes squareRoot(Lanes x) {
  return Lanes{__builtin_sqrtf(x[0]), __builtin_sqrtf(x[1]), __builtin_sqrtf(x[2]), __builtin_sqrtf(x[3])};
}
BLASNET_INLINE Lanes quotient(Lanes a, Lanes b) { return a / b; }
BLASNET_INLINE Lanes inverse(Lanes x) { return every(1.0F) / x; }
BLASNET_INLINE Lanes inverseOfFinite(Lanes x) { return inverse(x); }
BLASNET_INLINE Lanes absolute(Lanes x) { return x < zeroLanes() ? -x : x; }
BLASNET_INLINE Lanes largest(Lanes a, Lanes b) {
  const Lanes larger = a > b ? a : b;
  return a != a ? a : larger;
}
BLASNET_INLINE Lanes signs(Lanes x) {
  const Lanes up = x > zeroLanes() ? every(1.0F) : x;
  return x < zeroLanes() ? every(-1.0F) : up;
}
BLASNET_INLINE Lanes between(Lanes least, Lanes x, Lanes most) {
  const Lanes raised = x < least ? least : x;
  return raised > most ? most : raised;
}

#endif

}  // namespace blasnet::BLASNET_SIMD
