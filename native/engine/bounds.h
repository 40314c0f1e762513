// Nothing that a program says can make a kernel leave its memory: calls are bound to the buffers that they name, and then
// held to what the program and its runs have.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/program.h"

namespace blasnet {

constexpr std::int64_t kMaxElements = std::int64_t{1} << 40;
constexpr std::int64_t kMaxExtent = (std::int64_t{1} << 31) - 1;  // BLAS takes 32-bit extents

// An array that calls name by its number. Extents; first is -1 for the rows of the batch.
struct Buffer {
  Space space;
  int slot;
  std::int64_t offset;
  std::int64_t first;
  std::int64_t second;
};

// The buffers of a program, and by call the numbers of those that it names; -1 where an optional operand is absent.
struct Buffers {
  std::vector<Buffer> all;
  std::vector<std::vector<int>> ofCall;
};

// Throws InvalidInput.
[[noreturn]] void invalid(const KernelRule& rule, const std::string& what);

// Throws InvalidInput for attributes that a kernel could not convert.
void checkAttributes(const KernelRule& rule, const double* attributes);

// Finds a call's operands and dimensions. Throws InvalidInput where equal symbols are not equal extents.
void bindOperands(const Program& program, const std::vector<Buffer>& buffers, const std::vector<int>& ids, Call& call);

// Throws InvalidInput for a call that does not fit its group or its memory, or that needs what its run does not bring.
// Finds out which labels the program can take.
void checkBounds(Program& program, const Buffers& buffers);

}  // namespace blasnet
