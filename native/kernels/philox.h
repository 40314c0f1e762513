// Philox 4x32-10, twin of lib/core/random.ts: a value is a pure function of (seed, stream, step, index).
// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
#pragma once

#include "kernels/lanes.h"

namespace blasnet::BLASNET_SIMD {

#if defined(__AVX512F__)
using Words = __m512i;
constexpr int kPhiloxLanes = 16;
#elif defined(__AVX2__)
using Words = __m256i;
constexpr int kPhiloxLanes = 8;
#else
constexpr int kPhiloxLanes = 8;
#endif
constexpr int kPhiloxWords = 4 * kPhiloxLanes;

#if defined(__AVX2__)

BLASNET_INLINE Words allWords(std::uint32_t value) {
#if defined(__AVX512F__)
  return _mm512_set1_epi32(static_cast<int>(value));
#else
  return _mm256_set1_epi32(static_cast<int>(value));
#endif
}

// High and low halves of word · factor in every lane. The processor multiplies every second word; the others take a
// second turn.
BLASNET_INLINE void multiplyWide(Words word, Words factor, Words& high, Words& low) {
#if defined(__AVX512F__)
  const Words even = _mm512_mul_epu32(word, factor);
  const Words odd = _mm512_mul_epu32(_mm512_srli_epi64(word, 32), factor);
  high = _mm512_mask_blend_epi32(0xaaaa, _mm512_srli_epi64(even, 32), odd);
  low = _mm512_mask_blend_epi32(0xaaaa, even, _mm512_slli_epi64(odd, 32));
#else
  const Words even = _mm256_mul_epu32(word, factor);
  const Words odd = _mm256_mul_epu32(_mm256_srli_epi64(word, 32), factor);
  high = _mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xaa);
  low = _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xaa);
#endif
}

BLASNET_INLINE Words exclusiveOr(Words a, Words b, Words c) {
#if defined(__AVX512F__)
  return _mm512_ternarylogic_epi32(a, b, c, 0x96);
#else
  return _mm256_xor_si256(_mm256_xor_si256(a, b), c);
#endif
}

// Writes four rows of lanes as four words a block, one block after the other.
BLASNET_INLINE void interleave(Words c0, Words c1, Words c2, Words c3, std::uint32_t* words) {
#if defined(__AVX512F__)
  const Words pair01 = _mm512_unpacklo_epi32(c0, c1), pair01High = _mm512_unpackhi_epi32(c0, c1);
  const Words pair23 = _mm512_unpacklo_epi32(c2, c3), pair23High = _mm512_unpackhi_epi32(c2, c3);
  // Block 4q + i of quarter q: blocks 0, 4, 8, 12 stand in `first`, and so on.
  const Words first = _mm512_unpacklo_epi64(pair01, pair23), second = _mm512_unpackhi_epi64(pair01, pair23);
  const Words third = _mm512_unpacklo_epi64(pair01High, pair23High);
  const Words fourth = _mm512_unpackhi_epi64(pair01High, pair23High);
  const Words low = _mm512_shuffle_i32x4(first, second, 0x44), lowNext = _mm512_shuffle_i32x4(third, fourth, 0x44);
  const Words high = _mm512_shuffle_i32x4(first, second, 0xee), highNext = _mm512_shuffle_i32x4(third, fourth, 0xee);
  _mm512_storeu_si512(words, _mm512_shuffle_i32x4(low, lowNext, 0x88));
  _mm512_storeu_si512(words + 16, _mm512_shuffle_i32x4(low, lowNext, 0xdd));
  _mm512_storeu_si512(words + 32, _mm512_shuffle_i32x4(high, highNext, 0x88));
  _mm512_storeu_si512(words + 48, _mm512_shuffle_i32x4(high, highNext, 0xdd));
#else
  const Words pair01 = _mm256_unpacklo_epi32(c0, c1), pair01High = _mm256_unpackhi_epi32(c0, c1);
  const Words pair23 = _mm256_unpacklo_epi32(c2, c3), pair23High = _mm256_unpackhi_epi32(c2, c3);
  const Words first = _mm256_unpacklo_epi64(pair01, pair23), second = _mm256_unpackhi_epi64(pair01, pair23);
  const Words third = _mm256_unpacklo_epi64(pair01High, pair23High);
  const Words fourth = _mm256_unpackhi_epi64(pair01High, pair23High);
  auto* to = reinterpret_cast<Words*>(words);
  _mm256_storeu_si256(to, _mm256_permute2x128_si256(first, second, 0x20));
  _mm256_storeu_si256(to + 1, _mm256_permute2x128_si256(third, fourth, 0x20));
  _mm256_storeu_si256(to + 2, _mm256_permute2x128_si256(first, second, 0x31));
  _mm256_storeu_si256(to + 3, _mm256_permute2x128_si256(third, fourth, 0x31));
#endif
}

