// A program as lib/program/program.ts plans it, decoded and checked, see bounds.h.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <vector>

#include "kernels/contract.h"

namespace blasnet {

// A program, slice or argument that does not hold what it must.
class InvalidInput : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// In the order of `spaces` in lib/program/program.ts.
enum class Space { batch, tile, fixed, block, parameters, gradients, slots };
constexpr int kSpaces = 7;

struct Operand {
  bool present;
  Space space;
  int slot;
  std::int64_t offset;
  // The pointer advances by this many elements per element of the split axis; 0 for memory that belongs to one tile.
  std::int64_t stride;
};

struct Call {
  Kernel kernel;
  const KernelRule* rule;
  std::vector<Operand> operands;
  std::int64_t dimension[kMaxSymbols];
  std::vector<double> attributes;
  int total;
  std::size_t source;  // its place among the calls as they were given; the first of those it was fused from
};

struct Group {
  std::size_t callStart;
  std::size_t callEnd;
  std::int64_t extent;  // -1 for the rows of the batch
  std::int64_t tile;
};

struct Stage {
  std::size_t groupStart;
  std::size_t groupEnd;
};

// Numbers that stand in the fixed space before a run begins.
struct Constant {
  std::int64_t offset;
  std::vector<float> values;
};

struct Program {
  bool training;
  bool gradients;  // some buffer lies in the gradient arena
  std::int64_t batchSize;
  std::vector<Call> calls;
  std::size_t givenCalls;  // before some were fused
  std::vector<Group> groups;
  std::vector<Stage> stages;
  std::vector<Constant> constants;
  std::int64_t sizes[4];  // elements of batch, tile, fixed and block space
  std::size_t totals;
  std::size_t scalars;
  std::int64_t slots;
  std::int64_t parameters;
  std::int64_t outputs;
  std::int64_t needsWidth;
  bool needsLabels;
  std::int64_t needsTargets;
  std::int64_t labelLimit;  // labels must be below; 0 where no kernel reads labels
};

// Throws InvalidInput. The encoding is written by lib/engine/encode.ts.
Program decodeProgram(const double* code, std::size_t length, SimdLevel level);

}  // namespace blasnet
