#include "addon/jobs.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "addon/arguments.h"
#include "addon/promise_task.h"

namespace blasnet {
namespace {

// Everything a job touches belongs to it; JavaScript may drop or dispose its handles meanwhile.
struct Job : PromiseTask {
  std::shared_ptr<CompiledProgram> program;
  std::shared_ptr<Store> store;
  std::shared_ptr<StopFlag> stop;
  Slice slice;
  int threads = 1;

  void takeParameters();

 protected:
  void work(const std::atomic<bool>& environmentStops) override;
  void release() noexcept override;
  napi_value outcome(napi_env env, const Environment& environment) override;

 private:
  LiveArenas live_;                                      // what trains has these,
  std::shared_ptr<const AlignedArray<float>> snapshot_;  // everything else reads this
  Outcome outcome_;
  std::chrono::steady_clock::time_point began_;
  double seconds_ = 0;
};

// On the JavaScript thread, so that a run sees the parameters as they were when it was called.
void Job::takeParameters() {
  // Training begins with a snapshot made, for those who read meanwhile.
  snapshot_ = store->snapshot();
  if (!program->program.training) return;
  snapshot_ = nullptr;
  live_ = LiveArenas(store);
  if (!live_) throw InvalidInput("A training run of this network is already under way");
}

void Job::work(const std::atomic<bool>& environmentStops) {
  began_ = std::chrono::steady_clock::now();
  slice.stopFlags.push_back(&environmentStops);
  if (live_ && slice.begin == Begin::keep) store->keep();
  if (live_ && slice.begin == Begin::restore) store->restore();
  auto memory = program->takeMemory(threads);
  // Only training writes, and only to the live arenas.
  float* parameters = live_ ? store->live() : const_cast<float*>(snapshot_->data());
  Runner(program->program, *memory, parameters, store.get(), slice, outcome_, threads).run();
  program->giveBack(std::move(memory));
}

void Job::release() noexcept {
  snapshot_ = nullptr;
  if (live_) {
    store->touched();
    try {
      store->publish();
    } catch (...) {
      // No memory for another copy: the next reader makes it.
    }
    live_.release();
  }
  seconds_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
}

void checkNode(napi_status status) {
  if (status != napi_ok) throw std::runtime_error("JavaScript refused the outcome of a run");
}

napi_value Job::outcome(napi_env env, const Environment& environment) {
  napi_value result = nullptr;
  checkNode(napi_create_object(env, &result));
  const auto setNumber = [&](const char* name, double number) {
    napi_value value = nullptr;
    checkNode(napi_create_double(env, number, &value));
    checkNode(napi_set_named_property(env, result, name, value));
  };
  const auto setArray = [&](const char* name, napi_typedarray_type type, const void* from, std::size_t length,
                            std::size_t bytes) {
    void* to = nullptr;
    const napi_value array = environment.createArray(env, type, length, &to);
    if (array == nullptr) throw std::bad_alloc();
    if (bytes > 0) std::memcpy(to, from, bytes);
    checkNode(napi_set_named_property(env, result, name, array));
  };
  setNumber("steps", static_cast<double>(outcome_.steps));
  setNumber("nonFinite", static_cast<double>(outcome_.nonFinite));
  setNumber("seconds", seconds_);
  const auto& totals = outcome_.totals;
  setArray("totals", napi_float64_array, totals.data(), totals.size(), totals.size() * sizeof(double));
  const auto& times = outcome_.seconds;
  if (!times.empty()) {
    setArray("callSeconds", napi_float64_array, times.data(), times.size(), times.size() * sizeof(double));
  }
  const auto& output = outcome_.output;
  if (program->program.outputs > 0) {
    setArray("output", napi_float32_array, output.data(), output.size(), output.bytes());
  }
  return result;
}

Slice toSlice(const Napi::CallbackInfo& info) {
  Slice slice;
  slice.data = Handle<Data>::unwrap(info[2]);
  if (!info[4].IsUndefined()) {
    const auto order = toView<std::uint32_t>(info[4], napi_uint32_array, "order");
    slice.order.assign(order.data, order.data + order.size);
    if (order.size == 0) throw InvalidInput("The order of samples is empty");
  }
  slice.firstSample = toInteger(info[5], "firstSample");
  slice.count = toInteger(info[6], "count");
  const auto scalars = toDoubles(info[7], "scalars");
  slice.scalars.assign(scalars.data, scalars.data + scalars.size);
  slice.seed = static_cast<std::uint64_t>(toInteger(info[8], "seed"));
  slice.firstStep = static_cast<std::uint64_t>(toInteger(info[9], "firstStep"));
  slice.timed = info[11].ToBoolean();
  if (!info[12].IsUndefined()) slice.begin = static_cast<Begin>(toInteger(info[12], "begin", 0, 2));
  return slice;
}

void checkStore(const Program& program, const Store& store) {
  if (static_cast<std::int64_t>(store.size()) != program.parameters) {
    throw InvalidInput("The program was planned for another parameter store");
  }
  if (static_cast<std::int64_t>(store.slots()) < program.slots)
    throw InvalidInput("The parameter store has too few slots");
}

}  // namespace

Napi::Value run(const Napi::CallbackInfo& info) {
  auto job = std::make_shared<Job>();
  job->program = Handle<CompiledProgram>::unwrap(info[0]);
  job->store = Handle<Store>::unwrap(info[1]);
  job->slice = toSlice(info);
  const auto threads = static_cast<int>(toInteger(info[10], "threads", 1, 1024));
  job->threads = std::min(threads, job->program->usefulThreads);
  checkStore(job->program->program, *job->store);
  checkSlice(job->program->program, job->slice);
  if (!info[3].IsUndefined()) {
    job->stop = Handle<StopFlag>::unwrap(info[3]);
    job->slice.stopFlags.push_back(&job->stop->raised);
  }
  job->takeParameters();
  if (job->slice.begin == Begin::restore && !job->store->hasKept()) {
    throw InvalidInput("The parameter store keeps no copy to begin from");
  }
  Handle<CompiledProgram>::growTo(info[0], RunMemory::bytesFor(job->program->program, job->threads));
  return PromiseTask::start(info.Env(), job);
}

Napi::Value runSync(const Napi::CallbackInfo& info) {
  const auto compiled = Handle<CompiledProgram>::unwrap(info[0]);
  const auto store = Handle<Store>::unwrap(info[1]);
  const auto input = toFloats(info[2], "input");
  const std::int64_t rows = toInteger(info[3], "rows", 1, 1e9);
  const auto output = toFloats(info[4], "output");
  const Program& program = compiled->program;
  checkStore(program, *store);
  if (program.training || program.needsLabels || program.needsTargets > 0 || program.scalars > 0) {
    throw InvalidInput("Only programs that predict run on the JavaScript thread");
  }
  if (static_cast<std::int64_t>(input.size) != rows * program.needsWidth ||
      static_cast<std::int64_t>(output.size) != rows * program.outputs) {
    throw InvalidInput("The input or the output is of another size than rows · width");
  }
  // The view lives as long as this call, and so does the run.
  const DataView view{rows, program.needsWidth, nullptr, input.data, 1.0F, nullptr, nullptr, 0, nullptr};
  const auto snapshot = store->snapshot();
  Handle<CompiledProgram>::growTo(info[0], RunMemory::bytesFor(program, 1));
  auto memory = compiled->takeMemory(1);
  runOnThisThread(program, *memory, const_cast<float*>(snapshot->data()), view, rows, output.data);
  compiled->giveBack(std::move(memory));
  return info.Env().Undefined();
}

}  // namespace blasnet
