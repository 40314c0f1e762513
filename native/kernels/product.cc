#include "kernels/product.h"

#include <type_traits>

#include "kernels/elements.h"
#include "kernels/few_columns.h"
#include "kernels/one_row.h"
#include "kernels/product_blocks.h"

#if !defined(__AVX2__)
#include "blas.h"
#endif

namespace blasnet::BLASNET_SIMD {

// For sums that are in memory already.
static void apply(const Epilogue& epilogue, std::int64_t rows, std::int64_t columns, float* c) {
  for (std::int64_t row = 0; row < rows; row++, c += columns) {
    if (epilogue.bias != nullptr) {
      for (std::int64_t n = 0; n < columns; n++) c[n] += epilogue.bias[n];
    }
    if (!epilogue.floors) continue;
    for (std::int64_t n = 0; n < columns; n++) c[n] = c[n] < 0.0F ? 0.0F : c[n];
  }
}

#if !defined(__AVX2__)

void multiply(std::int64_t rows, std::int64_t columns, std::int64_t inner, const float* a, const float* b, float* c,
              float* /*scratch*/, const Epilogue& epilogue) {
  blas::multiply(rows, columns, inner, a, inner, b, columns, c, columns);
  apply(epilogue, rows, columns, c);
}

void multiplyTransposedRight(std::int64_t rows, std::int64_t columns, std::int64_t inner, const float* a,
                             const float* b, float* c, float* /*scratch*/) {
  blas::multiplyTransposedRight(rows, columns, inner, a, inner, b, inner, c, columns);
}

void multiplyTransposedLeft(std::int64_t rows, std::int64_t columns, std::int64_t inner, const float* a,
                            std::int64_t lda, const float* b, float* c, float* /*scratch*/) {
  blas::multiplyTransposedLeft(rows, columns, inner, a, lda, b, columns, c, columns);
}

#else

namespace {

constexpr Epilogue kNoEpilogue{nullptr, false};
constexpr std::int64_t kTurnedFloats = 64 * 1024;
static_assert(kTurnedFloats + kLaneCount * 256 <= kScratchFloats, "the scratch is too small");

// Stores the sums, or adds them to what stands there.
struct StoreTarget {
  static constexpr bool kDelays = false;

  float* data;
  std::int64_t stride;
  LaneMask lastMask;
  bool accumulate = false;
  Epilogue epilogue = kNoEpilogue;
  bool isPlain =
      !accumulate && epilogue.bias == nullptr && !epilogue.floors;  // one question for each register, not three

  void finish(std::int64_t row, std::int64_t column, Lanes sum) const { put(row, WholeRegister{column}, sum); }
  void finishLast(std::int64_t row, std::int64_t column, Lanes sum) const {
    put(row, LastRegister{column, lastMask}, sum);
  }

 private:
  template <typename Columns>
  BLASNET_ALWAYS_INLINE void put(std::int64_t row, Columns columns, Lanes sum) const {
    float* to = data + row * stride;
    if (isPlain) return columns.put(to, sum);
    if (accumulate) sum = add(sum, columns.of(to));
    if (epilogue.bias != nullptr) sum = add(sum, columns.of(epilogue.bias));
    if (epilogue.floors) sum = atLeastZero(sum);
    columns.put(to, sum);
  }
};

// Stores few columns of several rows, or adds them to what stands there.
struct StoreUpdate {
  float* data;
  bool accumulate;

