#pragma once

#include <cstddef>
#include <vector>

#include "engine/memory.h"
#include "engine/program.h"

namespace blasnet {

// Memory of one run of a program. Threads have their own tile and block space.
struct RunMemory {
  RunMemory(const Program& program, int threads);
  // Bytes of such a memory, before there is one.
  static std::size_t bytesFor(const Program& program, int threads);
  AlignedArray<float> batch;
  AlignedArray<float> fixed;
  std::vector<AlignedArray<float>> tile;
  std::vector<AlignedArray<float>> block;
  std::vector<AlignedArray<float>> scratch;
};

}  // namespace blasnet
