// Runs a program over a slice of steps with a team of threads.
#pragma once

#include <atomic>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "engine/barrier.h"
#include "engine/clock.h"
#include "engine/memory.h"
#include "engine/placement.h"
#include "engine/program.h"
#include "engine/store.h"

namespace blasnet {

// Samples in native memory, copied from JavaScript once.
struct Data {
  DataView view{};
  AlignedArray<std::uint8_t> bytes;
  AlignedArray<float> floats;
  AlignedArray<std::int32_t> labels;
  AlignedArray<float> targets;
  AlignedArray<float> weights;
  std::int32_t leastLabel = 0;
  std::int32_t largestLabel = -1;

  std::size_t size() const {
    return bytes.bytes() + floats.bytes() + labels.bytes() + targets.bytes() + weights.bytes();
  }
};

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

// How a training run begins.
enum class Begin {
  here,     // with the arenas as they are
  keep,     // with a copy made of parameters and slots
  restore,  // from that copy
};

// Many steps in one call: samples [firstSample, firstSample + count) of `order`, a batch at a time.
struct Slice {
  std::shared_ptr<const Data> data;
  std::vector<std::uint32_t> order;  // empty means 0, 1, 2, ...
  std::int64_t firstSample = 0;
  std::int64_t count = 0;
  std::vector<double> scalars;  // [steps, program.scalars], then kMaxScalars zeros
  std::uint64_t seed = 0;
  std::uint64_t firstStep = 0;
  std::vector<const std::atomic<bool>*> stopFlags;
  bool timed = false;  // fill outcome.seconds
  Begin begin = Begin::here;
};

struct Outcome {
  std::int64_t steps = 0;       // completed
  std::vector<double> totals;   // [steps, program.totals]
  AlignedArray<float> output;   // [count, program.outputs]
  std::vector<double> seconds;  // [calls as given, and waiting], summed over threads; empty unless the slice is timed
  // The step of the slice that met a sum, a gradient or a parameter that is not finite, and was left; it may have updated
  // parameters by then.
  std::int64_t nonFinite = -1;
};

// Throws InvalidInput when the slice does not fit the program.
void checkSlice(const Program& program, const Slice& slice);

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
  alignas(64) std::atomic<std::size_t> nextItem_{0};
};

}  // namespace blasnet
