#include "kernels/kernels.h"
#include "kernels/vector_math.h"

namespace blasnet::BLASNET_SIMD {

static std::int64_t sampleAt(const StepContext& step, std::int64_t row) {
  const std::int64_t place = step.firstSample + row;
  return step.order == nullptr ? place : static_cast<std::int64_t>(step.order[place]);
}

// Rows ahead that memory is asked for: samples lie anywhere, so no processor foresees them.
static constexpr std::int64_t kSamplesAhead = 4;

template <typename Value>
BLASNET_INLINE void askFor(const Value* from, std::int64_t count) {
  constexpr std::int64_t kLine = 64 / sizeof(Value);
  for (std::int64_t i = 0; i < count; i += kLine) __builtin_prefetch(from + i);
}

// features[row, :] = data[sample, :] · scale. Bytes become floats here, so a data set of bytes stays four times smaller.
double gatherFeatures(const Tile& tile) {
  const StepContext& step = *tile.step;
  const DataView& data = *step.data;
  const std::int64_t inputs = tile.dimension[0];
  const float scale = data.scale;
  for (std::int64_t row = 0; row < tile.count; row++) {
    const std::int64_t sample = sampleAt(step, tile.first + row);
    float* to = tile.operand[0] + row * inputs;  // [inputs]
    if (row + kSamplesAhead < tile.count) {
      const std::int64_t next = sampleAt(step, tile.first + row + kSamplesAhead) * inputs;
      if (data.bytes != nullptr) askFor(data.bytes + next, inputs);
      else askFor(data.floats + next, inputs);
    }
    if (data.bytes != nullptr) {
      const std::uint8_t* from = data.bytes + sample * inputs;
      for (std::int64_t i = 0; i < inputs; i++) to[i] = static_cast<float>(from[i]) * scale;
    } else {
      const float* from = data.floats + sample * inputs;
      for (std::int64_t i = 0; i < inputs; i++) to[i] = from[i] * scale;
    }
  }
  return 0;
}

double gatherLabels(const Tile& tile) {
  const StepContext& step = *tile.step;
  for (std::int64_t row = 0; row < tile.count; row++) {
    tile.operand[0][row] = static_cast<float>(step.data->labels[sampleAt(step, tile.first + row)]);
  }
  return 0;
}

double gatherTargets(const Tile& tile) {
  const StepContext& step = *tile.step;
  const std::int64_t outputs = tile.dimension[0];
  for (std::int64_t row = 0; row < tile.count; row++) {
    const float* from = step.data->targets + sampleAt(step, tile.first + row) * outputs;
    float* to = tile.operand[0] + row * outputs;
    for (std::int64_t i = 0; i < outputs; i++) to[i] = from[i];
  }
  return 0;
}

// Hands rows out of the program: to the place of their sample in the run's output.
double emit(const Tile& tile) {
  const std::int64_t columns = tile.dimension[0];
  float* to = tile.step->output;
  if (to == nullptr) return 0;
  to += (tile.step->firstOutput + tile.first) * columns;
  const float* from = tile.operand[0];
  for (std::int64_t i = 0; i < tile.count * columns; i++) to[i] = from[i];
  return 0;
}

}  // namespace blasnet::BLASNET_SIMD
