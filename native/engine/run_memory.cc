#include "engine/run_memory.h"

#include <algorithm>

namespace blasnet {

RunMemory::RunMemory(const Program& program, int threads)
    : batch(static_cast<std::size_t>(program.sizes[0])), fixed(static_cast<std::size_t>(program.sizes[2])) {
  for (int i = 0; i < threads; i++) {
    tile.emplace_back(static_cast<std::size_t>(program.sizes[1]));
    block.emplace_back(static_cast<std::size_t>(program.sizes[3]));
    scratch.emplace_back(static_cast<std::size_t>(kScratchFloats));
  }
  for (const auto& constant : program.constants) {
    std::copy(constant.values.begin(), constant.values.end(), fixed.data() + constant.offset);
  }
}

std::size_t RunMemory::bytesFor(const Program& program, int threads) {
  const std::int64_t shared = program.sizes[0] + program.sizes[2];
  const std::int64_t own = program.sizes[1] + program.sizes[3] + kScratchFloats;
  return static_cast<std::size_t>(shared + own * threads) * sizeof(float);
}

}  // namespace blasnet
