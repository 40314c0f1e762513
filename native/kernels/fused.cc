// Chains of kernels that are one: the later ones work on what the first still holds in registers. engine/fuse.cc puts them
// in the place of the chain; results are those of the chain.
#include "kernels/fused.h"

#include "kernels/adam_step.h"
#include "kernels/finite.h"
#include "kernels/kernels.h"
#include "kernels/product_blocks.h"
#include "kernels/sums.h"

namespace blasnet::BLASNET_SIMD {

#if defined(__AVX2__)

// GCC takes a function that only prefetches for one that does nothing, and drops its calls, unless it is part of its caller.
#define BLASNET_PREFETCH inline __attribute__((always_inline))

namespace {

// Takes a sum as the gradient of the parameters that it stands for, and updates them. Each block watches by itself, in a
// register, and tells at its end.
struct AdamTarget {
  static constexpr bool kAsks = true;

  AdamNumbers numbers;
  float* parameter;
  float* firstMoment;
  float* secondMoment;
  std::int64_t stride;
  LaneMask lastMask;
  FiniteWatch watch;
  FiniteWatch* noticed;

  AdamTarget(const Tile& tile, FiniteWatch* watch)
      : numbers(tile.attributes, tile.step->scalars),
        parameter(tile.operand[2]),
        firstMoment(tile.operand[3]),
        secondMoment(tile.operand[4]),
        stride(tile.dimension[1]),
        lastMask(lastLanes(tile.dimension[1])),
        noticed(watch) {}

  BLASNET_PREFETCH void ask(std::int64_t row, std::int64_t column, int registers) const {
    const std::int64_t place = row * stride + column;
    for (const float* from : {parameter + place, firstMoment + place, secondMoment + place}) {
      for (int n = 0; n < registers; n++) __builtin_prefetch(from + n * kLaneCount);
    }
  }
  void finish(std::int64_t row, std::int64_t column, Lanes gradient) {
    const std::int64_t place = row * stride + column;
    Lanes m = load(firstMoment + place);
    Lanes v = load(secondMoment + place);
    const Lanes updated = adamStep(numbers, gradient, m, v, load(parameter + place));
    store(firstMoment + place, m);
    store(secondMoment + place, v);
    store(parameter + place, updated);
    watch.look(updated, v);
  }
  void finishLast(std::int64_t row, std::int64_t column, Lanes gradient) {
    const std::int64_t place = row * stride + column;
    Lanes m = load(firstMoment + place, lastMask);
    Lanes v = load(secondMoment + place, lastMask);
    const Lanes updated = adamStep(numbers, gradient, m, v, load(parameter + place, lastMask));
    store(firstMoment + place, m, lastMask);
    store(secondMoment + place, v, lastMask);
    store(parameter + place, updated, lastMask);
    watch.look(onlyLanes(updated, lastMask), onlyLanes(v, lastMask));
  }
  void end() const { noticed->join(watch); }
};

// The same with an l2 penalty between the two.
struct PenalizedAdamTarget {
  static constexpr bool kAsks = true;

  AdamTarget adam;
  Lanes lambda;
  WideSums* squares;

  BLASNET_PREFETCH void ask(std::int64_t row, std::int64_t column, int registers) const {
    adam.ask(row, column, registers);
  }
  void finish(std::int64_t row, std::int64_t column, Lanes gradient) {
    const Lanes value = load(adam.parameter + row * adam.stride + column);
    squares->addProduct(value, value);
    adam.finish(row, column, multiplyAdd(lambda, value, gradient));
  }
  void finishLast(std::int64_t row, std::int64_t column, Lanes gradient) {
    const Lanes value = load(adam.parameter + row * adam.stride + column, adam.lastMask);
    squares->addProduct(value, value);
    adam.finishLast(row, column, multiplyAdd(lambda, value, gradient));
  }
  void end() const { adam.end(); }
};

// input[rows, inputs] and outputGradient[rows, units] are operands 0 and 1.
template <typename Target>
void multiplyForKernel(const Tile& tile, const Target& target) {
  const std::int64_t inputs = tile.dimension[0];
  const std::int64_t units = tile.dimension[1];
  multiplyPanels(tile.count, units, tile.step->rows, Factor{tile.operand[0], 1, inputs}, tile.operand[1], true,
                 tile.scratch, target);
}

}  // namespace

// input[rows, inputs], outputGradient[rows, units], parameter, firstMoment, secondMoment [inputs, units]
static double denseKernelGradientAdam(const Tile& tile) {
  FiniteWatch watch;
  multiplyForKernel(tile, AdamTarget(tile, &watch));
  return watch.verdict();
}

// The same operands; λ is the last attribute. Returns λ/2 · Σ parameter²
static double denseKernelGradientL2Adam(const Tile& tile) {
  const double lambda = tile.attributes[5];
  WideSums squares;
  FiniteWatch watch;
  multiplyForKernel(tile, PenalizedAdamTarget{AdamTarget(tile, &watch), every(static_cast<float>(lambda)), &squares});
  return lambda / 2 * squares.total() + watch.verdict();
}

Kernel fusedKernel(const char* chain, std::int64_t batchSize) {
  if (batchSize > kInnerBlock) return nullptr;
  if (__builtin_strcmp(chain, "denseKernelGradient adam") == 0) return denseKernelGradientAdam;
  if (__builtin_strcmp(chain, "denseKernelGradient l2 adam") == 0) return denseKernelGradientL2Adam;
  return nullptr;
}

#else

Kernel fusedKernel(const char*, std::int64_t) { return nullptr; }

#endif

}  // namespace blasnet::BLASNET_SIMD
