#include <cmath>

#include "kernels/elements.h"
#include "kernels/finite.h"
#include "kernels/kernels.h"
#include "kernels/sums.h"

// Clipping of a gradient's block [leading, inner], operand 0.
namespace blasnet::BLASNET_SIMD {

// Returns Σ g²
double squaredNorm(const Tile& tile) {
  const float* gradient = tile.operand[0];
  WideSums squares;
  forEachRegister(elements(tile), [&](auto here) {
    const Lanes g = here.of(gradient);
    squares.addProduct(g, g);
  });
  return squares.total();
}

// g = g·min(1, limit / norm), where an earlier stage has summed up norm² as the total of the number given
double clipNorm(const Tile& tile) {
  float* gradient = tile.operand[0];
  const double limit = tile.attributes[0];
  const double norm = std::sqrt(tile.step->totals[static_cast<std::size_t>(tile.attributes[1])]);
  if (!(norm > limit)) return 0;
  const Lanes scale = every(static_cast<float>(limit / norm));
  forEachRegister(elements(tile), [=](auto here) { here.put(gradient, times(scale, here.of(gradient))); });
  return 0;
}

// g = min(max(g, -limit), limit). Returns whether every value was finite: afterwards an infinity is none any more.
double clipValue(const Tile& tile) {
  float* gradient = tile.operand[0];
  const float limit = attribute(tile, 0);
  const Lanes least = every(-limit);
  const Lanes most = every(limit);
  FiniteWatch watch;
  forEachRegister(elements(tile), [=, &watch](auto here) {
    const Lanes g = here.of(gradient);
    watch.look(g);
    here.put(gradient, between(least, g, most));
  });
  return watch.verdict();
}

}  // namespace blasnet::BLASNET_SIMD
