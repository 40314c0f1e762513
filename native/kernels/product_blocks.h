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

// The left matrix of a product as it lies in memory: a(m, k) = data[m * stride + k].
struct RowsOf {
  const float* data;
  std::int64_t stride;

  RowsOf at(std::int64_t row, std::int64_t inner) const { return {data + row * stride + inner, stride}; }
  BLASNET_ALWAYS_INLINE const float* row(int m) const { return data + m * stride; }
  BLASNET_ALWAYS_INLINE void step() { data++; }
};

// The transpose of what lies there: a(m, k) = data[k * stride + m].
struct ColumnsOf {
  const float* data;
  std::int64_t stride;

  ColumnsOf at(std::int64_t row, std::int64_t inner) const { return {data + inner * stride + row, stride}; }
  BLASNET_ALWAYS_INLINE const float* row(int m) const { return data + m; }
  BLASNET_ALWAYS_INLINE void step() { data += stride; }
};

// Where a block stands in the result, and whether it ends in a register that is partly empty (stores under a mask are slow);
// what of its last register b holds, which is all of it where b is packed.
struct Place {
  std::int64_t row;
  std::int64_t column;
  bool endsRow;
  LaneMask lastMask;
};

// Some columns of the right matrix: b[k, n] = data[k * stride + n].
struct Panel {
  const float* data;
  std::int64_t stride;
};

// Rows of the next panel, which a block asks for while it multiplies: so memory answers before they are needed. For a target
// that delays, and asks for memory of its own, it brought nothing.
struct Ahead {
  Panel panel;
  std::int64_t rows;
};

// What becomes of the sums is the target's to say. One that takes them at once has finish(row, column, sum) for a whole
// register of columns, and finishLast for one that holds the last columns of a row and may be partly empty. One that delays
// (delayed.h) takes the sums of the block before, a row at a time, while this one is computed.
template <int Rows, int Registers, typename Left, typename Target>
static void multiplyBlock(std::int64_t inner, Left a, Panel b, Place place, Ahead ahead, Target& shared) {
  Target target = shared;  // where no store can reach it, so that its numbers stay in registers
  Lanes sum[Rows][Registers];
  BLASNET_UNROLL for (int m = 0; m < Rows; m++) {
    BLASNET_UNROLL for (int n = 0; n < Registers; n++) sum[m][n] = zeroLanes();
  }
  const LaneMask mask = place.lastMask;
  std::int64_t k = 0;
  const auto multiplyUntil = [&](std::int64_t end) __attribute__((always_inline)) {
    for (; k < end; k++) {
      Lanes right[Registers];
      BLASNET_UNROLL for (int n = 0; n < Registers; n++) {
        const float* from = b.data + n * kLaneCount;
        right[n] = n < Registers - 1 ? load(from) : load(from, mask);
      }
      BLASNET_UNROLL for (int m = 0; m < Rows; m++) {
        const Lanes left = spread(a.row(m));
        BLASNET_UNROLL for (int n = 0; n < Registers; n++) sum[m][n] = multiplyAdd(left, right[n], sum[m][n]);
      }
      a.step();
      b.data += b.stride;
    }
  };
  if constexpr (Target::kDelays) {
    // Blocks of one panel follow each other, so the rows that wait are as wide as those of this block, but for the first.
    if (target.registers != Registers) target.takeAll();
    const int waiting = target.waiting();
    const std::int64_t each = inner / (waiting + 1);
    int asked = 0;
    for (int taken = 0; taken < waiting; taken++) {
      if (asked < Rows) target.ask(place.row + asked++, place.column, Registers);
      multiplyUntil(k + each);
      target.template takeRow<Registers>();
    }
    while (asked < Rows) target.ask(place.row + asked++, place.column, Registers);
    multiplyUntil(inner);
    BLASNET_UNROLL for (int m = 0; m < Rows; m++) {
      BLASNET_UNROLL for (int n = 0; n < Registers; n++) target.putAside(m * Registers + n, sum[m][n]);
    }
    target.expect(place, Rows, Registers);
    shared = target;
  } else {
    if (ahead.rows > 0) {
      const std::int64_t each = inner / ahead.rows;
      for (std::int64_t i = 0; i < ahead.rows; i++) {
        BLASNET_UNROLL for (int n = 0; n < Registers; n++) {
          __builtin_prefetch(ahead.panel.data + n * kLaneCount, 0, 2);
        }
        ahead.panel.data += ahead.panel.stride;
        multiplyUntil(k + each);
      }
    }
    multiplyUntil(inner);
    BLASNET_UNROLL for (int m = 0; m < Rows; m++) {
      BLASNET_UNROLL for (int n = 0; n < Registers; n++) {
        const std::int64_t column = place.column + n * kLaneCount;
        if (place.endsRow && n == Registers - 1) target.finishLast(place.row + m, column, sum[m][n]);
        else target.finish(place.row + m, column, sum[m][n]);
      }
    }
  }
}

