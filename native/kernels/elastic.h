// Elastic displacements: uniform noise at each pixel, smoothed by a Gaussian.
#pragma once

#include "kernels/philox.h"
#include "kernels/warp_scratch.h"

namespace blasnet::BLASNET_SIMD {

// What the smoothing of one image size needs, for all rows of a tile.
struct Elastic {
  std::int64_t width;
  std::int64_t height;
  std::int64_t stride;
  std::int64_t radius;
  float weights[2 * kLargestRadius + 1];

  std::int64_t pitch() const { return 2 * stride + 3 * radius; }  // of a row that has both components between margins
  std::int64_t noiseFloats() const { return 2 * height * stride; }
};

BLASNET_INLINE Elastic elasticOf(std::int64_t width, std::int64_t height, double sigma, double alpha) {
  Elastic elastic{width, height, fieldStride(width), smoothingRadius(sigma), {}};
  double weights[2 * kLargestRadius + 1];
  double sum = 0;
  for (std::int64_t i = 0; i <= 2 * elastic.radius; i++) {
    const auto distance = static_cast<double>(i - elastic.radius);
    weights[i] = sigma > 0 ? __builtin_exp(-distance * distance / (2.0 * sigma * sigma)) : 1.0;
    sum += weights[i];
  }
  // Each of the two passes takes the root of alpha along; the sign goes with the noise.
  const double strength = __builtin_sqrt(alpha < 0 ? -alpha : alpha);
  for (std::int64_t i = 0; i <= 2 * elastic.radius; i++) {
    elastic.weights[i] = static_cast<float>(weights[i] / sum * strength);
  }
  return elastic;
}

// noise[height, 2, stride] in [-1, 1], 0 behind the width: the bytes of a stream, x displacements first.
BLASNET_INLINE void drawNoise(const Elastic& elastic, std::uint64_t seed, std::uint32_t firstBlock,
                              std::uint32_t stream, std::uint64_t step, float sign, std::uint32_t* words,
                              float* noise) {
  const std::int64_t pixels = elastic.width * elastic.height;
  const std::int64_t wordCount = (2 * pixels + 3) / 4;
  for (std::int64_t at = 0; at < wordCount; at += kPhiloxWords) {
    philoxBlocks(words + at, seed, firstBlock + static_cast<std::uint32_t>(at / 4), stream, step);
  }
  // The first byte is the lowest of the word on every processor that blasnet is built for.
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(words);
  for (std::int64_t y = 0; y < elastic.height; y++) {
    for (std::int64_t component = 0; component < 2; component++) {
      const std::uint8_t* from = bytes + component * pixels + y * elastic.width;
      float* to = noise + (2 * y + component) * elastic.stride;
      for (std::int64_t x = 0; x < elastic.width; x++) {
        to[x] = sign * (static_cast<float>(from[x]) * (2.0F / 255.0F) - 1.0F);
      }
      for (std::int64_t x = elastic.width; x < elastic.stride; x++) to[x] = 0;
    }
  }
}

// Along the columns: noise[height, 2, stride] into middle[height, pitch], between margins that are 0.
BLASNET_INLINE void smoothColumns(const Elastic& elastic, const float* noise, float* middle) {
  const std::int64_t row = 2 * elastic.stride;
  for (std::int64_t y = 0; y < elastic.height; y++) {
    const std::int64_t from = y < elastic.radius ? 0 : y - elastic.radius;
    const std::int64_t to = y + elastic.radius < elastic.height ? y + elastic.radius + 1 : elastic.height;
    for (std::int64_t component = 0; component < 2; component++) {
      const float* source = noise + component * elastic.stride;
      float* target = middle + y * elastic.pitch() + elastic.radius + component * (elastic.stride + elastic.radius);
      for (std::int64_t x = 0; x < elastic.stride; x += kLaneCount) {
        Lanes sum = zeroLanes();
        for (std::int64_t k = from; k < to; k++) {
          sum = multiplyAdd(every(elastic.weights[k - y + elastic.radius]), load(source + k * row + x), sum);
        }
        store(target + x, sum);
      }
    }
  }
}

// Along the rows: middle[height, pitch] into field[height, 2, stride].
BLASNET_INLINE void smoothRows(const Elastic& elastic, const float* middle, float* field) {
  for (std::int64_t y = 0; y < elastic.height; y++) {
    for (std::int64_t component = 0; component < 2; component++) {
      const float* source = middle + y * elastic.pitch() + component * (elastic.stride + elastic.radius);
      float* target = field + (2 * y + component) * elastic.stride;
      for (std::int64_t x = 0; x < elastic.stride; x += kLaneCount) {
        Lanes sum = zeroLanes();
        for (std::int64_t k = 0; k <= 2 * elastic.radius; k++) {
          sum = multiplyAdd(every(elastic.weights[k]), load(source + x + k), sum);
        }
        store(target + x, sum);
      }
    }
  }
}

}  // namespace blasnet::BLASNET_SIMD
