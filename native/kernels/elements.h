// Loops over the elements of a block, a register at a time.
#pragma once

#include "kernels/contract.h"
#include "kernels/lanes.h"

namespace blasnet::BLASNET_SIMD {

// A whole register of elements, from place `at` of every array.
struct WholeRegister {
  std::int64_t at;

  Lanes of(const float* array) const { return load(array + at); }
  void put(float* array, Lanes value) const { store(array + at, value); }
  Lanes present(Lanes value) const { return value; }
};

// The last elements, fewer than a register holds. The lanes beyond them are read as zero and not written.
struct LastRegister {
  std::int64_t at;
  LaneMask mask;

  Lanes of(const float* array) const { return load(array + at, mask); }
  void put(float* array, Lanes value) const { store(array + at, value, mask); }
  // Zero in the lanes beyond, whatever was computed there.
  Lanes present(Lanes value) const { return onlyLanes(value, mask); }
};

template <typename Step>
BLASNET_INLINE void forEachRegister(std::int64_t count, Step step) {
  std::int64_t at = 0;
  for (; at + kLaneCount <= count; at += kLaneCount) step(WholeRegister{at});
  if (at < count) step(LastRegister{at, firstLanes(count - at)});
}

// Kernels of the `parameters` axis: a block [leading, inner], the numbers of the call and of the step.
BLASNET_INLINE std::int64_t elements(const Tile& tile) { return tile.count * tile.dimension[1]; }
BLASNET_INLINE float attribute(const Tile& tile, int index) { return static_cast<float>(tile.attributes[index]); }
BLASNET_INLINE float oneMinus(const Tile& tile, int index) { return static_cast<float>(1.0 - tile.attributes[index]); }
BLASNET_INLINE float scalar(const Tile& tile, int index) { return static_cast<float>(tile.step->scalars[index]); }

// The learning rate of the step times the parameter's multiplier, which is attribute `index`; rounded to float last.
BLASNET_INLINE double rateOf(const Tile& tile, int index) { return tile.step->scalars[0] * tile.attributes[index]; }

}  // namespace blasnet::BLASNET_SIMD