template <typename Left, typename Target>
using Block = void (*)(std::int64_t, Left, Panel, Place, Ahead, Target&);

// The block of a number of rows, from the largest down.
template <int Rows, int Registers, typename Left, typename Target>
static Block<Left, Target> blockOfRows(std::int64_t rows) {
  if constexpr (Rows == 1) {
    return multiplyBlock<1, Registers, Left, Target>;
  } else {
    if (rows < Rows) return blockOfRows<Rows - 1, Registers, Left, Target>(rows);
    return multiplyBlock<Rows, Registers, Left, Target>;
  }
}

template <typename Left, typename Target>
static Block<Left, Target> blockOf(std::int64_t rows, std::int64_t registers) {
  if (registers == 1) return blockOfRows<kBlockRows[1], 1, Left, Target>(rows);
  if (registers == 2) return blockOfRows<kBlockRows[2], 2, Left, Target>(rows);
  return blockOfRows<kBlockRows[kBlockRegisters], kBlockRegisters, Left, Target>(rows);
}

// One panel of columns against all rows, in blocks as even as can be: a last block of one row would wait for itself.
template <typename Left, typename Target>
static void multiplyPanel(std::int64_t rows, std::int64_t registers, std::int64_t inner, Left a, Panel b, Panel next,
                          Place place, Target& target) {
  std::int64_t blocks = ceilDivide(rows, kBlockRows[registers]);
  std::int64_t asked = 0;
  for (std::int64_t row = 0; row < rows; blocks--) {
    const std::int64_t count = ceilDivide(rows - row, blocks);
    const std::int64_t share = next.data == nullptr ? 0 : ceilDivide(inner - asked, blocks);
    const Ahead ahead{{next.data + asked * next.stride, next.stride}, share};
    place.row = row;
    blockOf<Left, Target>(count, registers)(inner, a.at(row, 0), b, place, ahead, target);
    row += count;
    asked += share;
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

// The right matrix of a product: b[k, n] = data[k * stride + n]. Where it is to be packed, the inner extent is at most
// kInnerBlock.
struct Right {
  const float* data;
  std::int64_t stride;
  bool pack;
};

// target(m, n) = Σ over k of a(m, k) · b[k, n]
template <typename Left, typename Target>
static void multiplyPanels(std::int64_t rows, std::int64_t columns, std::int64_t inner, Left a, Right b, float* scratch,
                           Target& target) {
  const std::int64_t registers = ceilDivide(columns, kLaneCount);
  std::int64_t panels = ceilDivide(registers, kBlockRegisters);
  for (std::int64_t first = 0; first < registers; panels--) {
    const std::int64_t width = ceilDivide(registers - first, panels);
    const std::int64_t column = first * kLaneCount;
    first += width;
    const bool endsRow = first == registers && columns % kLaneCount != 0;
    const Place place{0, column, endsRow, lastLanes(endsRow && !b.pack ? columns : kLaneCount)};
    const Panel next{first < registers ? b.data + first * kLaneCount : nullptr, b.stride};
    Panel panel{b.data + column, b.stride};
    if (b.pack) {
      const std::int64_t present = columns - column < width * kLaneCount ? columns - column : width * kLaneCount;
      packPanel(inner, present, panel.data, panel.stride, scratch);
      panel = {scratch, width * kLaneCount};
    }
    multiplyPanel(rows, width, inner, a, panel, next, place, target);
  }
}

}  // namespace blasnet::BLASNET_SIMD

#endif
