// The memory that warpImage needs for one image, known before it runs: as warpScratch in lib/kernels/augment.ts. Everything
// is `static`, as each SIMD level compiles this anew.
#pragma once

#include <cstdint>

namespace blasnet {

constexpr std::int64_t kLargestRadius = 64;

static inline std::int64_t imageWidth(double columns, std::int64_t pixels) {
  return columns >= 1 && columns <= static_cast<double>(pixels) ? static_cast<std::int64_t>(columns) : pixels;
}

// Pixels to either side that the smoothing of an elastic field takes in.
static inline std::int64_t smoothingRadius(double sigma) {
  const double reach = __builtin_ceil(3.0 * sigma);
  if (!(reach > 0)) return 0;
  return reach < static_cast<double>(kLargestRadius) ? static_cast<std::int64_t>(reach) : kLargestRadius;
}

// Of a row of one component: whole registers at every level.
static inline std::int64_t fieldStride(std::int64_t width) { return (width + 15) / 16 * 16; }

static inline std::int64_t warpScratchFloats(std::int64_t width, std::int64_t height, double sigma) {
  const std::int64_t field = height * (4 * fieldStride(width) + 3 * smoothingRadius(sigma));
  return (width + 3) * (height + 3) + field + (width * height + 1) / 2 + 512;
}

}  // namespace blasnet
