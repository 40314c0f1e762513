// The table of functions that JavaScript sees, each a thin wrapper. Long work is a PromiseTask.
#include <napi.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "addon/arguments.h"
#include "addon/environment.h"
#include "addon/failure.h"
#include "addon/jobs.h"
#include "addon/run_kernel.h"
#include "addon/shards.h"
#include "blas.h"
#include "engine/faults.h"
#include "engine/lifecycle.h"
#include "engine/peak.h"

namespace blasnet {
namespace {

using Info = Napi::CallbackInfo;

// No C++ exception may reach Node-API: each becomes a JavaScript error with a code. Where the environment is going away
// and refuses even that, nobody is left to hear of it.
template <Napi::Value (*Function)(const Info&)>
Napi::Value guarded(const Info& info) {
  const napi_env env = info.Env();
  try {
    meetFault(FaultSite::call);
    return Function(info);
  } catch (const Napi::Error& error) {
    napi_throw(env, error.Value());
  } catch (...) {
    const napi_value error = createError(env, currentFailure());
    if (error != nullptr) napi_throw(env, error);
  }
  return {};
}

Napi::Value getContract(const Info& info) { return Napi::String::New(info.Env(), contractText()); }

Napi::Value getInfo(const Info& info) {
  auto result = Napi::Object::New(info.Env());
  result.Set("blas", blas::vendor());
  result.Set("blasCore", blas::coreName());
  result.Set("simd", simdName(bestSimdLevel()));
  result.Set("cores", static_cast<double>(std::thread::hardware_concurrency()));
  return result;
}

SimdLevel toLevel(const Napi::Value& value) {
  if (value.IsUndefined()) return bestSimdLevel();
  const auto level = static_cast<SimdLevel>(toInteger(value, "SIMD level", 0, 2));
  if (!simdSupported(level)) throw InvalidInput("This processor does not have the SIMD level asked for");
  return level;
}

Napi::Value createData(const Info& info) {
  auto data = std::make_shared<Data>();
  const std::int64_t length = toInteger(info[0], "length", 0, 4294967295.0);
  const std::int64_t width = toInteger(info[1], "width", 1, 2147483647.0);
  const auto elements = static_cast<std::size_t>(length) * static_cast<std::size_t>(width);
  data->view.length = length;
  data->view.width = width;
  if (info[2].IsTypedArray() && info[2].As<Napi::TypedArray>().TypedArrayType() == napi_uint8_array) {
    const auto bytes = toView<std::uint8_t>(info[2], napi_uint8_array, "features");
    if (bytes.size < elements) throw InvalidInput("There are fewer features than length · width");
    data->bytes = AlignedArray<std::uint8_t>(bytes.data, elements);
    data->view.bytes = data->bytes.data();
  } else {
    const auto floats = toFloats(info[2], "features");
    if (floats.size < elements) throw InvalidInput("There are fewer features than length · width");
    data->floats = AlignedArray<float>(floats.data, elements);
    data->view.floats = data->floats.data();
  }
  data->view.scale = static_cast<float>(toNumber(info[3], "scale", -1e30, 1e30));
  if (!info[4].IsUndefined()) {
    const auto labels = toView<std::int32_t>(info[4], napi_int32_array, "labels");
    if (labels.size < static_cast<std::size_t>(length)) throw InvalidInput("There are fewer labels than samples");
    data->labels = AlignedArray<std::int32_t>(labels.data, static_cast<std::size_t>(length));
    data->view.labels = data->labels.data();
    for (std::int64_t i = 0; i < length; i++) {
      data->leastLabel = std::min(data->leastLabel, data->view.labels[i]);
      data->largestLabel = std::max(data->largestLabel, data->view.labels[i]);
    }
  }
  if (!info[5].IsUndefined()) {
    const auto targets = toFloats(info[5], "targets");
    data->view.targetWidth = toInteger(info[6], "targetWidth", 1, 2147483647.0);
    const auto size = static_cast<std::size_t>(length) * static_cast<std::size_t>(data->view.targetWidth);
    if (targets.size < size) throw InvalidInput("There are fewer targets than length · targetWidth");
    data->targets = AlignedArray<float>(targets.data, size);
    data->view.targets = data->targets.data();
  }
  if (!info[7].IsUndefined()) {
    const auto weights = toFloats(info[7], "weights");
    if (weights.size < static_cast<std::size_t>(length)) throw InvalidInput("There are fewer weights than samples");
    data->weights = AlignedArray<float>(weights.data, static_cast<std::size_t>(length));
    data->view.weights = data->weights.data();
  }
  const std::size_t bytes = data->size();
  return Handle<Data>::wrap(info.Env(), std::move(data), bytes);
}

// Copies, and tells whether every value is finite. A piece at a time: it is looked at while it is in the cache.
bool copyFinite(const float* from, std::size_t count, float* to) {
  constexpr std::size_t kPiece = 2048;
  std::uint32_t seen = 0;
  for (std::size_t first = 0; first < count; first += kPiece) {
    const std::size_t length = std::min(kPiece, count - first);
    std::memcpy(to + first, from + first, length * sizeof(float));
    for (std::size_t i = first; i < first + length; i++) {
      std::uint32_t bits;
      std::memcpy(&bits, to + i, sizeof bits);
      // An exponent of all ones, which only NaN and the infinities have, overflows into the sign.
      seen |= (bits & 0x7f800000U) + 0x00800000U;
    }
  }
  return (seen & 0x80000000U) == 0;
}

// undefined where a feature is not finite
Napi::Value createSamples(const Info& info) {
  auto data = std::make_shared<Data>();
  const auto features = toFloats(info[0], "features");
  const std::int64_t width = toInteger(info[1], "width", 1, 2147483647.0);
  data->view.length = static_cast<std::int64_t>(features.size) / width;
  if (data->view.length > 4294967295) throw InvalidInput("There are too many samples");
  data->view.width = width;
  data->view.scale = 1;
  bool finite = false;
  data->floats =
      AlignedArray<float>(features.size, [&](float* to) { finite = copyFinite(features.data, features.size, to); });
  if (!finite) return info.Env().Undefined();
  data->view.floats = data->floats.data();
  const std::size_t bytes = data->size();
  return Handle<Data>::wrap(info.Env(), std::move(data), bytes);
}

Napi::Value createStore(const Info& info) {
  const auto parameters = static_cast<std::size_t>(toInteger(info[0], "parameters", 0, 1099511627776.0));
  const auto slots = static_cast<std::size_t>(toInteger(info[1], "slots", 0, 16));
  auto store = std::make_shared<Store>(parameters, slots);
  const std::size_t bytes = store->bytes();
  return Handle<Store>::wrap(info.Env(), std::move(store), bytes);
}

struct Range {
  std::size_t offset;
  View<float> view;
};

Range toRange(const Info& info, const Store& store) {
  const Range range{static_cast<std::size_t>(toInteger(info[3], "offset")), toFloats(info[4], "values")};
  if (range.offset > store.size() || range.view.size > store.size() - range.offset) {
    throw InvalidInput("The range lies outside the arena");
  }
  return range;
}

// Arenas by number: 0 parameters, 1 gradients, 2 slots. For the owner of the live arenas.
float* arena(const Info& info, Store& store) {
  switch (toInteger(info[1], "arena", 0, 2)) {
    case 0:
      return store.live();
    case 1:
      store.allocateGradients();
      return store.gradients();
    default:
      return store.slot(
          static_cast<std::size_t>(toInteger(info[2], "slot", 0, static_cast<double>(store.slots()) - 1)));
  }
}

Napi::Value readStore(const Info& info) {
  const auto store = Handle<Store>::unwrap(info[0]);
  const Range range = toRange(info, *store);
  const std::size_t bytes = range.view.size * sizeof(float);
  if (toInteger(info[1], "arena", 0, 2) == 0) {
    const auto snapshot = store->snapshot();
    if (bytes > 0) std::memcpy(range.view.data, snapshot->data() + range.offset, bytes);
    return info.Env().Undefined();
  }
  const LiveArenas live(store);
  if (!live) throw InvalidInput("Gradients and slots cannot be read while a training run is under way");
  const float* from = arena(info, *store);
  if (bytes > 0) std::memcpy(range.view.data, from + range.offset, bytes);
  return info.Env().Undefined();
}

Napi::Value writeStore(const Info& info) {
  const auto store = Handle<Store>::unwrap(info[0]);
  const Range range = toRange(info, *store);
  const LiveArenas live(store);
  if (!live) throw InvalidInput("Parameters cannot be written while a training run is under way");
  float* to = arena(info, *store);
  if (range.view.size > 0) std::memcpy(to + range.offset, range.view.data, range.view.size * sizeof(float));
  store->touched();
  return info.Env().Undefined();
}

Napi::Value dropKept(const Info& info) {
  const auto store = Handle<Store>::unwrap(info[0]);
  const LiveArenas live(store);
  if (!live) throw InvalidInput("A copy cannot be dropped while a training run is under way");
  store->dropKept();
  return info.Env().Undefined();
}

Napi::Value compile(const Info& info) {
  const auto code = toDoubles(info[0], "program");
  const SimdLevel level = toLevel(info[1]);
  auto compiled = std::make_shared<CompiledProgram>(decodeProgram(code.data, code.size, level));
  return Handle<CompiledProgram>::wrap(info.Env(), std::move(compiled), 0);
}

Napi::Value createStop(const Info& info) { return Handle<StopFlag>::wrap(info.Env(), std::make_shared<StopFlag>(), 0); }

Napi::Value raiseStop(const Info& info) {
  Handle<StopFlag>::unwrap(info[0])->raised = true;
  return info.Env().Undefined();
}

Napi::Value dispose(const Info& info) {
  const bool known =
      Handle<Data>::dispose(info[0]) || Handle<Store>::dispose(info[0]) || Handle<CompiledProgram>::dispose(info[0]);
  return Napi::Boolean::New(info.Env(), known);
}

Napi::Value measurePeak(const Info& info) {
  // It holds the JavaScript thread, and more threads than cores measure nothing.
  const double seconds = toNumber(info[0], "seconds", 0, 10);
  const auto cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  const int threads = std::min(cores, static_cast<int>(toInteger(info[1], "threads", 1, 1024)));
  auto result = Napi::Object::New(info.Env());
  result.Set("gflops", peakGflops(seconds, threads));
  result.Set("gigabytesPerSecond", copyBandwidth(seconds, threads));
  return result;
}

// failAllocation(after, forever): the allocation that `after` others precede fails; -1 takes it back
Napi::Value failAllocation(const Info& info) {
  const bool forever = info[1].IsBoolean() && info[1].As<Napi::Boolean>().Value();
  orderFault(FaultSite::allocation, FaultKind::refusal, toInteger(info[0], "allocations", -1, 1e9), forever);
  return info.Env().Undefined();
}

// fault(site, kind, after, forever): see engine/faults.h
Napi::Value fault(const Info& info) {
  const auto site = static_cast<FaultSite>(toInteger(info[0], "site", 0, kFaultSites - 1));
  const auto kind = static_cast<FaultKind>(toInteger(info[1], "kind", 0, kFaultKinds - 1));
  const bool forever = info[3].IsBoolean() && info[3].As<Napi::Boolean>().Value();
  orderFault(site, kind, toInteger(info[2], "after", -1, 1e9), forever);
  return info.Env().Undefined();
}

Napi::Value setMemoryLimit(const Info& info) {
  limitMemory(static_cast<std::size_t>(toInteger(info[0], "bytes")));
  return info.Env().Undefined();
}

Napi::Value getAllocatedBytes(const Info& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(allocatedBytes()));
}

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  installLifecycleHandlers();
  blas::useOneThread();
  WorkGate::limitTo(blas::mostCallers());
  if (Environment::create(env) == nullptr) throw Napi::Error::New(env, "Node-API refused a thread-safe function");
  exports.Set("contract", Napi::Function::New<guarded<getContract>>(env, "contract"));
  exports.Set("info", Napi::Function::New<guarded<getInfo>>(env, "info"));
  exports.Set("createData", Napi::Function::New<guarded<createData>>(env, "createData"));
  exports.Set("createSamples", Napi::Function::New<guarded<createSamples>>(env, "createSamples"));
  exports.Set("createStore", Napi::Function::New<guarded<createStore>>(env, "createStore"));
  exports.Set("readStore", Napi::Function::New<guarded<readStore>>(env, "readStore"));
  exports.Set("writeStore", Napi::Function::New<guarded<writeStore>>(env, "writeStore"));
  exports.Set("dropKept", Napi::Function::New<guarded<dropKept>>(env, "dropKept"));
  exports.Set("readShards", Napi::Function::New<guarded<readShards>>(env, "readShards"));
  exports.Set("compile", Napi::Function::New<guarded<compile>>(env, "compile"));
  exports.Set("run", Napi::Function::New<guarded<run>>(env, "run"));
  exports.Set("runSync", Napi::Function::New<guarded<runSync>>(env, "runSync"));
  exports.Set("runKernel", Napi::Function::New<guarded<runKernel>>(env, "runKernel"));
  exports.Set("createStop", Napi::Function::New<guarded<createStop>>(env, "createStop"));
  exports.Set("raiseStop", Napi::Function::New<guarded<raiseStop>>(env, "raiseStop"));
  exports.Set("dispose", Napi::Function::New<guarded<dispose>>(env, "dispose"));
  exports.Set("measurePeak", Napi::Function::New<guarded<measurePeak>>(env, "measurePeak"));
  if (std::getenv("BLASNET_TESTING") != nullptr) {
    // Not guarded: an order for the next call must not meet the call that takes it back.
    exports.Set("failAllocation", Napi::Function::New<failAllocation>(env, "failAllocation"));
    exports.Set("fault", Napi::Function::New<fault>(env, "fault"));
    exports.Set("limitMemory", Napi::Function::New<setMemoryLimit>(env, "limitMemory"));
    exports.Set("allocatedBytes", Napi::Function::New<getAllocatedBytes>(env, "allocatedBytes"));
  }
  return exports;
}

}  // namespace
}  // namespace blasnet

static Napi::Object initialize(Napi::Env env, Napi::Object exports) { return blasnet::initialize(env, exports); }

NODE_API_MODULE(blasnet, initialize)
