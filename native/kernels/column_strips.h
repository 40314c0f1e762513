// Sums down the columns of a matrix, a strip of columns at a time: its sums stay in registers until the last row.
#pragma once

#include "kernels/lanes.h"

namespace blasnet::BLASNET_SIMD {

// Some registers of columns. The last of them may be `Partial`: lanes beyond the mask read as 0 and are not written.
template <int Registers, bool Partial>
struct ColumnStrip {
  static constexpr int kRegisters = Registers;
  LaneMask lastMask;

  BLASNET_ALWAYS_INLINE Lanes of(const float* row, int n) const {
    if (Partial && n == Registers - 1) return load(row + n * kLaneCount, lastMask);
    return load(row + n * kLaneCount);
  }
  BLASNET_ALWAYS_INLINE void put(float* row, int n, Lanes value) const {
    if (Partial && n == Registers - 1) store(row + n * kLaneCount, value, lastMask);
    else store(row + n * kLaneCount, value);
  }
};

template <int Registers, typename Body>
BLASNET_INLINE void withStrip(std::int64_t first, std::int64_t width, Body body) {
  const LaneMask lastMask = firstLanes(width - (Registers - 1) * kLaneCount);
  if (width == Registers * kLaneCount) body(first, ColumnStrip<Registers, false>{lastMask});
  else body(first, ColumnStrip<Registers, true>{lastMask});
}

// Calls body(first, strip) for strips of at most four registers: enough independent sums to keep the adders busy.
template <typename Body>
BLASNET_INLINE void forEachStrip(std::int64_t columns, Body body) {
  constexpr std::int64_t kStrip = 4 * kLaneCount;
  for (std::int64_t first = 0; first < columns; first += kStrip) {
    const std::int64_t width = columns - first < kStrip ? columns - first : kStrip;
    if (width > 3 * kLaneCount) withStrip<4>(first, width, body);
    else if (width > 2 * kLaneCount) withStrip<3>(first, width, body);
    else if (width > kLaneCount) withStrip<2>(first, width, body);
    else withStrip<1>(first, width, body);
  }
}

}  // namespace blasnet::BLASNET_SIMD
