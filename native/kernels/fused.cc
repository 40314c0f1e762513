// Chains of kernels that are one: the later ones work on what the first still holds in registers. engine/fuse.cc puts them
// in the place of the chain; results are those of the chain.
#include "kernels/fused.h"

#include "kernels/adam_step.h"
#include "kernels/delayed.h"
#include "kernels/few_columns.h"
#include "kernels/finite.h"
#include "kernels/kernels.h"
#include "kernels/sums.h"

namespace blasnet::BLASNET_SIMD {

#if defined(__AVX2__)

namespace {

// Takes a sum as the gradient of the parameters that it stands for, and updates them. `Short` as in the numbers.
template <bool Short>
struct AdamUpdate {
  AdamNumbers numbers;
  float* parameter;
  float* firstMoment;
  float* secondMoment;
  FiniteWatch watch;

  AdamUpdate(const Tile& tile, const AdamNumbers& ofStep)
      : numbers(ofStep), parameter(tile.operand[2]), firstMoment(tile.operand[3]), secondMoment(tile.operand[4]) {}

  BLASNET_ALWAYS_INLINE void ask(std::int64_t place, int registers) const {
    for (const float* from : {parameter + place, firstMoment + place, secondMoment + place}) {
      for (int n = 0; n < registers; n++) askToWrite(from + n * kLaneCount);
    }
  }
  template <typename Where>
  BLASNET_ALWAYS_INLINE void apply(Where where, Lanes gradient) {
    Lanes m = where.of(firstMoment);
    Lanes v = where.of(secondMoment);
    const Lanes before = where.of(parameter);
    const Lanes updated =
        Short ? adamShortStep(numbers, gradient, m, v, before) : adamStep(numbers, gradient, m, v, before);
    where.put(firstMoment, m);
    where.put(secondMoment, v);
    where.put(parameter, updated);
    watch.look(where.present(updated), where.present(v));
  }
};

// The same with an l2 penalty between the two.
struct PenalizedAdamUpdate {
  AdamUpdate<false> adam;
  Lanes lambda;
  WideSums squares;

  BLASNET_ALWAYS_INLINE void ask(std::int64_t place, int registers) const { adam.ask(place, registers); }
  template <typename Where>
  BLASNET_ALWAYS_INLINE void apply(Where where, Lanes gradient) {
    const Lanes value = where.of(adam.parameter);
    squares.addProduct(value, value);
    adam.apply(where, multiplyAdd(lambda, value, gradient));
  }
};

// input[rows, inputs] and outputGradient[rows, units] are operands 0 and 1. Returns the update as it is after the last sum.
template <typename Update>
Update multiplyForKernel(const Tile& tile, const Update& update) {
  alignas(64) float sums[kMostDelayed * kLaneCount];
  const std::int64_t inputs = tile.dimension[0];
  const std::int64_t units = tile.dimension[1];
  const std::int64_t many = units - fewOf(units);
  Delayed<Update> target(update, units, lastLanes(many), sums);
  multiplyPanels(tile.count, many, tile.step->rows, ColumnsOf{tile.operand[0], inputs},
                 Right{tile.operand[1], units, true}, tile.scratch, target);
  target.takeAll();
#if defined(__AVX512F__)
  if (many < units) {
    multiplyFewAlongRows(tile.count, units - many, tile.step->rows, tile.operand[0], inputs, tile.operand[1] + many,
                         units, many, units, target.update);
  }
#endif
  return target.update;
}

}  // namespace

// input[rows, inputs], outputGradient[rows, units], parameter, firstMoment, secondMoment [inputs, units]
static double denseKernelGradientAdam(const Tile& tile) {
  const AdamNumbers numbers(tile.attributes, tile.step->scalars);
  if (numbers.isShort) return multiplyForKernel(tile, AdamUpdate<true>(tile, numbers)).watch.verdict();
  return multiplyForKernel(tile, AdamUpdate<false>(tile, numbers)).watch.verdict();
}

// The same operands; λ is the last attribute. Returns λ/2 · Σ parameter²
static double denseKernelGradientL2Adam(const Tile& tile) {
  const double lambda = tile.attributes[5];
  const PenalizedAdamUpdate update{
      AdamUpdate<false>(tile, AdamNumbers(tile.attributes, tile.step->scalars)), every(static_cast<float>(lambda)), {}};
  const PenalizedAdamUpdate done = multiplyForKernel(tile, update);
  return lambda / 2 * done.squares.total() + done.adam.watch.verdict();
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
