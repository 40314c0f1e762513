#include "kernels/kernels.h"
#include "kernels/philox.h"

namespace blasnet::BLASNET_SIMD {

// Calls take(place, kept) for every element of the tile, place counting from its first. Element e of the batch takes word
// e mod 4 of Philox block e div 4, wherever the batch was cut into tiles.
template <typename Take>
static inline __attribute__((always_inline)) void forEachKept(const Tile& tile, Take take) {
  const std::int64_t columns = tile.dimension[0];
  const auto rate = static_cast<float>(tile.attributes[0]);
  const auto stream = static_cast<std::uint32_t>(tile.attributes[1]);
  const std::int64_t begin = tile.first * columns;
  const std::int64_t end = begin + tile.count * columns;
  alignas(64) std::uint32_t words[kPhiloxWords];
  for (std::int64_t base = begin & ~std::int64_t{3}; base < end; base += kPhiloxWords) {
    philoxBlocks(words, tile.step->seed, static_cast<std::uint32_t>(base >> 2), stream, tile.step->step);
    const std::int64_t from = base < begin ? begin : base;
    const std::int64_t to = base + kPhiloxWords < end ? base + kPhiloxWords : end;
    const std::uint32_t* word = words + (from - base);
    const std::int64_t place = from - begin;
    for (std::int64_t i = 0; i < to - from; i++) take(place + i, toUniform(word[i]) >= rate);
  }
}

// mask = 0 with probability `rate`, else 1 / (1 - rate); output = input · mask
double dropout(const Tile& tile) {
  const float* input = tile.operand[0];
  float* output = tile.operand[1];
  float* mask = tile.operand[2];
  const auto scale = static_cast<float>(1.0 / (1.0 - tile.attributes[0]));
  forEachKept(tile, [=](std::int64_t i, bool kept) {
    const float factor = kept ? scale : 0.0F;
    mask[i] = factor;
    output[i] = input[i] * factor;
  });
  return 0;
}

// What SELU approaches for large negative inputs: -scale · alpha.
constexpr double kSeluFloor = -1.7580993408473766;

// output = a · x + b, where x is the input, or SELU's floor s with probability `rate`; mask = a or 0. With q = 1 - rate,
// a = 1 / √(q + s²·q·(1 - q)) and b = -a·s·(1 - q) leave mean 0 and variance 1 as they are.
double alphaDropout(const Tile& tile) {
  const float* input = tile.operand[0];
  float* output = tile.operand[1];
  float* mask = tile.operand[2];
  const double rate = tile.attributes[0];
  const double scale = 1.0 / __builtin_sqrt((1.0 - rate) * (1.0 + kSeluFloor * kSeluFloor * rate));
  const auto a = static_cast<float>(scale);
  const auto b = static_cast<float>(-scale * kSeluFloor * rate);
  const auto floor = static_cast<float>(scale * kSeluFloor * (1.0 - rate));
  forEachKept(tile, [=](std::int64_t i, bool kept) {
    const float factor = kept ? a : 0.0F;
    const float shift = kept ? b : floor;
    mask[i] = factor;
    // Added to the floor, so that a NaN passes through where it is dropped too, as it does in dropout.
    output[i] = input[i] * factor + shift;
  });
  return 0;
}

double dropoutGradient(const Tile& tile) {
  const float* mask = tile.operand[0];
  const float* outputGradient = tile.operand[1];
  float* inputGradient = tile.operand[2];
  for (std::int64_t i = 0; i < tile.count * tile.dimension[0]; i++) inputGradient[i] = outputGradient[i] * mask[i];
  return 0;
}

}  // namespace blasnet::BLASNET_SIMD
