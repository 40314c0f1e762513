#include "kernels/kernels.h"
#include "kernels/philox.h"

namespace blasnet::BLASNET_SIMD {

// mask = 0 with probability `rate`, else 1 / (1 - rate); output = input · mask. Element e of the batch takes word e mod 4
// of Philox block e div 4, wherever the batch was cut into tiles.
double dropout(const Tile& tile) {
  const float* input = tile.operand[0];
  float* output = tile.operand[1];
  float* mask = tile.operand[2];
  const std::int64_t columns = tile.dimension[0];
  const auto rate = static_cast<float>(tile.attributes[0]);
  const auto scale = static_cast<float>(1.0 / (1.0 - tile.attributes[0]));
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
    for (std::int64_t i = 0; i < to - from; i++) {
      const float factor = toUniform(word[i]) >= rate ? scale : 0.0F;
      mask[place + i] = factor;
      output[place + i] = input[place + i] * factor;
    }
  }
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
