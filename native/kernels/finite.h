// Notices values that are not finite, for the price of two additions, which do not keep the units that multiply: x - x is 0
// for a number, and NaN for an infinity and for NaN. Updates return what they noticed in the place of a partial sum, and a run
// stops at its step.
#pragma once

#include "kernels/lanes.h"

namespace blasnet::BLASNET_SIMD {

struct FiniteWatch {
  Lanes seen = zeroLanes();

  void look(Lanes x) { seen = add(seen, subtract(x, x)); }
  // Both at once: their sum is not finite where one of them is not.
  void look(Lanes x, Lanes y) { look(add(x, y)); }

  // 0, or NaN.
  double verdict() const {
    float parts[kLaneCount];
    store(parts, seen);
    float sum = 0;
    for (const float part : parts) sum += part;
    return static_cast<double>(sum);
  }
};

}  // namespace blasnet::BLASNET_SIMD