  template <typename Where>
  void apply(Where where, Lanes sum) const {
    where.put(data, accumulate ? add(sum, where.of(data)) : sum);
  }
};

// A long inner extent in even parts: a packed panel, the next one and the left matrix then share the second-level cache.
std::int64_t innerPart(std::int64_t inner) {
  return inner <= kInnerBlock ? inner : ceilDivide(inner, ceilDivide(inner, kInnerBlock / 2));
}

#if defined(__AVX512F__)
// Sums over the lanes cost as much as a few registers of the inner extent.
constexpr std::int64_t kMostRowsAlongInner = 32;
constexpr std::int64_t kLeastAlongInner = 256;

// The last columns, where they are few. `c` and `b` are the whole matrices.
template <typename Left>
void multiplyFew(std::int64_t rows, std::int64_t columns, std::int64_t inner, Left a, const float* b, float* c,
                 bool accumulate, const Epilogue& epilogue, float* scratch) {
  const std::int64_t few = fewOf(columns);
  const std::int64_t first = columns - few;
  if constexpr (std::is_same_v<Left, RowsOf>) {
    for (std::int64_t k = 0; k < inner; k++) {
      for (std::int64_t n = 0; n < few; n++) scratch[n * inner + k] = b[k * columns + first + n];
    }
    const FewTarget target{c + first,
                           columns,
                           firstOfQuarter(few),
                           accumulate,
                           epilogue.bias == nullptr ? nullptr : epilogue.bias + first,
                           epilogue.floors};
    multiplyFewAlongInner(rows, few, inner, a.data, a.stride, scratch, inner, target);
  } else {
    StoreUpdate update{c, accumulate};
    multiplyFewAlongRows(rows, few, inner, a.data, a.stride, b + first, columns, first, columns, update);
  }
}
#endif

template <typename Left>
void multiplyInBlocks(std::int64_t rows, std::int64_t columns, std::int64_t inner, Left a, const float* b, float* c,
                      bool pack, const Epilogue& epilogue, float* scratch) {
  if (inner == 0) {  // a batch of no rows
    for (std::int64_t i = 0; i < rows * columns; i++) c[i] = 0;
    return apply(epilogue, rows, columns, c);
  }
  const std::int64_t many = columns - fewOf(columns);
  const std::int64_t part = innerPart(inner);
  for (std::int64_t k = 0; k < inner; k += part) {
    const std::int64_t depth = inner - k < part ? inner - k : part;
    const Epilogue now = k + depth < inner ? kNoEpilogue : epilogue;
    StoreTarget target{c, columns, lastLanes(many), k > 0, now};
    multiplyPanels(rows, many, depth, a.at(0, k), Right{b + k * columns, columns, pack}, scratch, target);
#if defined(__AVX512F__)
    if (many < columns) multiplyFew(rows, columns, depth, a.at(0, k), b + k * columns, c, k > 0, now, scratch);
#endif
  }
}

// to[columns, ldTo] = from[rows, columns]ᵀ, filled up with zeros to ldTo, a multiple of the lanes.
void transposeInto(std::int64_t rows, std::int64_t columns, const float* from, std::int64_t ldFrom, float* to,
                   std::int64_t ldTo) {
  std::int64_t row = 0;
  for (; row + kLaneCount <= rows; row += kLaneCount) {
    std::int64_t column = 0;
    for (; column + kLaneCount <= columns; column += kLaneCount) {
      transposeSquare(from + row * ldFrom + column, ldFrom, to + column * ldTo + row, ldTo);
    }
    if (columns - column > 3 && columns >= kLaneCount) {  // a last square, as far to the left as it has to be
      transposeSquare(from + row * ldFrom + columns - kLaneCount, ldFrom, to + (columns - kLaneCount) * ldTo + row,
                      ldTo);
      column = columns;
    }
    for (; column < columns; column++) {
      for (std::int64_t i = row; i < row + kLaneCount; i++) to[column * ldTo + i] = from[i * ldFrom + column];
    }
  }
  for (std::int64_t column = 0; column < columns; column++) {
    for (std::int64_t i = row; i < ldTo; i++) to[column * ldTo + i] = i < rows ? from[i * ldFrom + column] : 0.0F;
  }
}

// to[columns, ldTo] (+)= from[rows, ldFrom]ᵀ; `rows` is at most the lanes.
void transposeOut(std::int64_t rows, std::int64_t columns, const float* from, std::int64_t ldFrom, float* to,
                  std::int64_t ldTo, bool accumulate) {
  std::int64_t column = 0;
  if (rows == kLaneCount && !accumulate) {
    for (; column + kLaneCount <= columns; column += kLaneCount) {
      transposeSquare(from + column, ldFrom, to + column * ldTo, ldTo);
    }
  }
  for (; column < columns; column++) {
    float* out = to + column * ldTo;
    for (std::int64_t i = 0; i < rows; i++) out[i] = from[i * ldFrom + column] + (accumulate ? out[i] : 0.0F);
  }
}

// The product as it stands, by a copy of b turned round.
void multiplyByTurned(std::int64_t rows, std::int64_t columns, std::int64_t inner, const float* a, const float* b,
                      float* c, float* scratch) {
  const std::int64_t few = fewOf(columns);
  const std::int64_t many = columns - few;
  const std::int64_t width = ceilDivide(many, kLaneCount) * kLaneCount;
  transposeInto(many, inner, b, inner, scratch, width);
  StoreTarget target{c, columns, lastLanes(many)};
  multiplyPanels(rows, many, inner, RowsOf{a, inner}, Right{scratch, width, false}, scratch, target);
#if defined(__AVX512F__)
  const FewTarget last{c + many, columns, firstOfQuarter(few), false, nullptr, false};
  if (few > 0) multiplyFewAlongInner(rows, few, inner, a, inner, b + many * inner, inner, last);
#endif
}

}  // namespace

void multiply(std::int64_t rows, std::int64_t columns, std::int64_t inner, const float* a, const float* b, float* c,
              float* scratch, const Epilogue& epilogue) {
  if (rows == 1 && inner > 0) {
    const std::int64_t part = innerPart(inner);
    for (std::int64_t k = 0; k < inner; k += part) {
      multiplyOneRow(columns, inner - k < part ? inner - k : part, a + k, b + k * columns, columns, k > 0, c, scratch);
    }
    return apply(epilogue, 1, columns, c);
  }
  multiplyInBlocks(rows, columns, inner, RowsOf{a, inner}, b, c, worthPacking(columns, inner), epilogue, scratch);
}

void multiplyTransposedLeft(std::int64_t rows, std::int64_t columns, std::int64_t inner, const float* a,
                            std::int64_t lda, const float* b, float* c, float* scratch) {
  // Every row of the result reads all of b: a copy of it pays at any width.
  multiplyInBlocks(rows, columns, inner, ColumnsOf{a, lda}, b, c, true, kNoEpilogue, scratch);
}

// Transposed, the product is cᵀ[columns, rows] = b[columns, inner] · aᵀ[inner, rows]: for a large b, of which a copy would
// cost as much as the product, a and c are turned round.
void multiplyTransposedRight(std::int64_t rows, std::int64_t columns, std::int64_t inner, const float* a,
                             const float* b, float* c, float* scratch) {
  const bool isSmall = columns * inner <= rows * (columns + inner);
  if (isSmall && inner > 0 && (columns + kLaneCount) * inner <= kTurnedFloats) {
    return multiplyByTurned(rows, columns, inner, a, b, c, scratch);
  }
#if defined(__AVX512F__)
  // For few rows, lanes along the inner extent: nothing is copied, and every number that is read is used more than once.
  if (rows <= kMostRowsAlongInner && inner >= kLeastAlongInner) {
    for (std::int64_t column = 0; column < columns; column += kMostFew) {
      const std::int64_t few = columns - column < kMostFew ? columns - column : kMostFew;
      const FewTarget target{c + column, columns, firstOfQuarter(few), false, nullptr, false};
      multiplyFewAlongInner(rows, few, inner, a, inner, b + column * inner, inner, target);
    }
    return;
  }
#endif
  constexpr std::int64_t kRowsAtOnce = 256;
  float* turnedA = scratch;
  float* turnedC = scratch + kTurnedFloats;  // [lanes, width]
  for (std::int64_t row = 0; row < rows; row += kRowsAtOnce) {
    const std::int64_t count = rows - row < kRowsAtOnce ? rows - row : kRowsAtOnce;
    const std::int64_t registers = ceilDivide(count, kLaneCount);
    const std::int64_t width = registers * kLaneCount;
    const std::int64_t innerBlock = kTurnedFloats / width;
    for (std::int64_t k = 0; k < inner; k += innerBlock) {
      const std::int64_t depth = inner - k < innerBlock ? inner - k : innerBlock;
      transposeInto(count, depth, a + row * inner + k, inner, turnedA, width);
      for (std::int64_t column = 0; column < columns; column += kLaneCount) {
        const std::int64_t strip = columns - column < kLaneCount ? columns - column : kLaneCount;
        std::int64_t panels = ceilDivide(registers, kBlockRegisters);
        for (std::int64_t first = 0; first < registers; panels--) {
          const std::int64_t part = ceilDivide(registers - first, panels);
          StoreTarget target{turnedC, width, firstLanes(kLaneCount)};
          const Place place{0, first * kLaneCount, false, firstLanes(kLaneCount)};
          const Panel panel{turnedA + place.column, width};
          multiplyPanel(strip, part, depth, RowsOf{b + column * inner + k, inner}, panel, Panel{nullptr, 0}, place,
                        target);
          first += part;
        }
        transposeOut(strip, count, turnedC, width, c + row * columns + column, columns, k > 0);
      }
    }
  }
}

#endif

}  // namespace blasnet::BLASNET_SIMD
