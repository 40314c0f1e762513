#include "kernels/adam_step.h"
#include "kernels/kernels.h"
#include "kernels/vector_math.h"

// Optimizer updates of a block [leading, inner]. gradient is operand 0, the parameter operand 1, slots follow.
namespace blasnet::BLASNET_SIMD {

BLASNET_INLINE std::int64_t elements(const Tile& tile) { return tile.count * tile.dimension[1]; }
BLASNET_INLINE float scalar(const Tile& tile, int index) { return static_cast<float>(tile.step->scalars[index]); }
BLASNET_INLINE float attribute(const Tile& tile, int index) { return static_cast<float>(tile.attributes[index]); }

// p -= α·g
double sgd(const Tile& tile) {
  const float* __restrict gradient = tile.operand[0];
  float* __restrict parameter = tile.operand[1];
  const float learningRate = scalar(tile, 0);
  for (std::int64_t i = 0; i < elements(tile); i++) parameter[i] -= learningRate * gradient[i];
  return 0;
}

// v = μ·v + g; p -= α·v
double momentum(const Tile& tile) {
  const float* __restrict gradient = tile.operand[0];
  float* __restrict parameter = tile.operand[1];
  float* __restrict velocity = tile.operand[2];
  const float learningRate = scalar(tile, 0);
  const float mu = attribute(tile, 0);
  for (std::int64_t i = 0; i < elements(tile); i++) {
    const float speed = mu * velocity[i] + gradient[i];
    velocity[i] = speed;
    parameter[i] -= learningRate * speed;
  }
  return 0;
}

// s = ρ·s + (1-ρ)·g²; p -= α·g / (√s + ε)
double rmsProp(const Tile& tile) {
  const float* __restrict gradient = tile.operand[0];
  float* __restrict parameter = tile.operand[1];
  float* __restrict meanSquare = tile.operand[2];
  const float learningRate = scalar(tile, 0);
  const float decay = attribute(tile, 0);
  const auto take = static_cast<float>(1.0 - tile.attributes[0]);
  const float epsilon = attribute(tile, 1);
  for (std::int64_t i = 0; i < elements(tile); i++) {
    const float g = gradient[i];
    const float square = decay * meanSquare[i] + take * g * g;
    meanSquare[i] = square;
    parameter[i] -= learningRate * g / (__builtin_sqrtf(square) + epsilon);
  }
  return 0;
}

// m = β₁·m + (1-β₁)·g; v = β₂·v + (1-β₂)·g²; p -= α·c₁·m / (√v·c₂ + ε)
double adam(const Tile& tile) {
  const float* __restrict gradient = tile.operand[0];
  float* __restrict parameter = tile.operand[1];
  float* __restrict firstMoment = tile.operand[2];
  float* __restrict secondMoment = tile.operand[3];
  const AdamNumbers numbers(tile.attributes, tile.step->scalars);
  const std::int64_t count = elements(tile);
#if defined(__AVX2__)
  for (std::int64_t i = 0; i < count; i += kLaneCount) {
    const LaneMask mask = firstLanes(count - i);
    Lanes m = load(firstMoment + i, mask);
    Lanes v = load(secondMoment + i, mask);
    const Lanes updated = adamStep(numbers, load(gradient + i, mask), m, v, load(parameter + i, mask));
    store(firstMoment + i, m, mask);
    store(secondMoment + i, v, mask);
    store(parameter + i, updated, mask);
  }
#else
  for (std::int64_t i = 0; i < count; i++) {
    const float g = gradient[i];
    const float m = numbers.beta1 * firstMoment[i] + numbers.take1 * g;
    const float v = numbers.beta2 * secondMoment[i] + numbers.take2 * g * g;
    firstMoment[i] = m;
    secondMoment[i] = v;
    parameter[i] -= numbers.stepSize * m / (__builtin_sqrtf(v) * numbers.correction + numbers.epsilon);
  }
#endif
  return 0;
}

}  // namespace blasnet::BLASNET_SIMD
