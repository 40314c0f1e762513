// A register of values between the pixels of an image.
#pragma once

#include "kernels/lanes.h"

namespace blasnet::BLASNET_SIMD {

// From `image`, whose rows lie `stride` apart, at (x, y) ≥ 0. The pixels to the right of and below the last place are read.
#if defined(__AVX512F__)

BLASNET_INLINE Lanes bilinear(const float* image, std::int64_t stride, Lanes x, Lanes y) {
  const __m512i left = _mm512_cvttps_epi32(x);
  const __m512i top = _mm512_cvttps_epi32(y);
  const Lanes right = _mm512_sub_ps(x, _mm512_cvtepi32_ps(left));
  const Lanes low = _mm512_sub_ps(y, _mm512_cvtepi32_ps(top));
  const __m512i place = _mm512_add_epi32(_mm512_mullo_epi32(top, _mm512_set1_epi32(static_cast<int>(stride))), left);
  const Lanes first = _mm512_i32gather_ps(place, image, 4);
  const Lanes second = _mm512_i32gather_ps(place, image + 1, 4);
  const Lanes third = _mm512_i32gather_ps(place, image + stride, 4);
  const Lanes fourth = _mm512_i32gather_ps(place, image + stride + 1, 4);
  const Lanes above = multiplyAdd(right, _mm512_sub_ps(second, first), first);
  const Lanes below = multiplyAdd(right, _mm512_sub_ps(fourth, third), third);
  return multiplyAdd(low, _mm512_sub_ps(below, above), above);
}

// Within [least, most]; what is no number becomes `least`.
BLASNET_INLINE Lanes confine(Lanes x, Lanes least, Lanes most) { return _mm512_min_ps(_mm512_max_ps(x, least), most); }

#elif defined(__AVX2__)

BLASNET_INLINE Lanes bilinear(const float* image, std::int64_t stride, Lanes x, Lanes y) {
  const __m256i left = _mm256_cvttps_epi32(x);
  const __m256i top = _mm256_cvttps_epi32(y);
  const Lanes right = _mm256_sub_ps(x, _mm256_cvtepi32_ps(left));
  const Lanes low = _mm256_sub_ps(y, _mm256_cvtepi32_ps(top));
  const __m256i place = _mm256_add_epi32(_mm256_mullo_epi32(top, _mm256_set1_epi32(static_cast<int>(stride))), left);
  const Lanes first = _mm256_i32gather_ps(image, place, 4);
  const Lanes second = _mm256_i32gather_ps(image + 1, place, 4);
  const Lanes third = _mm256_i32gather_ps(image + stride, place, 4);
  const Lanes fourth = _mm256_i32gather_ps(image + stride + 1, place, 4);
  const Lanes above = multiplyAdd(right, _mm256_sub_ps(second, first), first);
  const Lanes below = multiplyAdd(right, _mm256_sub_ps(fourth, third), third);
  return multiplyAdd(low, _mm256_sub_ps(below, above), above);
}

BLASNET_INLINE Lanes confine(Lanes x, Lanes least, Lanes most) { return _mm256_min_ps(_mm256_max_ps(x, least), most); }

#else

BLASNET_INLINE Lanes bilinear(const float* image, std::int64_t stride, Lanes x, Lanes y) {
  Lanes value = {};
  for (int i = 0; i < kLaneCount; i++) {
    const auto left = static_cast<std::int32_t>(x[i]);
    const auto top = static_cast<std::int32_t>(y[i]);
    const float right = x[i] - static_cast<float>(left);
    const float* at = image + top * stride + left;
    const float above = at[0] + right * (at[1] - at[0]);
    const float below = at[stride] + right * (at[stride + 1] - at[stride]);
    value[i] = above + (y[i] - static_cast<float>(top)) * (below - above);
  }
  return value;
}

BLASNET_INLINE Lanes confine(Lanes x, Lanes least, Lanes most) {
  const Lanes raised = x > least ? x : least;
  return raised < most ? raised : most;
}

#endif

}  // namespace blasnet::BLASNET_SIMD
