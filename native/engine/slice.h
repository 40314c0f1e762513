// What a run is given, and what it gives back.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/memory.h"
#include "engine/program.h"

namespace blasnet {

// Samples in native memory, copied from JavaScript once.
struct Data {
  DataView view{};
  AlignedArray<std::uint8_t> bytes;
  AlignedArray<float> floats;
  AlignedArray<std::int32_t> labels;
  AlignedArray<float> targets;
  AlignedArray<float> weights;
  std::int32_t leastLabel = 0;
  std::int32_t largestLabel = -1;

  std::size_t size() const {
    return bytes.bytes() + floats.bytes() + labels.bytes() + targets.bytes() + weights.bytes();
  }
};

// How a training run begins.
enum class Begin {
  here,     // with the arenas as they are
  keep,     // with a copy made of parameters and slots
  restore,  // from that copy
};

// Many steps in one call: samples [firstSample, firstSample + count) of `order`, a batch at a time.
struct Slice {
  std::shared_ptr<const Data> data;
  std::vector<std::uint32_t> order;  // empty means 0, 1, 2, ...
  std::int64_t firstSample = 0;
  std::int64_t count = 0;
  std::vector<double> scalars;  // [steps, program.scalars]
  std::uint64_t seed = 0;
  std::uint64_t firstStep = 0;
  std::vector<const std::atomic<bool>*> stopFlags;
  bool timed = false;  // fill outcome.seconds
  Begin begin = Begin::here;
};

struct Outcome {
  std::int64_t steps = 0;       // completed
  std::vector<double> totals;   // [steps, program.totals]
  AlignedArray<float> output;   // [count, program.outputs]
  std::vector<double> seconds;  // [calls as given, and waiting], summed over threads; empty unless the slice is timed
  // The step of the slice that met a sum, a gradient or a parameter that is not finite, and was left; it may have updated
  // parameters by then.
  std::int64_t nonFinite = -1;
};

// Throws InvalidInput when the slice does not fit the program.
void checkSlice(const Program& program, const Slice& slice);

}  // namespace blasnet
