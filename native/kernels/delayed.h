// A target of a product that takes the sums of each block one block later, a row at a time between the rows of the next
// block. An update has to wait for memory, a root and a quotient; the multiply-adds of the next block fill that time.
#pragma once

#include "kernels/elements.h"
#include "kernels/product_blocks.h"

#if defined(__AVX2__)

namespace blasnet::BLASNET_SIMD {

// Asks for memory that is to be written: the copies that other cores have read are called back now, and not one after the
// other when the stores come. (GCC knows the instruction by a flag of its own only, which would allow others.)
BLASNET_INLINE void askToWrite(const float* place) {
#if defined(__x86_64__)
  asm volatile("prefetchw %0" ::"m"(*place));
#else
  __builtin_prefetch(place, 1);
#endif
}

constexpr int kMostDelayed = 32;  // registers of a block
static_assert(kBlockRows[1] <= kMostDelayed && 2 * kBlockRows[2] <= kMostDelayed &&
              kBlockRegisters * kBlockRows[kBlockRegisters] <= kMostDelayed);

// `Update` has apply(where, sum), `where` being a register of elements.h, and ask(place, registers), which asks memory for
// what apply will need there (inline: GCC drops calls of functions that only prefetch). A place counts floats from the
// beginning of the result.
template <typename Update>
struct Delayed {
  static constexpr bool kDelays = true;

  Update update;
  std::int64_t stride;     // of the result
  LaneMask lastMask;       // of the last register of its rows
  float* sums;             // [kMostDelayed, lanes]: those that wait
  const float* next;       // of them, the row whose turn it is,
  std::int64_t place = 0;  // and where it belongs
  int rows = 0;
  int registers = 1;  // of a row
  bool endsRow = false;

  Delayed(const Update& what, std::int64_t columns, LaneMask mask, float* memory)
      : update(what), stride(columns), lastMask(mask), sums(memory), next(memory) {}

  int waiting() const { return rows; }

  BLASNET_ALWAYS_INLINE void ask(std::int64_t row, std::int64_t column, int width) const {
    update.ask(row * stride + column, width);
  }

  BLASNET_ALWAYS_INLINE void putAside(int index, Lanes sum) { store(sums + index * kLaneCount, sum); }

  // Says of what block the sums are that were put aside.
  BLASNET_ALWAYS_INLINE void expect(const Place& block, int count, int width) {
    next = sums;
    place = block.row * stride + block.column;
    rows = count;
    registers = width;
    endsRow = block.endsRow;
  }

  template <int Registers>
  BLASNET_ALWAYS_INLINE void takeRow() {
    BLASNET_UNROLL for (int n = 0; n < Registers; n++) {
      const Lanes sum = load(next + n * kLaneCount);
      if (n == Registers - 1 && endsRow) update.apply(LastRegister{place + n * kLaneCount, lastMask}, sum);
      else update.apply(WholeRegister{place + n * kLaneCount}, sum);
    }
    next += Registers * kLaneCount;
    place += stride;
    rows--;
  }

  void takeAll() {
    while (rows > 0) {
      if (registers == 1) takeRow<1>();
      else if (registers == 2) takeRow<2>();
      else takeRow<kBlockRegisters>();
    }
  }
};

}  // namespace blasnet::BLASNET_SIMD

#endif
