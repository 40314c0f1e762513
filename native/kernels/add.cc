#include "kernels/kernels.h"

namespace blasnet::BLASNET_SIMD {

// sum[rows, columns] = first[rows, columns] + second[rows, columns]
double add(const Tile& tile) {
  const float* first = tile.operand[0];
  const float* second = tile.operand[1];
  float* sum = tile.operand[2];
  for (std::int64_t i = 0; i < tile.count * tile.dimension[0]; i++) sum[i] = first[i] + second[i];
  return 0;
}

}  // namespace blasnet::BLASNET_SIMD
