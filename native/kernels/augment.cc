#include "kernels/bilinear.h"
#include "kernels/elastic.h"
#include "kernels/kernels.h"

namespace blasnet::BLASNET_SIMD {

// In the order of warpOperations in lib/kernels/augment.ts, which says what they do.
constexpr float kShift = 1, kRotation = 2, kScale = 3, kShear = 4, kFlip = 5, kCrop = 6;

// A place in the source image for a place in the output, both from the image's centre: x' = a·x + b·y + c,
// y' = d·x + e·y + f.
struct Transform {
  double a = 1, b = 0, c = 0, d = 0, e = 1, f = 0;
};

static Transform compose(const Transform& outer, const Transform& inner) {
  return {outer.a * inner.a + outer.b * inner.d,           outer.a * inner.b + outer.b * inner.e,
          outer.a * inner.c + outer.b * inner.f + outer.c, outer.d * inner.a + outer.e * inner.d,
          outer.d * inner.b + outer.e * inner.e,           outer.d * inner.c + outer.e * inner.f + outer.f};
}

// What takes a place in the operation's result back to its image. Unknown codes leave it where it is.
static Transform inverseOf(const float* operation, const std::uint32_t* words, double width, double height) {
  const auto first = static_cast<double>(operation[1]);
  const auto second = static_cast<double>(operation[2]);
  const auto u = static_cast<double>(toUniform(words[0]));
  const auto v = static_cast<double>(toUniform(words[1]));
  const auto w = static_cast<double>(toUniform(words[2]));
  const double either = 2 * u - 1;
  Transform inverse;
  const float code = operation[0];
  if (code == kShift) {
    inverse.c = -first * either;
    inverse.f = -second * (2 * v - 1);
  } else if (code == kRotation) {
    inverse.a = inverse.e = __builtin_cos(first * either);
    inverse.b = __builtin_sin(first * either);
    inverse.d = -inverse.b;
  } else if (code == kScale) {
    inverse.a = inverse.e = 1 / (first + (second - first) * u);
  } else if (code == kShear) {
    inverse.b = first * either;
  } else if (code == kFlip) {
    if (u < first) inverse.a = -1;
  } else if (code == kCrop) {
    const double share = first + (1 - first) * u;
    inverse.a = inverse.e = share;
    inverse.c = (2 * v - 1) * (1 - share) * 0.5 * width;
    inverse.f = (2 * w - 1) * (1 - share) * 0.5 * height;
  }
  return inverse;
}

// input[height, width] between zeros: one in front of it and two behind it in each direction.
static void pad(const float* input, std::int64_t width, std::int64_t height, float* padded) {
  const std::int64_t stride = width + 3;
  for (std::int64_t i = 0; i < stride; i++)
    padded[i] = padded[(height + 1) * stride + i] = padded[(height + 2) * stride + i] = 0;
  for (std::int64_t y = 0; y < height; y++) {
    float* row = padded + (y + 1) * stride;
    row[0] = row[width + 1] = row[width + 2] = 0;
    for (std::int64_t x = 0; x < width; x++) row[x + 1] = input[y * width + x];
  }
}

alignas(64) static const float kLaneNumbers[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

// output[height, width] from padded[height + 3, width + 3]; field[height, 2, stride] or null.
static void resample(const float* padded, const Elastic& size, const Transform& back, const float* field,
                     float* output) {
  const std::int64_t width = size.width;
  const auto centreX = 0.5 * static_cast<double>(width - 1);
  const auto centreY = 0.5 * static_cast<double>(size.height - 1);
  // Places count from the padding's corner.
  const Lanes right = every(static_cast<float>(width) + 1.0F);
  const Lanes bottom = every(static_cast<float>(size.height) + 1.0F);
  const Lanes a = every(static_cast<float>(back.a));
  const Lanes d = every(static_cast<float>(back.d));
  for (std::int64_t y = 0; y < size.height; y++) {
    const double down = static_cast<double>(y) - centreY;
    const Lanes rowX = every(static_cast<float>(back.b * down + back.c + centreX + 1.0 - back.a * centreX));
    const Lanes rowY = every(static_cast<float>(back.e * down + back.f + centreY + 1.0 - back.d * centreX));
    for (std::int64_t x = 0; x < width; x += kLaneCount) {
      const Lanes across = add(load(kLaneNumbers), every(static_cast<float>(x)));
      Lanes sourceX = multiplyAdd(a, across, rowX);
      Lanes sourceY = multiplyAdd(d, across, rowY);
      if (field != nullptr) {
        sourceX = add(sourceX, load(field + 2 * y * size.stride + x));
        sourceY = add(sourceY, load(field + (2 * y + 1) * size.stride + x));
      }
      const Lanes value =
          bilinear(padded, width + 3, confine(sourceX, zeroLanes(), right), confine(sourceY, zeroLanes(), bottom));
      store(output + y * width + x, value, firstLanes(width - x));
    }
  }
}

// output(x, y) = input(T(x, y) + d(x, y)): the affine operations as one transform T and an elastic displacement d, in one
// bilinear resampling. Beyond the image there is 0. Rows take their random words side by side, one Philox block each.
double warpImage(const Tile& tile) {
  const std::int64_t pixels = tile.dimension[0];
  const std::int64_t count = tile.operand[1] == nullptr ? 0 : tile.dimension[1] / 3;
  const double alpha = tile.attributes[2];
  const auto stream = static_cast<std::uint32_t>(tile.attributes[3]);
  const std::int64_t width = imageWidth(tile.attributes[0], pixels);
  const std::int64_t height = pixels / width;
  const Elastic elastic = elasticOf(width, height, tile.attributes[1], alpha);
  const StepContext& step = *tile.step;
  // Programs are refused before they could ask for this; nothing is written beyond the scratch.
  if (warpScratchFloats(width, height, tile.attributes[1]) > kScratchFloats) return 0;
  auto* words =
      reinterpret_cast<std::uint32_t*>(tile.scratch);  // a multiple of kPhiloxWords, within 512 of what is needed
  float* noise = tile.scratch + (width * height + 1) / 2 + 512;
  float* middle = noise + elastic.noiseFloats();
  float* padded = middle + height * elastic.pitch();
  if (alpha != 0) {
    for (std::int64_t i = 0; i < height * elastic.pitch(); i++) middle[i] = 0;
  }
  const auto blocks = static_cast<std::uint32_t>((2 * width * height + 15) / 16);
  alignas(64) std::uint32_t drawn[kPhiloxWords];
  for (std::int64_t start = 0; start < tile.count; start += kPhiloxLanes) {
    const std::int64_t end = start + kPhiloxLanes < tile.count ? start + kPhiloxLanes : tile.count;
    Transform back[kPhiloxLanes];
    for (std::int64_t i = 0; i < count; i++) {
      const auto number = static_cast<std::uint32_t>(i);
      philoxBlocks(drawn, step.seed, static_cast<std::uint32_t>(tile.first + start), stream + 1 + number, step.step);
      for (std::int64_t row = start; row < end; row++) {
        const Transform inverse = inverseOf(tile.operand[1] + 3 * i, drawn + 4 * (row - start),
                                            static_cast<double>(width), static_cast<double>(height));
        back[row - start] = compose(back[row - start], inverse);
      }
    }
    for (std::int64_t row = start; row < end; row++) {
      const float* input = tile.operand[0] + row * pixels;
      float* output = tile.operand[2] + row * pixels;
      if (alpha != 0) {
        const std::uint32_t first = static_cast<std::uint32_t>(tile.first + row) * blocks;
        drawNoise(elastic, step.seed, first, stream, step.step, alpha < 0 ? -1.0F : 1.0F, words, noise);
        smoothColumns(elastic, noise, middle);
        smoothRows(elastic, middle, noise);
      }
      pad(input, width, height, padded);
      resample(padded, elastic, back[row - start], alpha != 0 ? noise : nullptr, output);
      for (std::int64_t i = width * height; i < pixels; i++) output[i] = input[i];
    }
  }
  return 0;
}

// A whole number below `limit` from the lower 16 bits.
static std::int64_t below(std::uint32_t bits, std::int64_t limit) {
  return static_cast<std::int64_t>(bits & 0xffffU) * limit / 65536;
}

static std::int64_t sideOf(std::uint32_t bits, std::int64_t whole, double least, double most) {
  const auto within = [whole](double side) {
    return side >= 0 ? side < static_cast<double>(whole) ? static_cast<std::int64_t>(side) : whole : 0;
  };
  const std::int64_t from = within(least);
  const std::int64_t to = within(most);
  return from + below(bits, (to > from ? to : from) - from + 1);
}

// output = input, but 0 in a rectangle with probability `probability`; its sides are from `least` to `most`.
double eraseRectangle(const Tile& tile) {
  const std::int64_t pixels = tile.dimension[0];
  const std::int64_t width = imageWidth(tile.attributes[0], pixels);
  const std::int64_t height = pixels / width;
  const double probability = tile.attributes[1];
  const auto stream = static_cast<std::uint32_t>(tile.attributes[4]);
  alignas(64) std::uint32_t words[kPhiloxWords];
  for (std::int64_t row = 0; row < tile.count; row++) {
    const std::int64_t lane = row % kPhiloxLanes;
    if (lane == 0) {
      philoxBlocks(words, tile.step->seed, static_cast<std::uint32_t>(tile.first + row), stream, tile.step->step);
    }
    const float* input = tile.operand[0] + row * pixels;
    float* output = tile.operand[1] + row * pixels;
    for (std::int64_t i = 0; i < pixels; i++) output[i] = input[i];
    const std::uint32_t* word = words + 4 * lane;
    if (!(static_cast<double>(toUniform(word[0])) < probability)) continue;
    const std::int64_t across = sideOf(word[1], width, tile.attributes[2], tile.attributes[3]);
    const std::int64_t down = sideOf(word[1] >> 16, height, tile.attributes[2], tile.attributes[3]);
    const std::int64_t left = below(word[2], width - across + 1);
    const std::int64_t top = below(word[2] >> 16, height - down + 1);
    for (std::int64_t y = top; y < top + down; y++) {
      for (std::int64_t x = left; x < left + across; x++) output[y * width + x] = 0;
    }
  }
  return 0;
}

}  // namespace blasnet::BLASNET_SIMD
