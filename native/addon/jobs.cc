#include "addon/jobs.h"

#include <chrono>
#include <cstring>
#include <system_error>
#include <thread>

#include "addon/arguments.h"
#include "addon/environment.h"
#include "engine/lifecycle.h"

namespace blasnet {
namespace {

// Everything a job touches belongs to it; JavaScript may drop or dispose its handles meanwhile.
struct Job {
  std::shared_ptr<CompiledProgram> program;
  std::shared_ptr<Store> store;
  std::shared_ptr<StopFlag> stop;
  Slice slice;
  Outcome outcome;
  int threads = 1;
  double seconds = 0;
  std::string errorCode;
  std::string error;

  void execute();

 private:
  void runSteps();
};

void Job::runSteps() {
  auto memory = program->takeMemory(threads);
  const bool training = program->program.training;
  // Only training writes, and only to the live arena; what predicts reads a snapshot that nobody writes.
  std::shared_ptr<const AlignedArray<float>> snapshot = training ? nullptr : store->snapshot();
  float* parameters = training ? store->live() : const_cast<float*>(snapshot->data());
  Runner(program->program, *memory, parameters, store.get(), slice, outcome, threads).run();
  if (training) store->publish();
  program->giveBack(std::move(memory));
}

void Job::execute() {
  const auto start = std::chrono::steady_clock::now();
  try {
    runSteps();
  } catch (const std::bad_alloc&) {
    errorCode = "ERR_ENGINE_MEMORY";
    error = "The native engine could not get the memory it needs";
  } catch (const std::exception& exception) {
    errorCode = "ERR_ENGINE_NATIVE";
    error = exception.what();
  } catch (...) {
    errorCode = "ERR_ENGINE_NATIVE";
    error = "The native engine failed";
  }
  if (program->program.training) store->endTraining();
  seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Napi::Float32Array copyFloats(Napi::Env env, const AlignedArray<float>& values) {
  auto array = Napi::Float32Array::New(env, values.size());
  if (values.size() > 0) std::memcpy(array.Data(), values.data(), values.bytes());
  return array;
}

// Runs on the JavaScript thread. Failures of Node-API here mean that the environment is going away.
void settle(napi_env rawEnv, napi_deferred deferred, const Job& job) {
  const Napi::Env env(rawEnv);
  const Napi::HandleScope scope(env);
  try {
    if (!job.error.empty()) {
      auto error = Napi::Error::New(env, job.error);
      error.Set("code", Napi::String::New(env, job.errorCode));
      napi_reject_deferred(env, deferred, error.Value());
      return;
    }
    auto result = Napi::Object::New(env);
    result.Set("steps", static_cast<double>(job.outcome.steps));
    result.Set("nonFinite", static_cast<double>(job.outcome.nonFinite));
    result.Set("seconds", job.seconds);
    auto totals = Napi::Float64Array::New(env, job.outcome.totals.size());
    if (!job.outcome.totals.empty()) {
      std::memcpy(totals.Data(), job.outcome.totals.data(), job.outcome.totals.size() * sizeof(double));
    }
    result.Set("totals", totals);
    if (job.program->program.outputs > 0) result.Set("output", copyFloats(env, job.outcome.output));
    napi_resolve_deferred(env, deferred, result);
  } catch (const Napi::Error& error) {
    napi_reject_deferred(env, deferred, error.Value());
  }
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

void CompiledProgram::giveBack(std::unique_ptr<RunMemory> memory) {
  constexpr std::size_t kKept = 2;
  const std::lock_guard<std::mutex> lock(mutex_);
  if (idle_.size() < kKept) idle_.push_back(std::move(memory));
}

Napi::Value run(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  auto job = std::make_shared<Job>();
  job->program = Handle<CompiledProgram>::unwrap(info[0]);
  job->store = Handle<Store>::unwrap(info[1]);
  job->slice = toSlice(info);
  job->threads = static_cast<int>(toInteger(info[10], "threads", 1, 1024));
  checkStore(job->program->program, *job->store);
  checkSlice(job->program->program, job->slice);
  const auto environment = Environment::of(env);
  if (environment == nullptr) throw std::runtime_error("The native engine is not loaded in this environment");
  job->slice.stopFlags.push_back(environment->stopFlag());
  if (!info[3].IsUndefined()) {
    job->stop = Handle<StopFlag>::unwrap(info[3]);
    job->slice.stopFlags.push_back(&job->stop->raised);
  }
  const bool training = job->program->program.training;
  if (training && !job->store->beginTraining()) {
    throw InvalidInput("A training run of this network is already under way");
  }
  napi_deferred deferred = nullptr;
  napi_value promise = nullptr;
  if (napi_create_promise(env, &deferred, &promise) != napi_ok) {
    if (training) job->store->endTraining();
    throw std::runtime_error("JavaScript refused a promise");
  }
  environment->beginJob(env);
  try {
    std::thread([job, environment, deferred] {
      job->execute();
      environment->finishJob({deferred, [job](napi_env jsEnv, napi_deferred target) { settle(jsEnv, target, *job); }});
    }).detach();
  } catch (const std::exception& error) {
    // No thread to be had: the promise says so.
    environment->abandonJob(env);
    if (training) job->store->endTraining();
    job->errorCode = "ERR_ENGINE_THREADS";
    job->error = std::string("The system refused a thread: ") + error.what();
    settle(env, deferred, *job);
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
  if (dimensions.size != rule.symbols.size() || attributes.size != rule.attributes || scalars.size < 4) {
    throw InvalidInput("Kernel " + rule.name + ": wrong number of dimensions, attributes or scalars");
  }
  if (rule.totalAttribute >= 0 && !(attributes.data[rule.totalAttribute] >= 0 &&
                                    attributes.data[rule.totalAttribute] < static_cast<double>(totals.size))) {
    throw InvalidInput("Kernel " + rule.name + ": reads a total that is not there");
  }
  for (std::size_t i = 0; i < dimensions.size; i++) tile.dimension[i] = static_cast<std::int64_t>(dimensions.data[i]);
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
  for (std::size_t i = 0; i < rule.operands.size(); i++) {
    const OperandRule& operand = rule.operands[i];
    const Napi::Value value = operands.Get(static_cast<std::uint32_t>(i));
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
