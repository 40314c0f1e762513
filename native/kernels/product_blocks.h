// Blocks of a matrix product, for levels with a multiply-add. BLAS copies ("packs") both matrices before it multiplies,
// and a tile of a batch is too small to pay for that in every layer. Here a block of the result stays in registers while
// the matrices are read where they lie; only what would be read badly is copied, a panel of columns at a time.
#pragma once

#include "kernels/contract.h"
#include "kernels/lanes.h"

#if defined(__AVX2__)

namespace blasnet::BLASNET_SIMD {

// Registers of columns and rows of a block of the result: as many sums as hide the latency of the multiply-add, with
// registers left for what they are fed from. The fewer the registers of a row, the more rows.
#if defined(__AVX512F__)
constexpr int kBlockRegisters = 3;
constexpr int kBlockRows[] = {0, 16, 14, 8};
#else
constexpr int kBlockRegisters = 2;
constexpr int kBlockRows[] = {0, 12, 6};
#endif

// Inner extent that is taken at once: a packed panel of it stays in the second-level cache.
constexpr std::int64_t kInnerBlock = 1024;
static_assert(kInnerBlock * kBlockRegisters * kLaneCount <= kScratchFloats, "a packed panel must fit the scratch");

// Shorter products are done before memory has answered what a block asks for.
constexpr std::int64_t kInnerWorthAsking = 64;

// Loops over registers, written out whole: one that is left makes memory of the sums, and a product three times as slow.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BLASNET_UNROLL  // with a check at every access they take minutes to compile
#elif defined(__clang__)
#define BLASNET_UNROLL _Pragma("unroll")
#else
#define BLASNET_UNROLL _Pragma("GCC unroll 32")
#endif

constexpr std::int64_t ceilDivide(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

// The columns that the last register of a row holds.
BLASNET_INLINE LaneMask lastLanes(std::int64_t columns) {
  return firstLanes(columns - (ceilDivide(columns, kLaneCount) - 1) * kLaneCount);
}

// a(m, k) = data[m * rowStride + k * innerStride]: a matrix or its transpose.
struct Factor {
  const float* data;
  std::int64_t rowStride;
  std::int64_t innerStride;

  Factor at(std::int64_t row, std::int64_t inner) const {
    return {data + row * rowStride + inner * innerStride, rowStride, innerStride};
  }
};

// Where a block stands in the result, and whether it ends in a register that is partly empty (stores under a mask are slow);
// what of its last register b holds, which is all of it where b is packed.
struct Place {
  std::int64_t row;
  std::int64_t column;
  bool endsRow;
  LaneMask lastMask;
};

// What becomes of the sums: target.finish(row, column, sum) takes a whole register of columns, finishLast one that holds
// the last columns of a row and may be partly empty; target.end() comes behind a block. A target that changes memory of its own asks for it while the product
// runs, a row of the block at a time, by target.ask(row, column, registers).
template <int Rows, int Registers, typename Target>
static void multiplyBlock(std::int64_t inner, Factor a, const float* b, std::int64_t ldb, Place place,
                          const Target& shared) {
  Target target = shared;  // where no store can reach it, so that its numbers stay in registers
  Lanes sum[Rows][Registers];
  const float* row[Rows];
  BLASNET_UNROLL for (int m = 0; m < Rows; m++) {
    row[m] = a.data + m * a.rowStride;
    BLASNET_UNROLL for (int n = 0; n < Registers; n++) sum[m][n] = zeroLanes();
  }
  const std::int64_t asked = inner >= kInnerWorthAsking ? Rows : 0;
  const LaneMask mask = place.lastMask;
  for (std::int64_t k = 0; k < inner; k++) {
    if constexpr (Target::kAsks) {
      if (k < asked) target.ask(place.row + k, place.column, Registers);
    }
    Lanes right[Registers];
    BLASNET_UNROLL for (int n = 0; n < Registers; n++) {
      right[n] = n < Registers - 1 ? load(b + n * kLaneCount) : load(b + n * kLaneCount, mask);
    }
    BLASNET_UNROLL for (int m = 0; m < Rows; m++) {
      const Lanes left = spread(row[m]);
      row[m] += a.innerStride;
      BLASNET_UNROLL for (int n = 0; n < Registers; n++) sum[m][n] = multiplyAdd(left, right[n], sum[m][n]);
    }
    b += ldb;
  }
  BLASNET_UNROLL for (int m = 0; m < Rows; m++) {
    BLASNET_UNROLL for (int n = 0; n < Registers; n++) {
      const std::int64_t column = place.column + n * kLaneCount;
      if (place.endsRow && n == Registers - 1) target.finishLast(place.row + m, column, sum[m][n]);
      else target.finish(place.row + m, column, sum[m][n]);
    }
  }
  target.end();
}

template <typename Target>
using Block = void (*)(std::int64_t, Factor, const float*, std::int64_t, Place, const Target&);

// The block of a number of rows, from the largest down.
template <int Rows, int Registers, typename Target>
static Block<Target> blockOfRows(std::int64_t rows) {
  if constexpr (Rows == 1) {
    return multiplyBlock<1, Registers, Target>;
  } else {
    return rows == Rows ? multiplyBlock<Rows, Registers, Target> : blockOfRows<Rows - 1, Registers, Target>(rows);
  }
}

template <typename Target>
static Block<Target> blockOf(std::int64_t rows, std::int64_t registers) {
  if (registers == 1) return blockOfRows<kBlockRows[1], 1, Target>(rows);
  if (registers == 2) return blockOfRows<kBlockRows[2], 2, Target>(rows);
  return blockOfRows<kBlockRows[kBlockRegisters], kBlockRegisters, Target>(rows);
}

// One panel of columns against all rows, in blocks as even as can be: a last block of one row would wait for itself.
template <typename Target>
static void multiplyPanel(std::int64_t rows, std::int64_t registers, std::int64_t inner, Factor a, const float* b,
                          std::int64_t ldb, Place place, const Target& target) {
  std::int64_t blocks = ceilDivide(rows, kBlockRows[registers]);
  for (std::int64_t row = 0; row < rows; blocks--) {
    const std::int64_t count = ceilDivide(rows - row, blocks);
    blockOf<Target>(count, registers)(inner, a.at(row, 0), b, ldb, {row, place.column, place.endsRow, place.lastMask},
                                      target);
    row += count;
  }
}

// Rows that lie far apart are asked for ahead: no processor sees a pattern in them.
constexpr std::int64_t kRowsAhead = 16;

// packed[inner, registers · lanes] = b[inner, columns], filled up with zeros.
static void packPanel(std::int64_t inner, std::int64_t columns, const float* b, std::int64_t ldb, float* packed) {
  const std::int64_t registers = ceilDivide(columns, kLaneCount);
  const LaneMask lastMask = lastLanes(columns);
  for (std::int64_t k = 0; k < inner; k++, b += ldb) {
    if (k + kRowsAhead < inner) {
      for (std::int64_t n = 0; n < registers; n++) __builtin_prefetch(b + kRowsAhead * ldb + n * kLaneCount);
    }
    for (std::int64_t n = 0; n < registers - 1; n++, packed += kLaneCount) store(packed, load(b + n * kLaneCount));
    store(packed, load(b + (registers - 1) * kLaneCount, lastMask));
    packed += kLaneCount;
  }
}

// Whether b is better copied, panel by panel: its rows lie so far apart that a panel of them falls into few sets of the
// cache and would be read from memory for every block of rows.
static inline bool worthPacking(std::int64_t columns, std::int64_t inner) { return columns >= 1024 && inner > 256; }

// target(m, n) = Σ over k of a(m, k) · b[k, n]. `inner` is at most kInnerBlock where b is packed.
template <typename Target>
static void multiplyPanels(std::int64_t rows, std::int64_t columns, std::int64_t inner, Factor a, const float* b,
                           bool pack, float* scratch, const Target& target) {
  const std::int64_t registers = ceilDivide(columns, kLaneCount);
  std::int64_t panels = ceilDivide(registers, kBlockRegisters);
  for (std::int64_t first = 0; first < registers; panels--) {
    const std::int64_t width = ceilDivide(registers - first, panels);
    const std::int64_t column = first * kLaneCount;
    first += width;
    const bool endsRow = first == registers && columns % kLaneCount != 0;
    const Place place{0, column, endsRow, lastLanes(endsRow && !pack ? columns : kLaneCount)};
    if (pack) {
      const std::int64_t present = columns - column < width * kLaneCount ? columns - column : width * kLaneCount;
      packPanel(inner, present, b + column, columns, scratch);
      multiplyPanel(rows, width, inner, a, scratch, width * kLaneCount, place, target);
    } else {
      multiplyPanel(rows, width, inner, a, b + column, columns, place, target);
    }
  }
}

}  // namespace blasnet::BLASNET_SIMD

#endif
