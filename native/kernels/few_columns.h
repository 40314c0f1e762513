// The last columns of a product whose width is no multiple of the lanes. In registers along a row they would leave most of
// one empty: 4 columns of 100 would cost as much as 16. Where they are few, the lanes run along another extent.
#pragma once

#include "kernels/elements.h"
#include "kernels/product_blocks.h"

namespace blasnet::BLASNET_SIMD {

#if defined(__AVX512F__)

constexpr int kMostFew = 4;  // a quarter of a register

// How many of the columns are to be taken so: less than a quarter of the last register of several, or none.
constexpr std::int64_t fewOf(std::int64_t columns) {
  const std::int64_t rest = columns % kLaneCount;
  return columns > kLaneCount && rest <= kMostFew ? rest : 0;
}

// The sums over the lanes of four registers. multiplyFewOfOneRow adds in the same order.
BLASNET_INLINE __m128 totalsOfLanes(Lanes a, Lanes b, Lanes c, Lanes d) {
  const Lanes ab = add(_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
  const Lanes cd = add(_mm512_unpacklo_ps(c, d), _mm512_unpackhi_ps(c, d));
  const Lanes quarters = add(_mm512_shuffle_ps(ab, cd, 0x44), _mm512_shuffle_ps(ab, cd, 0xee));
  const __m256 halves = _mm256_add_ps(_mm512_castps512_ps256(quarters), _mm512_extractf32x8_ps(quarters, 1));
  return _mm_add_ps(_mm256_castps256_ps128(halves), _mm256_extractf128_ps(halves, 1));
}

BLASNET_INLINE __mmask8 firstOfQuarter(std::int64_t few) { return static_cast<__mmask8>((1U << few) - 1U); }

// Where the sums of few columns go, or to what they are added; bias and floor as in an Epilogue.
struct FewTarget {
  float* data;
  std::int64_t stride;
  __mmask8 mask;
  bool accumulate;
  const float* bias;
  bool floors;

  BLASNET_ALWAYS_INLINE void put(std::int64_t row, __m128 sum) const {
    float* to = data + row * stride;
    if (accumulate) sum = _mm_add_ps(sum, _mm_maskz_loadu_ps(mask, to));
    if (bias != nullptr) sum = _mm_add_ps(sum, _mm_maskz_loadu_ps(mask, bias));
    if (floors) sum = _mm_max_ps(_mm_setzero_ps(), sum);
    _mm_mask_storeu_ps(to, mask, sum);
  }
};

template <int Rows, int Few>
static void multiplyAlongInner(std::int64_t inner, const float* a, std::int64_t lda, const float* b, std::int64_t ldb,
                               std::int64_t row, const FewTarget& target) {
  Lanes sum[Rows][kMostFew];
  BLASNET_UNROLL for (int m = 0; m < Rows; m++) {
    BLASNET_UNROLL for (int n = 0; n < kMostFew; n++) sum[m][n] = zeroLanes();
  }
  const auto step = [&](std::int64_t k, auto read) __attribute__((always_inline)) {
    Lanes right[Few];
    BLASNET_UNROLL for (int n = 0; n < Few; n++) right[n] = read(b + n * ldb + k);
    BLASNET_UNROLL for (int m = 0; m < Rows; m++) {
      const Lanes left = read(a + m * lda + k);
      BLASNET_UNROLL for (int n = 0; n < Few; n++) sum[m][n] = multiplyAdd(left, right[n], sum[m][n]);
    }
  };
  std::int64_t k = 0;
  for (; k + kLaneCount <= inner; k += kLaneCount) step(k, [](const float* from) { return load(from); });
  if (k < inner) step(k, [mask = firstLanes(inner - k)](const float* from) { return load(from, mask); });
  BLASNET_UNROLL for (int m = 0; m < Rows; m++) {
    target.put(row + m, totalsOfLanes(sum[m][0], sum[m][1], sum[m][2], sum[m][3]));
  }
}

using AlongInner = void (*)(std::int64_t, const float*, std::int64_t, const float*, std::int64_t, std::int64_t,
                            const FewTarget&);

template <int Rows, int Few>
static AlongInner alongInner(std::int64_t rows, std::int64_t few) {
  if constexpr (Few > 1) {
    if (few < Few) return alongInner<Rows, Few - 1>(rows, few);
  }
  if constexpr (Rows > 1) {
    if (rows < Rows) return alongInner<Rows - 1, Few>(rows, few);
  }
  return multiplyAlongInner<Rows, Few>;
}

// target[rows, few] = a[rows, inner] · b[few, inner]ᵀ, the lanes along the inner extent.
static inline void multiplyFewAlongInner(std::int64_t rows, std::int64_t few, std::int64_t inner, const float* a,
                                         std::int64_t lda, const float* b, std::int64_t ldb, const FewTarget& target) {
  constexpr int kRowsAtOnce = 6;
  for (std::int64_t row = 0; row < rows; row += kRowsAtOnce) {
    alongInner<kRowsAtOnce, kMostFew>(rows - row, few)(inner, a + row * lda, lda, b, ldb, row, target);
  }
}

// The same for one row, for which no copy of b pays: b[inner, few] as it lies, the sum of each lane in a register of its own.
static inline void multiplyFewOfOneRow(std::int64_t inner, const float* a, const float* b, std::int64_t ldb,
                                       const FewTarget& target) {
  __m128 sum[kLaneCount];
  BLASNET_UNROLL for (int lane = 0; lane < kLaneCount; lane++) sum[lane] = _mm_setzero_ps();
  std::int64_t k = 0;
  for (; k + kLaneCount <= inner; k += kLaneCount) {
    BLASNET_UNROLL for (int lane = 0; lane < kLaneCount; lane++) {
      const __m128 right = _mm_maskz_loadu_ps(target.mask, b + (k + lane) * ldb);
      sum[lane] = _mm_fmadd_ps(_mm_set1_ps(a[k + lane]), right, sum[lane]);
    }
  }
  BLASNET_UNROLL for (int lane = 0; lane < kLaneCount; lane++) {
    if (k + lane < inner) {
      const __m128 right = _mm_maskz_loadu_ps(target.mask, b + (k + lane) * ldb);
      sum[lane] = _mm_fmadd_ps(_mm_set1_ps(a[k + lane]), right, sum[lane]);
    }
  }
  __m128 quarter[4];
  BLASNET_UNROLL for (int p = 0; p < 4; p++) {
    quarter[p] = _mm_add_ps(_mm_add_ps(sum[4 * p], sum[4 * p + 2]), _mm_add_ps(sum[4 * p + 1], sum[4 * p + 3]));
  }
  const __m128 total = _mm_add_ps(_mm_add_ps(quarter[0], quarter[2]), _mm_add_ps(quarter[1], quarter[3]));
  target.put(0, total);
}

// A register that holds the few columns of four rows, one in each quarter. `at` is the place of the first, `apart` how far
// the next one is.
struct FewOfRows {
  std::int64_t at;
  std::int64_t apart;
  __mmask8 mask;

  Lanes of(const float* array) const {
    const float* from = array + at;
    Lanes value = _mm512_castps128_ps512(_mm_maskz_loadu_ps(mask, from));
    value = _mm512_insertf32x4(value, _mm_maskz_loadu_ps(mask, from + apart), 1);
    value = _mm512_insertf32x4(value, _mm_maskz_loadu_ps(mask, from + 2 * apart), 2);
    return _mm512_insertf32x4(value, _mm_maskz_loadu_ps(mask, from + 3 * apart), 3);
  }
  void put(float* array, Lanes value) const {
    float* to = array + at;
    _mm_mask_storeu_ps(to, mask, _mm512_castps512_ps128(value));
    _mm_mask_storeu_ps(to + apart, mask, _mm512_extractf32x4_ps(value, 1));
    _mm_mask_storeu_ps(to + 2 * apart, mask, _mm512_extractf32x4_ps(value, 2));
    _mm_mask_storeu_ps(to + 3 * apart, mask, _mm512_extractf32x4_ps(value, 3));
  }
  Lanes present(Lanes value) const { return onlyLanes(value, static_cast<LaneMask>(mask * 0x1111U)); }
};

// Keeps the sums of a block as they come: [few, registers · lanes].
struct TurnedTarget {
  static constexpr bool kDelays = false;
  float* sums;

  void finish(std::int64_t row, std::int64_t column, Lanes sum) const {
    store(sums + row * kBlockRegisters * kLaneCount + column, sum);
  }
  void finishLast(std::int64_t row, std::int64_t column, Lanes sum) const { finish(row, column, sum); }
};

// Hands sixteen rows of turned sums to the update, `count` of which are there; `place` is that of the first in the result.
template <typename Update>
static void takeTurned(std::int64_t count, std::int64_t few, const float* sums, std::int64_t place, std::int64_t stride,
                       Update& update) {
  constexpr int kNext = kBlockRegisters * kLaneCount;
  Lanes row[kMostFew];
  for (int n = 0; n < kMostFew; n++) row[n] = n < few ? load(sums + n * kNext) : zeroLanes();
  const Lanes low01 = _mm512_unpacklo_ps(row[0], row[1]);
  const Lanes high01 = _mm512_unpackhi_ps(row[0], row[1]);
  const Lanes low23 = _mm512_unpacklo_ps(row[2], row[3]);
  const Lanes high23 = _mm512_unpackhi_ps(row[2], row[3]);
  // In quarter p of the i-th: the columns of row 4p + i.
  const Lanes turned[] = {_mm512_shuffle_ps(low01, low23, 0x44), _mm512_shuffle_ps(low01, low23, 0xee),
                          _mm512_shuffle_ps(high01, high23, 0x44), _mm512_shuffle_ps(high01, high23, 0xee)};
  const __mmask8 mask = firstOfQuarter(few);
  if (count >= kLaneCount) {
    for (int i = 0; i < 4; i++) update.apply(FewOfRows{place + i * stride, 4 * stride, mask}, turned[i]);
    return;
  }
  alignas(64) float rows[kLaneCount][4];
  for (int i = 0; i < 4; i++) FewOfRows{i * 4, 16, __mmask8{15}}.put(rows[0], turned[i]);
  for (std::int64_t i = 0; i < count; i++) {
    update.apply(LastRegister{place + i * stride, firstLanes(few)}, load(rows[i], firstLanes(few)));
  }
}

// result[rows, few] = a[inner, lda]ᵀ · b[inner, ldb], for `rows` columns of a and `few` of b, the lanes along the rows. What
// becomes of the sums is the update's to say; `place` is where they begin in the result, `stride` that of its rows.
template <typename Update>
static void multiplyFewAlongRows(std::int64_t rows, std::int64_t few, std::int64_t inner, const float* a,
                                 std::int64_t lda, const float* b, std::int64_t ldb, std::int64_t place,
                                 std::int64_t stride, Update& update) {
  alignas(64) float sums[kMostFew * kBlockRegisters * kLaneCount];
  TurnedTarget target{sums};
  const std::int64_t registers = ceilDivide(rows, kLaneCount);
  std::int64_t panels = ceilDivide(registers, kBlockRegisters);
  for (std::int64_t first = 0; first < registers; panels--) {
    const std::int64_t width = ceilDivide(registers - first, panels);
    const std::int64_t row = first * kLaneCount;
    first += width;
    const Place there{0, 0, false, lastLanes(first == registers ? rows : kLaneCount)};
    const ColumnsOf left{b, ldb};
    using Blocks = Block<ColumnsOf, TurnedTarget>;
    const Blocks block = width == 1   ? blockOfRows<kMostFew, 1, ColumnsOf, TurnedTarget>(few)
                         : width == 2 ? blockOfRows<kMostFew, 2, ColumnsOf, TurnedTarget>(few)
                                      : blockOfRows<kMostFew, 3, ColumnsOf, TurnedTarget>(few);
    block(inner, left, Panel{a + row, lda}, there, Ahead{{nullptr, 0}, 0}, target);
    for (std::int64_t part = 0; part < width; part++) {
      const std::int64_t at = row + part * kLaneCount;
      takeTurned(rows - at, few, sums + part * kLaneCount, place + at * stride, stride, update);
    }
  }
}

#else

constexpr std::int64_t fewOf(std::int64_t) { return 0; }

#endif

}  // namespace blasnet::BLASNET_SIMD
