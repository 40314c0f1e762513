#include "addon/compiled_program.h"

#include <algorithm>
#include <utility>

namespace blasnet {
namespace {

int mostItems(const Program& program) {
  std::int64_t most = 1;
  for (const Stage& stage : program.stages) {
    std::int64_t items = 0;
    for (std::size_t g = stage.groupStart; g < stage.groupEnd; g++) {
      const Group& group = program.groups[g];
      const std::int64_t extent = group.extent < 0 ? program.batchSize : group.extent;
      items += (extent + group.tile - 1) / group.tile;
    }
    most = std::max(most, items);
  }
  return static_cast<int>(std::min<std::int64_t>(most, 1024));
}

}  // namespace

CompiledProgram::CompiledProgram(Program decoded) : program(std::move(decoded)), usefulThreads(mostItems(program)) {
  idle_.reserve(kKept);
}

std::unique_ptr<RunMemory> CompiledProgram::takeMemory(int threads) {
  const auto wanted = static_cast<std::size_t>(threads);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (auto& memory : idle_) {
      if (memory->tile.size() < wanted) continue;
      auto taken = std::move(memory);
      memory = std::move(idle_.back());
      idle_.pop_back();
      return taken;
    }
  }
  return std::make_unique<RunMemory>(program, threads);
}

void CompiledProgram::giveBack(std::unique_ptr<RunMemory> memory) noexcept {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (idle_.size() < kKept) idle_.push_back(std::move(memory));
}

}  // namespace blasnet
