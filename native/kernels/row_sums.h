// Sums over one row. The compiler may not reorder a float sum, so partial sums in registers are written out; their order
// depends on the length of the row alone.
#pragma once

#include "kernels/lanes.h"

namespace blasnet::BLASNET_SIMD {

// Reads one array of a row from place `index`: a register, or a single element.
struct LanesAt {
  std::int64_t index;
  inline __attribute__((always_inline)) Lanes operator()(const float* row) const { return load(row + index); }
};

struct ElementAt {
  std::int64_t index;
  inline __attribute__((always_inline)) float operator()(const float* row) const { return row[index]; }
};

// Σ term(at) over the columns of a row; `term` reads its arrays by at(row).
template <typename Term>
static inline __attribute__((always_inline)) float sumOverRow(std::int64_t columns, Term term) {
  Lanes first = zeroLanes();
  Lanes second = zeroLanes();
  std::int64_t j = 0;
  for (; j + 2 * kLaneCount <= columns; j += 2 * kLaneCount) {
    first += term(LanesAt{j});
    second += term(LanesAt{j + kLaneCount});
  }
  for (; j + kLaneCount <= columns; j += kLaneCount) first += term(LanesAt{j});
  float rest = 0;
  for (; j < columns; j++) rest += term(ElementAt{j});
  float parts[kLaneCount];
  store(parts, first + second);
  for (int half = kLaneCount / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; i++) parts[i] += parts[i + half];
  }
  return parts[0] + rest;
}

}  // namespace blasnet::BLASNET_SIMD
