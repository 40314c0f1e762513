#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "engine/run_memory.h"

namespace blasnet {

// A program and the run memories it has had, kept for the next run.
struct CompiledProgram {
  explicit CompiledProgram(Program decoded);

  std::unique_ptr<RunMemory> takeMemory(int threads);
  void giveBack(std::unique_ptr<RunMemory> memory) noexcept;

  const Program program;
  // More threads than a stage has pieces of work would only wait.
  const int usefulThreads;

 private:
  static constexpr std::size_t kKept = 2;

  std::mutex mutex_;
  std::vector<std::unique_ptr<RunMemory>> idle_;
};

}  // namespace blasnet
