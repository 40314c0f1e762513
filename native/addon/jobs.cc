#include "addon/jobs.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <system_error>
#include <thread>

#include "addon/arguments.h"
#include "addon/environment.h"
#include "addon/failure.h"
#include "engine/faults.h"
#include "engine/lifecycle.h"

namespace blasnet {
namespace {

constexpr double kMostExtent = 1 << 24;

// Everything a job touches belongs to it; JavaScript may drop or dispose its handles meanwhile.
struct Job : Task {
  std::shared_ptr<CompiledProgram> program;
  std::shared_ptr<Store> store;
  std::shared_ptr<StopFlag> stop;
  Slice slice;
  int threads = 1;
  napi_deferred deferred = nullptr;

  void takeParameters();
  void execute() noexcept;
  void fail(Failure failure) noexcept;
  void settle(napi_env env, const Environment& environment) noexcept override;

 private:
  void runSteps();
  void releaseParameters() noexcept;
  napi_value describe(napi_env env, const Environment& environment) const;

  LiveArenas live_;                                      // what trains has these,
  std::shared_ptr<const AlignedArray<float>> snapshot_;  // everything else reads this
  Outcome outcome_;
  double seconds_ = 0;
  Failure failure_;
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

void Job::releaseParameters() noexcept {
  snapshot_ = nullptr;
  if (!live_) return;
  store->touched();
  try {
    store->publish();
  } catch (...) {
    // No memory for another copy: the next reader makes it.
  }
  live_.release();
}

void Job::runSteps() {
  meetFault(FaultSite::job);
  if (live_ && slice.begin == Begin::keep) store->keep();
  if (live_ && slice.begin == Begin::restore) store->restore();
  auto memory = program->takeMemory(threads);
  // Only training writes, and only to the live arenas.
  float* parameters = live_ ? store->live() : const_cast<float*>(snapshot_->data());
  Runner(program->program, *memory, parameters, store.get(), slice, outcome_, threads).run();
  program->giveBack(std::move(memory));
}

void Job::execute() noexcept {
  const auto start = std::chrono::steady_clock::now();
  try {
    runSteps();
  } catch (...) {
    failure_ = currentFailure();
  }
  releaseParameters();
  seconds_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Instead of `execute`.
void Job::fail(Failure failure) noexcept {
  failure_ = std::move(failure);
  releaseParameters();
}

void checkNode(napi_status status) {
  if (status != napi_ok) throw std::runtime_error("JavaScript refused the outcome of a run");
}

napi_value Job::describe(napi_env env, const Environment& environment) const {
  meetFault(FaultSite::completion);
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

void Job::settle(napi_env env, const Environment& environment) noexcept {
  napi_handle_scope scope = nullptr;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return;
  napi_value value = nullptr;
  if (!failure_) {
    try {
      value = describe(env, environment);
    } catch (...) {
      failure_ = currentFailure();
    }
  }
  if (!failure_) {
    napi_resolve_deferred(env, deferred, value);
  } else {
    value = createError(env, failure_);
    if (value != nullptr) napi_reject_deferred(env, deferred, value);
  }
  napi_close_handle_scope(env, scope);
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
  slice.scalars.reserve(scalars.size + kMaxScalars);
  slice.scalars.assign(scalars.data, scalars.data + scalars.size);
  slice.scalars.resize(scalars.size + kMaxScalars);
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

Napi::Value run(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  auto job = std::make_shared<Job>();
  job->program = Handle<CompiledProgram>::unwrap(info[0]);
  job->store = Handle<Store>::unwrap(info[1]);
  job->slice = toSlice(info);
  const auto threads = static_cast<int>(toInteger(info[10], "threads", 1, 1024));
  job->threads = std::min(threads, job->program->usefulThreads);
  checkStore(job->program->program, *job->store);
  checkSlice(job->program->program, job->slice);
  const auto environment = Environment::of(env);
  if (environment == nullptr || *environment->stopFlag()) throw std::runtime_error("The environment is going away");
  job->slice.stopFlags.push_back(environment->stopFlag());
  if (!info[3].IsUndefined()) {
    job->stop = Handle<StopFlag>::unwrap(info[3]);
    job->slice.stopFlags.push_back(&job->stop->raised);
  }
  job->takeParameters();
  if (job->slice.begin == Begin::restore && !job->store->hasKept()) {
    throw InvalidInput("The parameter store keeps no copy to begin from");
  }
  Handle<CompiledProgram>::growTo(info[0], RunMemory::bytesFor(job->program->program, job->threads));
  napi_value promise = nullptr;
  if (napi_create_promise(env, &job->deferred, &promise) != napi_ok) {
    throw std::runtime_error("JavaScript refused a promise");
  }
  environment->begin(env);
  try {
    meetFault(FaultSite::thread);
    std::thread([job, environment] {
      job->execute();
      environment->finish(job);
    }).detach();
  } catch (...) {
    // No thread to be had: the promise says so.
    environment->abandon(env);
    job->fail(failureOf("ERR_ENGINE_THREADS", "The system refused the native engine a thread"));
    job->settle(env, *environment);
  }
  return Napi::Value(env, promise);
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
  const DataView view{rows, program.needsWidth, nullptr, input.data, 1.0F, nullptr, nullptr, 0};
  const auto snapshot = store->snapshot();
  Handle<CompiledProgram>::growTo(info[0], RunMemory::bytesFor(program, 1));
  auto memory = compiled->takeMemory(1);
  runOnThisThread(program, *memory, const_cast<float*>(snapshot->data()), view, rows, output.data);
  compiled->giveBack(std::move(memory));
  return info.Env().Undefined();
}

Napi::Value runKernel(const Napi::CallbackInfo& info) {
  const auto level = static_cast<SimdLevel>(toInteger(info[0], "SIMD level", 0, 2));
  if (!simdSupported(level)) throw InvalidInput("This processor does not have the SIMD level asked for");
  const auto id = static_cast<std::size_t>(toInteger(info[1], "kernel", 0, static_cast<double>(kernelCount()) - 1));
  const KernelRule& rule = contract()[id];
  const auto dimensions = toDoubles(info[3], "dimensions");
  const auto attributes = toDoubles(info[4], "attributes");
  const auto scalars = toDoubles(info[10], "scalars");
  const auto totals = info[11].IsUndefined() ? View<double>{} : toDoubles(info[11], "totals");
  StepContext step{};
  step.rows = toInteger(info[7], "rows", 0, 1e9);
  step.step = static_cast<std::uint64_t>(toInteger(info[8], "step"));
  step.seed = static_cast<std::uint64_t>(toInteger(info[9], "seed"));
  step.scalars = scalars.data;
  step.totals = totals.data;
  Tile tile{};
  tile.step = &step;
  tile.attributes = attributes.data;
  tile.first = toInteger(info[5], "first", 0, 1e9);
  tile.count = toInteger(info[6], "count", 0, 1e9);
  if (dimensions.size != rule.symbols.size() || attributes.size != rule.attributes.size() || scalars.size < 4) {
    throw InvalidInput("Kernel " + rule.name + ": wrong number of dimensions, attributes or scalars");
  }
  checkAttributes(rule, attributes.data);
  for (std::size_t i = 0; i < rule.attributes.size(); i++) {
    if (rule.attributes[i] == "total" && !(attributes.data[i] < static_cast<double>(totals.size))) {
      throw InvalidInput("Kernel " + rule.name + ": reads a total that is not there");
    }
  }
  for (std::size_t i = 0; i < dimensions.size; i++) {
    const double extent = dimensions.data[i];
    if (!(extent >= 1 && extent <= kMostExtent) || extent != std::floor(extent)) {
      throw InvalidInput("Kernel " + rule.name + ": a dimension is out of range");
    }
    tile.dimension[i] = static_cast<std::int64_t>(extent);
  }
  const auto extentOf = [&](const std::string& symbol) {
    if (symbol == "rows") return step.rows;
    for (std::size_t i = 0; i < rule.symbols.size(); i++) {
      if (rule.symbols[i] == symbol) return tile.dimension[i];
    }
    return std::int64_t{0};
  };
  if (tile.first + tile.count > extentOf(rule.split)) throw InvalidInput("The tile lies outside its axis");
  if (!info[2].IsArray()) throw InvalidInput("Expected an array of operands");
  const auto operands = info[2].As<Napi::Array>();
  // All of them first: to get one may run JavaScript, which may take away the memory of another.
  std::vector<Napi::Value> values;
  for (std::size_t i = 0; i < rule.operands.size(); i++) values.push_back(operands.Get(static_cast<std::uint32_t>(i)));
  for (std::size_t i = 0; i < rule.operands.size(); i++) {
    const OperandRule& operand = rule.operands[i];
    const Napi::Value& value = values[i];
    if (value.IsUndefined() && operand.optional) continue;
    const auto view = toFloats(value, operand.name.c_str());
    std::int64_t size = 1;
    std::int64_t stride = 0;
    for (std::size_t place = 0; place < operand.shape.size(); place++) {
      size *= extentOf(operand.shape[place]);
      if (operand.shape[place] != rule.split) continue;
      stride = place == 0 && operand.shape.size() == 2 ? extentOf(operand.shape[1]) : 1;
    }
    if (static_cast<std::int64_t>(view.size) != size)
      throw InvalidInput("Operand " + operand.name + " is of another size");
    tile.operand[i] = view.data + tile.first * stride;
    if (operand.name == "labels" && operand.direction == Direction::in) {
      for (std::size_t row = 0; row < view.size; row++) {
        if (!(view.data[row] >= 0 && view.data[row] < static_cast<float>(extentOf("classes")))) {
          throw InvalidInput("A label is out of range");
        }
      }
    }
  }
  if (rule.name.rfind("gather", 0) == 0 || rule.name == "emit")
    throw InvalidInput("Kernel " + rule.name + " needs a run");
  AlignedArray<float> scratch(static_cast<std::size_t>(kScratchFloats));
  tile.scratch = scratch.data();
  const WorkGate inside;
  return Napi::Number::New(info.Env(), kernelsFor(level)[id](tile));
}

}  // namespace blasnet