// Writes the words of consecutive blocks, one block a lane, in the order of the stream.
BLASNET_INLINE void philoxBlocks(std::uint32_t words[kPhiloxWords], std::uint64_t seed, std::uint32_t firstBlock,
                                 std::uint32_t stream, std::uint64_t step) {
#if defined(__AVX512F__)
  Words c0 =
      _mm512_add_epi32(allWords(firstBlock), _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
#else
  Words c0 = _mm256_add_epi32(allWords(firstBlock), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
#endif
  Words c1 = allWords(stream);
  Words c2 = allWords(static_cast<std::uint32_t>(step));
  Words c3 = allWords(static_cast<std::uint32_t>(step >> 32));
  const Words factor0 = allWords(0xd2511f53U);
  const Words factor1 = allWords(0xcd9e8d57U);
  auto key0 = static_cast<std::uint32_t>(seed);
  auto key1 = static_cast<std::uint32_t>(seed >> 32);
  for (int round = 0; round < 10; round++) {
    Words high0, low0, high1, low1;
    multiplyWide(c0, factor0, high0, low0);
    multiplyWide(c2, factor1, high1, low1);
    c0 = exclusiveOr(high1, c1, allWords(key0));
    c1 = low1;
    c2 = exclusiveOr(high0, c3, allWords(key1));
    c3 = low0;
    key0 += 0x9e3779b9U;
    key1 += 0xbb67ae85U;
  }
  interleave(c0, c1, c2, c3, words);
}

#else

// Writes the words of consecutive blocks, in the order of the stream.
BLASNET_INLINE void philoxBlocks(std::uint32_t words[kPhiloxWords], std::uint64_t seed, std::uint32_t firstBlock,
                                 std::uint32_t stream, std::uint64_t step) {
  for (std::uint32_t block = 0; block < kPhiloxLanes; block++) {
    std::uint32_t c0 = firstBlock + block;
    std::uint32_t c1 = stream;
    auto c2 = static_cast<std::uint32_t>(step);
    auto c3 = static_cast<std::uint32_t>(step >> 32);
    auto key0 = static_cast<std::uint32_t>(seed);
    auto key1 = static_cast<std::uint32_t>(seed >> 32);
    for (int round = 0; round < 10; round++) {
      const std::uint64_t product0 = std::uint64_t{0xd2511f53U} * c0;
      const std::uint64_t product1 = std::uint64_t{0xcd9e8d57U} * c2;
      c0 = static_cast<std::uint32_t>(product1 >> 32) ^ c1 ^ key0;
      c1 = static_cast<std::uint32_t>(product1);
      c2 = static_cast<std::uint32_t>(product0 >> 32) ^ c3 ^ key1;
      c3 = static_cast<std::uint32_t>(product0);
      key0 += 0x9e3779b9U;
      key1 += 0xbb67ae85U;
    }
    words[4 * block] = c0;
    words[4 * block + 1] = c1;
    words[4 * block + 2] = c2;
    words[4 * block + 3] = c3;
  }
}

#endif

// A word as a float in [0, 1): its upper 24 bits, exact.
BLASNET_INLINE float toUniform(std::uint32_t word) {
  return static_cast<float>(static_cast<std::int32_t>(word >> 8)) * 5.9604644775390625e-8F;
}

}  // namespace blasnet::BLASNET_SIMD
