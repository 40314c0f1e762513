// One row times a matrix: prediction of a single sample. All its time goes into reading the matrix, once, from its start to
// its end; and rows of it that meet a zero, as the dark pixels of a digit or half of what ReLU leaves, need not be read.
#pragma once

#include "kernels/few_columns.h"

#if defined(__AVX2__)

namespace blasnet::BLASNET_SIMD {

// The rows of b that are read, [count] places and a few more behind them: the rows to ask memory for.
struct RowPlaces {
  static constexpr int kBehind = 4;
  static_assert(kBehind <= kInnerBlock);

  const std::uint32_t* place;
  std::int64_t count;

  // Those whose a is not 0.
  RowPlaces(std::int64_t inner, const float* a, std::uint32_t* memory) : place(memory), count(0) {
    std::int64_t k = 0;
#if defined(__AVX512F__)
    __m512i numbers = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    for (; k + kLaneCount <= inner; k += kLaneCount) {
      const LaneMask present = _mm512_cmp_ps_mask(load(a + k), zeroLanes(), _CMP_NEQ_UQ);
      _mm512_storeu_si512(memory + count, _mm512_maskz_compress_epi32(present, numbers));
      count += __builtin_popcount(present);
      numbers = _mm512_add_epi32(numbers, _mm512_set1_epi32(kLaneCount));
    }
#endif
    for (; k < inner; k++) {
      memory[count] = static_cast<std::uint32_t>(k);
      count += a[k] != 0.0F ? 1 : 0;
    }
    for (int i = 0; i < kBehind; i++) memory[count + i] = count > 0 ? memory[count - 1] : 0;
  }
};

// c (+)= Σ over the rows of b, each times its a, for as many columns as there are registers.
template <int Registers>
static void multiplyStrip(RowPlaces rows, const float* a, const float* b, std::int64_t ldb, LaneMask lastMask,
                          bool accumulate, float* c) {
  constexpr int kLast = Registers - 1;
  Lanes sum[Registers];
  for (int n = 0; n < Registers; n++) sum[n] = zeroLanes();
  for (std::int64_t i = 0; i < rows.count; i++) {
    const Lanes left = spread(a + rows.place[i]);
    const float* row = b + rows.place[i] * ldb;
    for (int n = 0; n < kLast; n++) sum[n] = multiplyAdd(left, load(row + n * kLaneCount), sum[n]);
    sum[kLast] = multiplyAdd(left, load(row + kLast * kLaneCount, lastMask), sum[kLast]);
  }
  if (accumulate) {
    for (int n = 0; n < kLast; n++) sum[n] = add(sum[n], load(c + n * kLaneCount));
    sum[kLast] = add(sum[kLast], load(c + kLast * kLaneCount, lastMask));
  }
  for (int n = 0; n < kLast; n++) store(c + n * kLaneCount, sum[n]);
  store(c + kLast * kLaneCount, sum[kLast], lastMask);
}

constexpr int kStripRegisters = kLaneCount;  // of 32 at 16 lanes, of 16 at 8 lanes

template <int Registers>
static void multiplyStripOf(std::int64_t registers, RowPlaces rows, const float* a, const float* b, std::int64_t ldb,
                            LaneMask lastMask, bool accumulate, float* c) {
  if constexpr (Registers > 1) {
    if (registers < Registers) {
      return multiplyStripOf<Registers - 1>(registers, rows, a, b, ldb, lastMask, accumulate, c);
    }
  }
  multiplyStrip<Registers>(rows, a, b, ldb, lastMask, accumulate, c);
}

// Adds Σ a · b over `Rows` rows of b to all registers of c. The rows are read side by side from end to end, as memory likes
// it, and those of `next` asked for meanwhile: they come from beyond the second-level cache.
template <int Rows>
static void addRows(const std::uint32_t* places, const std::uint32_t* next, const float* a, const float* b,
                    std::int64_t columns, std::int64_t ldb, float* c) {
  Lanes left[Rows];
  const float* row[Rows];
  const float* ahead[Rows];
  BLASNET_UNROLL for (int i = 0; i < Rows; i++) {
    left[i] = spread(a + places[i]);
    row[i] = b + places[i] * ldb;
    ahead[i] = b + next[i] * ldb;
  }
  const auto addTo = [&](auto at) __attribute__((always_inline)) {
    Lanes sum = at.of(c);
    BLASNET_UNROLL for (int i = 0; i < Rows; i++) {
      __builtin_prefetch(ahead[i] + at.at);
      sum = multiplyAdd(left[i], at.of(row[i]), sum);
    }
    at.put(c, sum);
  };
  forEachRegister(columns, addTo);
}

// Columns from which on rows are read side by side, and up to which their sums stay in a cache; others are taken in strips.
constexpr std::int64_t kLeastWide = 256;
constexpr std::int64_t kMostWide = 64 * 1024;
static_assert(2 * kInnerBlock + kMostWide <= kScratchFloats);

// c = a · b over the rows of b, for a b too wide for the registers.
static inline void multiplyWide(RowPlaces rows, const float* a, const float* b, std::int64_t columns, std::int64_t ldb,
                                float* c) {
  constexpr int kRows = 4;
  static_assert(kRows <= RowPlaces::kBehind);
  forEachRegister(columns, [c](auto at) { at.put(c, zeroLanes()); });
  std::int64_t i = 0;
  for (; i + kRows <= rows.count; i += kRows) {
    addRows<kRows>(rows.place + i, rows.place + i + kRows, a, b, columns, ldb, c);
  }
  for (; i < rows.count; i++) addRows<1>(rows.place + i, rows.place + i, a, b, columns, ldb, c);
}

// c[columns] (+)= a[inner] · b[inner, ldb], with the bits of a row among others, unless a number that is not read is not
// finite. The inner extent is at most kInnerBlock.
static inline void multiplyOneRow(std::int64_t columns, std::int64_t inner, const float* a, const float* b,
                                  std::int64_t ldb, bool accumulate, float* c, float* scratch) {
  constexpr std::int64_t kStrip = kStripRegisters * kLaneCount;
  const RowPlaces rows(inner, a, reinterpret_cast<std::uint32_t*>(scratch));
  const std::int64_t many = columns - fewOf(columns);
  if (many > kLeastWide && many <= kMostWide) {
    float* sums = accumulate ? scratch + 2 * kInnerBlock : c;
    multiplyWide(rows, a, b, many, ldb, sums);
    if (accumulate) forEachRegister(many, [c, sums](auto at) { at.put(c, add(at.of(sums), at.of(c))); });
  } else {
    for (std::int64_t column = 0; column < many; column += kStrip) {
      const std::int64_t width = many - column < kStrip ? many - column : kStrip;
      multiplyStripOf<kStripRegisters>(ceilDivide(width, kLaneCount), rows, a, b + column, ldb, lastLanes(width),
                                       accumulate, c + column);
    }
  }
#if defined(__AVX512F__)
  if (many == columns) return;
  multiplyFewOfOneRow(inner, a, b + many, ldb,
                      FewTarget{c + many, columns, firstOfQuarter(columns - many), accumulate, nullptr, false});
#endif
}

}  // namespace blasnet::BLASNET_SIMD

#endif
