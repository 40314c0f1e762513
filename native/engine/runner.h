// Runs a program over a slice of steps with a team of threads.
#pragma once

#include <exception>
#include <memory>
#include <vector>

#include "engine/barrier.h"
#include "engine/clock.h"
#include "engine/placement.h"
#include "engine/program.h"
#include "engine/run_memory.h"
#include "engine/shares.h"
#include "engine/slice.h"
#include "engine/store.h"

namespace blasnet {

// Runs a program that only predicts on the calling thread, with no allocation but what the memory already holds.
void runOnThisThread(const Program& program, RunMemory& memory, float* parameters, const DataView& data,
                     std::int64_t rows, float* output);

class Runner {
 public:
  // `parameters` is the live arena for a training program, a snapshot for others; `store` may be null for the latter.
  Runner(const Program& program, RunMemory& memory, float* parameters, Store* store, const Slice& slice,
         Outcome& outcome, int threads);

  // Runs all steps. Starts threads - 1 helpers; falls back to fewer when the system refuses.
  void run();

 private:
  struct Item {
    std::size_t group;
    std::int64_t first;
    std::int64_t count;
  };

  void work(int worker);
  void runItem(const Item& item, std::size_t index, int worker);
  void beginStep();
  void beginStage();
  void advance();
  bool mustStop() const;
  void endStep();
  void addTimes();

  const Program& program_;
  RunMemory& memory_;
  float* parameters_;
  Store* store_;
  const Slice& slice_;
  Outcome& outcome_;
  int threads_;
  Placement placement_;
  std::unique_ptr<Barrier> barrier_;

  StepContext step_{};
  std::int64_t rowsOfItems_ = -1;
  std::vector<std::vector<Item>> items_;  // by stage, for the rows at hand
  std::vector<double> partials_;          // [items of the stage, calls]
  std::vector<double> totals_;
  std::vector<Times> times_;  // by worker; empty unless the slice is timed
  std::size_t stage_ = 0;
  std::int64_t batch_ = 0;
  bool running_ = true;
  std::exception_ptr failure_;
  Shares shares_;
};

}  // namespace blasnet
