// Sums down the columns of a matrix, a strip of columns at a time: its sums stay in registers until the last row.
#pragma once

#include "kernels/lanes.h"

namespace blasnet::BLASNET_SIMD {

// Some registers of columns; the last of them may be partly empty, which reads as 0 and is not written.
template <int Registers>
struct ColumnStrip {
  static constexpr int kRegisters = Registers;
  LaneMask lastMask;

  BLASNET_ALWAYS_INLINE Lanes of(const float* row, int n) const {
    return n < Registers - 1 ? load(row + n * kLaneCount) : load(row + n * kLaneCount, lastMask);
  }
  BLASNET_ALWAYS_INLINE void put(float* row, int n, Lanes value) const {
    if (n < Registers - 1) store(row + n * kLaneCount, value);
    else store(row + n * kLaneCount, value, lastMask);
  }
};

// Calls body(first, strip) for strips of at most four registers: enough independent sums to keep the adders busy.
template <typename Body>
BLASNET_INLINE void forEachStrip(std::int64_t columns, Body body) {
  constexpr std::int64_t kStrip = 4 * kLaneCount;
  for (std::int64_t first = 0; first < columns; first += kStrip) {
    const std::int64_t width = columns - first < kStrip ? columns - first : kStrip;
    const LaneMask lastMask = firstLanes((width - 1) % kLaneCount + 1);
    if (width > 3 * kLaneCount) body(first, ColumnStrip<4>{lastMask});
    else if (width > 2 * kLaneCount) body(first, ColumnStrip<3>{lastMask});
    else if (width > kLaneCount) body(first, ColumnStrip<2>{lastMask});
    else body(first, ColumnStrip<1>{lastMask});
  }
}

}  // namespace blasnet::BLASNET_SIMD
