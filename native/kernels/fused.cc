// Pairs of kernels that are one: the second works on what the first still holds in registers. engine/fuse.cc puts them in
// the place of the pair; results are those of the pair.
#include "kernels/fused.h"

#include "kernels/adam_step.h"
#include "kernels/kernels.h"
#include "kernels/product_blocks.h"

namespace blasnet::BLASNET_SIMD {

#if defined(__AVX2__)

namespace {

// Takes a sum as the gradient of the parameters that it stands for, and updates them.
struct AdamTarget {
  AdamNumbers numbers;
  float* parameter;
  float* firstMoment;
  float* secondMoment;
  std::int64_t stride;
  LaneMask lastMask;

  void finish(std::int64_t row, std::int64_t column, Lanes gradient) const {
    const std::int64_t place = row * stride + column;
    Lanes m = load(firstMoment + place);
    Lanes v = load(secondMoment + place);
    const Lanes updated = adamStep(numbers, gradient, m, v, load(parameter + place));
    store(firstMoment + place, m);
    store(secondMoment + place, v);
    store(parameter + place, updated);
  }
  void finishLast(std::int64_t row, std::int64_t column, Lanes gradient) const {
    const std::int64_t place = row * stride + column;
    Lanes m = load(firstMoment + place, lastMask);
    Lanes v = load(secondMoment + place, lastMask);
    const Lanes updated = adamStep(numbers, gradient, m, v, load(parameter + place, lastMask));
    store(firstMoment + place, m, lastMask);
    store(secondMoment + place, v, lastMask);
    store(parameter + place, updated, lastMask);
  }
};

}  // namespace

// input[rows, inputs], outputGradient[rows, units], parameter, firstMoment, secondMoment [inputs, units]
static double denseKernelGradientAdam(const Tile& tile) {
  const std::int64_t inputs = tile.dimension[0];
  const std::int64_t units = tile.dimension[1];
  const AdamTarget target{AdamNumbers(tile.attributes, tile.step->scalars),
                          tile.operand[2],
                          tile.operand[3],
                          tile.operand[4],
                          units,
                          lastLanes(units)};
  multiplyPanels(tile.count, units, tile.step->rows, Factor{tile.operand[0], 1, inputs}, tile.operand[1], true,
                 tile.scratch, target);
  return 0;
}

Kernel fusedKernel(const char* first, const char* second, std::int64_t batchSize) {
  const bool adamBehindGradient =
      __builtin_strcmp(first, "denseKernelGradient") == 0 && __builtin_strcmp(second, "adam") == 0;
  return adamBehindGradient && batchSize <= kInnerBlock ? denseKernelGradientAdam : nullptr;
}

#else

Kernel fusedKernel(const char*, const char*, std::int64_t) { return nullptr; }

#endif

}  // namespace blasnet::BLASNET_SIMD
