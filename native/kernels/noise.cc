#include "kernels/kernels.h"
#include "kernels/philox.h"

namespace blasnet::BLASNET_SIMD {

constexpr int kPairs = kPhiloxWords / 2;

// Natural logarithm of u in (0, 1) to about 1 unit in the last place (Cephes' polynomial), twin of the one in
// lib/kernels/noise.ts.
BLASNET_INLINE float logarithm(float u) {
  std::uint32_t bits;
  std::memcpy(&bits, &u, sizeof bits);
  const auto whole = static_cast<std::int32_t>(bits >> 23) - 127;
  const float mantissa = fromBits((bits & 0x7fffffU) | 0x3f800000U);
  const bool upper = mantissa > 1.41421354F;
  const float x = (upper ? mantissa * 0.5F : mantissa) - 1.0F;
  const float exponent = static_cast<float>(upper ? whole + 1 : whole);
  float series = 7.0376836292e-2F;
  series = series * x - 1.1514610310e-1F;
  series = series * x + 1.1676998740e-1F;
  series = series * x - 1.2420140846e-1F;
  series = series * x + 1.4249322787e-1F;
  series = series * x - 1.6668057665e-1F;
  series = series * x + 2.0000714765e-1F;
  series = series * x - 2.4999993993e-1F;
  series = series * x + 3.3333331174e-1F;
  const float rest = series * x * x * x - 0.5F * x * x - 2.12194440e-4F * exponent;
  return x + rest + 0.693359375F * exponent;
}

// Box and Muller: each pair of words becomes two normal numbers. Radii and angles are computed apart from the pairing, so
// that the loop in the middle works on whole registers.
BLASNET_INLINE void normals(const std::uint32_t words[kPhiloxWords], float output[kPhiloxWords]) {
  float sines[kPairs];
  float cosines[kPairs];
  for (int i = 0; i < kPairs; i++) {
    const auto high = static_cast<std::int32_t>(words[2 * i] >> 9);
    const auto turn = static_cast<std::int32_t>(words[2 * i + 1] >> 8);
    const float radius = __builtin_sqrtf(-2.0F * logarithm((static_cast<float>(high) + 0.5F) * 1.1920928955078125e-7F));
    const std::int32_t quarter = (turn + (1 << 21)) >> 22;
    const float angle = static_cast<float>(turn - (quarter << 22)) * (2.384185791015625e-7F * 1.57079632679F);
    const float square = angle * angle;
    const float sine =
        angle * (1.0F + square * (-1.66666667e-1F +
                                  square * (8.33333333e-3F + square * (-1.98412698e-4F + square * 2.75573192e-6F))));
    const float cosine =
        1.0F +
        square * (-0.5F + square * (4.16666667e-2F +
                                    square * (-1.38888889e-3F + square * (2.48015873e-5F - square * 2.75573192e-7F))));
    const bool even = (quarter & 1) == 0;
    const float x = even ? cosine : sine;
    const float y = even ? sine : cosine;
    cosines[i] = radius * (((quarter + 1) & 2) == 0 ? x : -x);
    sines[i] = radius * ((quarter & 2) == 0 ? y : -y);
  }
  for (int i = 0; i < kPairs; i++) {
    output[2 * i] = cosines[i];
    output[2 * i + 1] = sines[i];
  }
}

// output[rows, columns] = input + standardDeviation · normal number. Elements 4k to 4k + 3 of the batch take Philox block
// k, wherever the batch was cut into tiles.
double gaussianNoise(const Tile& tile) {
  const float* input = tile.operand[0];
  float* output = tile.operand[1];
  const std::int64_t columns = tile.dimension[0];
  const auto deviation = static_cast<float>(tile.attributes[0]);
  const auto stream = static_cast<std::uint32_t>(tile.attributes[1]);
  const std::int64_t begin = tile.first * columns;
  const std::int64_t end = begin + tile.count * columns;
  alignas(64) std::uint32_t words[kPhiloxWords];
  alignas(64) float noise[kPhiloxWords];
  for (std::int64_t base = begin & ~std::int64_t{3}; base < end; base += kPhiloxWords) {
    philoxBlocks(words, tile.step->seed, static_cast<std::uint32_t>(base >> 2), stream, tile.step->step);
    normals(words, noise);
    const std::int64_t from = base < begin ? begin : base;
    const std::int64_t to = base + kPhiloxWords < end ? base + kPhiloxWords : end;
    for (std::int64_t i = from; i < to; i++) output[i - begin] = input[i - begin] + deviation * noise[i - base];
  }
  return 0;
}

}  // namespace blasnet::BLASNET_SIMD
