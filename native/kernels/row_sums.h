// Sums over one row. The compiler may not reorder a float sum, so 16 partial sums are written out; their order never
// changes, whatever the SIMD level.
#pragma once

#include <cstdint>
#include <cstring>

#include "kernels/vector_math.h"

// Wider than a register of the lower levels: the compiler splits it, and nothing of it crosses a function that is called.
#pragma GCC diagnostic ignored "-Wpsabi"

namespace blasnet::BLASNET_SIMD {

constexpr std::int64_t kSumLanes = 16;
using SumLanes = float __attribute__((vector_size(64)));

// Reads one array of a row: 16 elements at a time, or a single one.
struct LanesAt {
  std::int64_t index;
  inline __attribute__((always_inline)) SumLanes operator()(const float* row) const {
    SumLanes lanes;
    std::memcpy(&lanes, row + index, sizeof lanes);
    return lanes;
  }
};

struct ElementAt {
  std::int64_t index;
  inline __attribute__((always_inline)) float operator()(const float* row) const { return row[index]; }
};

// Σ term(at) over the columns of a row; `term` reads its arrays by at(row).
template <typename Term>
static inline __attribute__((always_inline)) float sumOverRow(std::int64_t columns, Term term) {
  SumLanes lanes = {};
  std::int64_t j = 0;
  for (; j + kSumLanes <= columns; j += kSumLanes) lanes += term(LanesAt{j});
  float rest = 0;
  for (; j < columns; j++) rest += term(ElementAt{j});
  float half[8];
  for (int i = 0; i < 8; i++) half[i] = lanes[i] + lanes[i + 8];
  for (int i = 0; i < 4; i++) half[i] += half[i + 4];
  return ((half[0] + half[2]) + (half[1] + half[3])) + rest;
}

}  // namespace blasnet::BLASNET_SIMD
