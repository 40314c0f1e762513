// Sums in float64 over registers of floats. The order in which a block is summed never changes.
#pragma once

#include "kernels/lanes.h"

namespace blasnet::BLASNET_SIMD {

#if defined(__AVX512F__)

struct WideSums {
  __m512d low = _mm512_setzero_pd();
  __m512d high = _mm512_setzero_pd();

  // Adds a · b, element by element.
  void addProduct(Lanes a, Lanes b) {
    low = _mm512_fmadd_pd(lowOf(a), lowOf(b), low);
    high = _mm512_fmadd_pd(highOf(a), highOf(b), high);
  }
  double total() const {
    double parts[8];
    _mm512_storeu_pd(parts, _mm512_add_pd(low, high));
    double sum = 0;
    for (const double part : parts) sum += part;
    return sum;
  }

 private:
  static __m512d lowOf(Lanes x) { return _mm512_cvtps_pd(_mm512_castps512_ps256(x)); }
  static __m512d highOf(Lanes x) { return _mm512_cvtps_pd(_mm512_extractf32x8_ps(x, 1)); }
};

#elif defined(__AVX2__)

struct WideSums {
  __m256d low = _mm256_setzero_pd();
  __m256d high = _mm256_setzero_pd();

  void addProduct(Lanes a, Lanes b) {
    low = _mm256_fmadd_pd(lowOf(a), lowOf(b), low);
    high = _mm256_fmadd_pd(highOf(a), highOf(b), high);
  }
  double total() const {
    double parts[4];
    _mm256_storeu_pd(parts, _mm256_add_pd(low, high));
    double sum = 0;
    for (const double part : parts) sum += part;
    return sum;
  }

 private:
  static __m256d lowOf(Lanes x) { return _mm256_cvtps_pd(_mm256_castps256_ps128(x)); }
  static __m256d highOf(Lanes x) { return _mm256_cvtps_pd(_mm256_extractf128_ps(x, 1)); }
};

#else

struct WideSums {
  double parts[kLaneCount] = {};

  void addProduct(Lanes a, Lanes b) {
    for (int i = 0; i < kLaneCount; i++) parts[i] += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  }
  double total() const {
    double sum = 0;
    for (const double part : parts) sum += part;
    return sum;
  }
};

#endif

}  // namespace blasnet::BLASNET_SIMD
