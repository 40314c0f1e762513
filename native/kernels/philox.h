// Philox 4x32-10, twin of lib/core/random.ts: a value is a pure function of (seed, stream, step, index).
// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
#pragma once

#include "kernels/vector_math.h"

namespace blasnet::BLASNET_SIMD {

constexpr int kPhiloxLanes = 16;
constexpr int kPhiloxWords = 4 * kPhiloxLanes;

// Writes the words of 16 consecutive blocks, in the order of the stream. Lanes are independent, so each line of a round
// becomes a handful of SIMD instructions.
BLASNET_INLINE void philoxBlocks(std::uint32_t words[kPhiloxWords], std::uint64_t seed, std::uint32_t firstBlock,
                                 std::uint32_t stream, std::uint64_t step) {
  alignas(64) std::uint32_t c0[kPhiloxLanes], c1[kPhiloxLanes], c2[kPhiloxLanes], c3[kPhiloxLanes];
  for (int lane = 0; lane < kPhiloxLanes; lane++) {
    c0[lane] = firstBlock + static_cast<std::uint32_t>(lane);
    c1[lane] = stream;
    c2[lane] = static_cast<std::uint32_t>(step);
    c3[lane] = static_cast<std::uint32_t>(step >> 32);
  }
  auto key0 = static_cast<std::uint32_t>(seed);
  auto key1 = static_cast<std::uint32_t>(seed >> 32);
  for (int round = 0; round < 10; round++) {
    for (int lane = 0; lane < kPhiloxLanes; lane++) {
      const std::uint64_t product0 = std::uint64_t{0xd2511f53U} * c0[lane];
      const std::uint64_t product1 = std::uint64_t{0xcd9e8d57U} * c2[lane];
      c0[lane] = static_cast<std::uint32_t>(product1 >> 32) ^ c1[lane] ^ key0;
      c1[lane] = static_cast<std::uint32_t>(product1);
      c2[lane] = static_cast<std::uint32_t>(product0 >> 32) ^ c3[lane] ^ key1;
      c3[lane] = static_cast<std::uint32_t>(product0);
    }
    key0 += 0x9e3779b9U;
    key1 += 0xbb67ae85U;
  }
  for (int lane = 0; lane < kPhiloxLanes; lane++) {
    words[4 * lane] = c0[lane];
    words[4 * lane + 1] = c1[lane];
    words[4 * lane + 2] = c2[lane];
    words[4 * lane + 3] = c3[lane];
  }
}

// A word as a float in [0, 1): its upper 24 bits, exact.
BLASNET_INLINE float toUniform(std::uint32_t word) {
  return static_cast<float>(static_cast<std::int32_t>(word >> 8)) * 5.9604644775390625e-8F;
}

}  // namespace blasnet::BLASNET_SIMD
