// The kernel contract in C++: twin of lib/kernels/contract.ts. Kernels see plain memory and integers, never Node-API.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace blasnet {

constexpr int kMaxOperands = 8;
constexpr int kMaxSymbols = 3;
// Floats that a kernel may use for what it copies or turns round; each thread has its own.
constexpr std::int64_t kScratchFloats = 192 * 1024;

// Samples as the engine owns them. Bytes stay bytes; the network sees value * scale.
struct DataView {
  std::int64_t length;
  std::int64_t width;
  const std::uint8_t* bytes;  // [length, width] or null
  const float* floats;        // [length, width] or null
  float scale;
  const std::int32_t* labels;  // [length] or null
  const float* targets;        // [length, targetWidth] or null
  std::int64_t targetWidth;
  const float* weights;  // [length], at least 0, or null: 1 for each
};

// What changes from step to step.
struct StepContext {
  std::int64_t rows;           // samples of the batch at hand
  std::uint64_t step;          // addresses the random streams
  std::uint64_t seed;          // Philox key
  const double* scalars;       // as many as the kernel's row names; scalars[0] is the learning rate
  const double* totals;        // what the earlier stages of the step have summed up
  const DataView* data;        // null where the program gathers nothing
  const std::uint32_t* order;  // which samples; null means 0, 1, 2, ...
  std::int64_t firstSample;    // place of the batch's first sample in `order`
  std::int64_t firstOutput;    // row of `output` for the batch's first sample
  float* output;               // where `emit` writes; null where nothing is emitted
};

// One tile of one call. Operands that hold the split axis already point at the tile's first element.
struct Tile {
  float* operand[kMaxOperands];         // null where an optional operand is absent
  std::int64_t dimension[kMaxSymbols];  // extents of the signature's symbols, `rows` left out
  std::int64_t first;                   // first element of the tile on the split axis
  std::int64_t count;                   // elements of the tile
  const double* attributes;
  const StepContext* step;
  float* scratch;  // [kScratchFloats], on a 64-byte boundary
};

// Runs a kernel on one tile and returns its partial sum, 0 where it has none.
using Kernel = double (*)(const Tile&);

enum class Axis { rows, columns, parameters };
enum class Direction { in, out, inout };

struct OperandRule {
  std::string name;
  std::vector<std::string> shape;
  bool optional;
  Direction direction;
};

struct KernelRule {
  std::string name;
  Axis axis;
  std::string split;
  std::vector<OperandRule> operands;
  std::vector<std::string> symbols;  // all but `rows`, in order of first appearance
  std::vector<std::string> attributes;
  std::vector<std::string> scalars;  // numbers of the step that it reads, from scalars[0] on

  // Where the extent of a symbol stands among a call's dimensions.
  std::size_t placeOf(const std::string& symbol) const;
};

// The table, parsed once. Programs name a kernel by its place in it.
const std::vector<KernelRule>& contract();

// The table as text, in the form of contractText() in lib/kernels/signature.ts.
std::string contractText();

// SIMD levels. One source is compiled for each; the processor decides at run time.
enum class SimdLevel { baseline, avx2, avx512 };
const char* simdName(SimdLevel level);
bool simdSupported(SimdLevel level);
SimdLevel bestSimdLevel();

// The kernels of a level, in the order of the contract.
const Kernel* kernelsFor(SimdLevel level);
std::size_t kernelCount();

// The kernel of a level that does several at once, see kernels/fused.h; null where there is none.
Kernel fusedKernelFor(SimdLevel level, const char* chain, std::int64_t batchSize);

}  // namespace blasnet
