// Sums that the compiler can vectorize: without leave to reorder additions it would make one long chain of them.
#pragma once

#include <cstdint>

#include "kernels/vector_math.h"

namespace blasnet::BLASNET_SIMD {

// Σ term(i) for i < count. Terms are computed a chunk at a time, then added in eight interleaved sums of doubles; the order
// is the same at every SIMD level and for every cut into tiles.
template <typename Term>
BLASNET_INLINE double sumOf(std::int64_t count, Term term) {
  constexpr std::int64_t kChunk = 128;
  constexpr int kSums = 8;
  double sums[kSums] = {};
  float terms[kChunk];
  for (std::int64_t start = 0; start < count; start += kChunk) {
    const std::int64_t length = count - start < kChunk ? count - start : kChunk;
    for (std::int64_t i = 0; i < length; i++) terms[i] = term(start + i);
    const std::int64_t whole = length - length % kSums;
    for (std::int64_t i = 0; i < whole; i += kSums) {
      for (int j = 0; j < kSums; j++) sums[j] += static_cast<double>(terms[i + j]);
    }
    for (std::int64_t i = whole; i < length; i++) sums[i - whole] += static_cast<double>(terms[i]);
  }
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

}  // namespace blasnet::BLASNET_SIMD
