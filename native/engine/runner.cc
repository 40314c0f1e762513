#include "engine/runner.h"

#include <algorithm>
#include <cmath>
#include <thread>

#include "engine/denormals.h"
#include "engine/faults.h"
#include "engine/lifecycle.h"

namespace blasnet {
namespace {

// Where the memory spaces begin for one worker.
struct Bases {
  const Program& program;
  RunMemory& memory;
  float* parameters;
  Store* store;
  int worker;

  float* of(const Operand& operand) const {
    const auto thread = static_cast<std::size_t>(worker);
    switch (operand.space) {
      case Space::batch:
        return memory.batch.data();
      case Space::tile:
        return memory.tile[thread].data();
      case Space::fixed:
        return memory.fixed.data();
      case Space::block:
        return memory.block[thread].data();
      case Space::parameters:
        return parameters;
      case Space::gradients:
        return store->gradients();
      case Space::slots:
        return store->slot(static_cast<std::size_t>(operand.slot));
    }
    return nullptr;
  }
};

// Runs the calls of a group on one tile, one after the other. `partials` has a place for each call of the program.
void runGroup(const Program& program, const Group& group, const Bases& bases, const StepContext& step,
              std::int64_t first, std::int64_t count, double* partials, Times* times) {
  Tile tile{};
  tile.first = first;
  tile.count = count;
  tile.step = &step;
  tile.scratch = bases.memory.scratch[static_cast<std::size_t>(bases.worker)].data();
  for (std::size_t i = group.callStart; i < group.callEnd; i++) {
    const Call& call = program.calls[i];
    for (std::size_t place = 0; place < call.operands.size(); place++) {
      const Operand& operand = call.operands[place];
      tile.operand[place] = operand.present ? bases.of(operand) + operand.offset + first * operand.stride : nullptr;
    }
    std::copy(call.dimension, call.dimension + kMaxSymbols, tile.dimension);
    tile.attributes = call.attributes.data();
    const double partial = call.kernel(tile);
    if (partials != nullptr) partials[i] = partial;
    if (times != nullptr) times->calls[call.source] += times->clock.lap();
  }
}

}  // namespace

void runOnThisThread(const Program& program, RunMemory& memory, float* parameters, const DataView& data,
                     std::int64_t rows, float* output) {
  const DenormalsAreZero mode;
  const Bases bases{program, memory, parameters, nullptr, 0};
  StepContext step{};
  step.data = &data;
  step.output = output;
  for (std::int64_t done = 0; done < rows; done += program.batchSize) {
    step.firstSample = done;
    step.firstOutput = done;
    step.rows = std::min(program.batchSize, rows - done);
    for (const auto& group : program.groups) {
      const std::int64_t extent = group.extent < 0 ? step.rows : group.extent;
      for (std::int64_t first = 0; first < extent; first += group.tile) {
        const WorkGate inside;
        runGroup(program, group, bases, step, first, std::min(group.tile, extent - first), nullptr, nullptr);
      }
    }
  }
}

Runner::Runner(const Program& program, RunMemory& memory, float* parameters, Store* store, const Slice& slice,
               Outcome& outcome, int threads)
    : program_(program),
      memory_(memory),
      parameters_(parameters),
      store_(store),
      slice_(slice),
      outcome_(outcome),
      threads_(threads),
      placement_(threads),
      items_(program.stages.size()),
      totals_(program.totals),
      shares_(threads) {
  // Everything that can fail to be allocated is allocated here: threads in the middle of a step cannot report it, and must
  // not race for it.
  const auto steps = static_cast<std::size_t>((slice.count + program.batchSize - 1) / program.batchSize);
  outcome.totals.reserve(steps * program.totals);
  if (slice.timed) {
    times_.resize(static_cast<std::size_t>(threads));
    for (auto& times : times_) times.calls.resize(program.givenCalls);
    outcome.seconds.resize(program.givenCalls + 1);
  }
  if (program.gradients) store->allocateGradients();
  if (program.outputs > 0) {
    outcome.output =
        AlignedArray<float>(static_cast<std::size_t>(slice.count) * static_cast<std::size_t>(program.outputs));
  }
}

void Runner::run() {
  if (slice_.count == 0 || program_.stages.empty()) return;
  barrier_ = std::make_unique<Barrier>(threads_, !placement_.crowded());
  step_.seed = slice_.seed;
  step_.data = &slice_.data->view;
  step_.totals = totals_.data();
  step_.order = slice_.order.empty() ? nullptr : slice_.order.data();
  beginStep();
  if (!running_) return;
  std::vector<std::thread> helpers;
  try {
    helpers.reserve(static_cast<std::size_t>(threads_));
    for (int worker = 1; worker < threads_; worker++) {
      meetFault(FaultSite::thread);
      helpers.emplace_back([this, worker] { work(worker); });
    }
  } catch (...) {
    // The system has no more threads: the ones that did start do the work.
    barrier_->expectFewer(threads_ - 1 - static_cast<int>(helpers.size()));
  }
  work(0);
  for (auto& helper : helpers) helper.join();
  addTimes();
  if (failure_ != nullptr) std::rethrow_exception(failure_);
}

void Runner::work(int worker) {
  const DenormalsAreZero mode;
  Times* times = times_.empty() ? nullptr : &times_[static_cast<std::size_t>(worker)];
  if (times != nullptr) times->clock.lap();
  while (running_) {
    placement_.settle(worker);
    const auto& items = items_[stage_];
    const auto self = static_cast<std::size_t>(worker);
    for (std::size_t i = shares_.take(self); i != Shares::kNone; i = shares_.take(self)) {
      const WorkGate inside;
      runItem(items[i], i, worker);
    }
    barrier_->arrive([this] {
      // Whichever thread this is, the failure is the run's.
      try {
        advance();
      } catch (...) {
        failure_ = std::current_exception();
        running_ = false;
      }
    });
    if (times != nullptr) times->waiting += times->clock.lap();
  }
}

void Runner::addTimes() {
  for (const auto& times : times_) {
    for (std::size_t i = 0; i < times.calls.size(); i++) outcome_.seconds[i] += times.calls[i];
    outcome_.seconds.back() += times.waiting;
  }
}

void Runner::runItem(const Item& item, std::size_t index, int worker) {
  const Group& group = program_.groups[item.group];
  const Bases bases{program_, memory_, parameters_, store_, worker};
  runGroup(program_, group, bases, step_, item.first, item.count, partials_.data() + index * program_.calls.size(),
           times_.empty() ? nullptr : &times_[static_cast<std::size_t>(worker)]);
}

void Runner::beginStep() {
  const std::int64_t done = batch_ * program_.batchSize;
  if (done >= slice_.count || mustStop()) {
    running_ = false;
    return;
  }
  step_.rows = std::min(program_.batchSize, slice_.count - done);
  step_.step = slice_.firstStep + static_cast<std::uint64_t>(batch_);
  step_.scalars = slice_.scalars.data() + static_cast<std::size_t>(batch_) * program_.scalars;
  step_.firstSample = slice_.firstSample + done;
  step_.firstOutput = done;
  step_.output = outcome_.output.data();
  std::fill(totals_.begin(), totals_.end(), 0.0);
  stage_ = 0;
  beginStage();
}

// Cuts the stages into items; they depend on the number of rows only, which changes with a last, smaller batch.
void Runner::beginStage() {
  if (rowsOfItems_ != step_.rows) {
    rowsOfItems_ = step_.rows;
    std::size_t most = 0;
    for (std::size_t stage = 0; stage < program_.stages.size(); stage++) {
      auto& items = items_[stage];
      items.clear();
      for (std::size_t g = program_.stages[stage].groupStart; g < program_.stages[stage].groupEnd; g++) {
        const Group& group = program_.groups[g];
        const std::int64_t extent = group.extent < 0 ? step_.rows : group.extent;
        const std::int64_t count = (extent + group.tile - 1) / group.tile;
        const std::int64_t size = count == 0 ? 0 : (extent + count - 1) / count;
        for (std::int64_t first = 0; first < extent; first += size) {
          items.push_back(Item{g, first, std::min(size, extent - first)});
        }
      }
      most = std::max(most, items.size());
    }
    partials_.assign(most * program_.calls.size(), 0.0);
  }
  shares_.deal(items_[stage_].size());
}

// Runs on one thread between stages: adds the partial sums in item order and moves on.
void Runner::advance() {
  meetFault(FaultSite::step);
  const auto& items = items_[stage_];
  double others = 0;  // calls without a total say by it whether all that they wrote is finite
  for (std::size_t i = 0; i < items.size(); i++) {
    const Group& group = program_.groups[items[i].group];
    for (std::size_t call = group.callStart; call < group.callEnd; call++) {
      const int total = program_.calls[call].total;
      const double partial = partials_[i * program_.calls.size() + call];
      (total >= 0 ? totals_[static_cast<std::size_t>(total)] : others) += partial;
    }
  }
  const auto isFinite = [](double total) { return std::isfinite(total); };
  if (program_.training && !(isFinite(others) && std::all_of(totals_.begin(), totals_.end(), isFinite))) {
    outcome_.nonFinite = batch_;
    outcome_.totals.insert(outcome_.totals.end(), totals_.begin(), totals_.end());
    running_ = false;
    return;
  }
  stage_++;
  if (stage_ == program_.stages.size()) endStep();
  else beginStage();
}

void Runner::endStep() {
  outcome_.totals.insert(outcome_.totals.end(), totals_.begin(), totals_.end());
  batch_++;
  outcome_.steps = batch_;
  beginStep();
}

bool Runner::mustStop() const {
  if (processIsExiting()) return true;
  return std::any_of(slice_.stopFlags.begin(), slice_.stopFlags.end(), [](const auto* flag) { return flag->load(); });
}

}  // namespace blasnet
