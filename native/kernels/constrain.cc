#include <algorithm>
#include <cmath>

#include "kernels/kernels.h"

// Constraints on columns of a kernel parameter[inputs, units], operand 0, which points at the tile's first column. Rows are
// walked in the order in which they lie, a few columns wide: down a column each element would cost a cache line.
namespace blasnet::BLASNET_SIMD {

constexpr std::int64_t kColumns = 64;

// w = w·(rate·clip(‖w‖, least, most) + (1-rate)·‖w‖) / ‖w‖ for each column w; a column of zeros stays
static void constrainColumns(const Tile& tile, float* parameter, std::int64_t columns) {
  const std::int64_t inputs = tile.dimension[0];
  const std::int64_t units = tile.dimension[1];
  const double least = tile.attributes[0];
  const double most = tile.attributes[1];
  const double rate = tile.attributes[2];
  double squares[kColumns] = {};
  for (std::int64_t input = 0; input < inputs; input++) {
    const float* row = parameter + input * units;
    for (std::int64_t j = 0; j < columns; j++) {
      squares[j] += static_cast<double>(row[j]) * static_cast<double>(row[j]);
    }
  }
  float scale[kColumns];
  bool changes = false;
  for (std::int64_t j = 0; j < columns; j++) {
    const double norm = std::sqrt(squares[j]);
    const double wanted = norm < least ? least : (norm > most ? most : norm);
    const bool stays = wanted == norm || norm == 0;
    scale[j] = stays ? 1.0F : static_cast<float>((rate * wanted + (1 - rate) * norm) / norm);
    changes = changes || !stays;
  }
  if (!changes) return;
  for (std::int64_t input = 0; input < inputs; input++) {
    float* row = parameter + input * units;
    for (std::int64_t j = 0; j < columns; j++) row[j] *= scale[j];
  }
}

double constrainNorm(const Tile& tile) {
  for (std::int64_t first = 0; first < tile.count; first += kColumns) {
    constrainColumns(tile, tile.operand[0] + first, std::min(kColumns, tile.count - first));
  }
  return 0;
}

// w = max(w, 0); NaN stays NaN
double nonNegative(const Tile& tile) {
  for (std::int64_t input = 0; input < tile.dimension[0]; input++) {
    float* row = tile.operand[0] + input * tile.dimension[1];
    for (std::int64_t j = 0; j < tile.count; j++) row[j] = row[j] < 0.0F ? 0.0F : row[j];
  }
  return 0;
}

}  // namespace blasnet::BLASNET_SIMD
