#include "addon/shards.h"

#include "addon/arguments.h"
#include "addon/jobs.h"
#include "addon/promise_task.h"
#include "engine/shards.h"

namespace blasnet {
namespace {

struct ReadJob : PromiseTask {
  ShardSegment segment;

 protected:
  void work(const std::atomic<bool>& stop) override {
    data_ = readSegment(segment, stop);
    if (data_ == nullptr) throw std::runtime_error("Reading was stopped");
  }

  napi_value outcome(napi_env env, const Environment&) override {
    const std::size_t bytes = data_->size();
    return Handle<Data>::wrap(Napi::Env(env), std::move(data_), bytes);
  }

 private:
  std::shared_ptr<Data> data_;
};

std::vector<std::string> toPaths(const Napi::Value& value) {
  if (!value.IsArray()) throw InvalidInput("Expected an array of paths");
  const auto array = value.As<Napi::Array>();
  std::vector<std::string> paths;
  for (std::uint32_t i = 0; i < array.Length(); i++) {
    const Napi::Value path = array.Get(i);
    if (!path.IsString()) throw InvalidInput("Expected a path in text");
    paths.push_back(path.As<Napi::String>().Utf8Value());
  }
  return paths;
}

std::int64_t wholeNumber(double value, double least, double most) {
  if (!(value >= least && value <= most) || value != std::floor(value)) {
    throw InvalidInput("Expected a whole number in range in the description of shards");
  }
  return static_cast<std::int64_t>(value);
}

ShardLayout toLayout(const View<double>& numbers) {
  if (numbers.size != 6) throw InvalidInput("Expected six numbers that describe shards");
  ShardLayout layout{};
  layout.width = wholeNumber(numbers.data[0], 1, 2147483647.0);
  layout.bytes = wholeNumber(numbers.data[1], 0, 1) == 1;
  layout.labels = wholeNumber(numbers.data[2], 0, 1) == 1;
  layout.targetWidth = wholeNumber(numbers.data[3], 0, 2147483647.0);
  if (!(std::abs(numbers.data[4]) <= 1e30)) throw InvalidInput("Expected a number in range for scale");
  layout.scale = static_cast<float>(numbers.data[4]);
  layout.classes = static_cast<std::int32_t>(wholeNumber(numbers.data[5], 0, 1 << 24));
  return layout;
}

}  // namespace

Napi::Value readShards(const Napi::CallbackInfo& info) {
  auto job = std::make_shared<ReadJob>();
  ShardSegment& segment = job->segment;
  // First what may run JavaScript.
  segment.paths = toPaths(info[0]);
  const auto lengths = toDoubles(info[1], "lengths");
  if (lengths.size != segment.paths.size()) throw InvalidInput("Expected a length for every path");
  for (std::size_t i = 0; i < lengths.size; i++) {
    segment.lengths.push_back(wholeNumber(lengths.data[i], 0, 1099511627776.0));
  }
  segment.layout = toLayout(toDoubles(info[2], "layout"));
  const auto ranges = toDoubles(info[3], "ranges");
  if (ranges.size % 3 != 0) throw InvalidInput("Expected three numbers for every range");
  for (std::size_t i = 0; i < ranges.size; i += 3) {
    segment.ranges.push_back(ShardRange{static_cast<std::size_t>(wholeNumber(ranges.data[i], 0, 4294967295.0)),
                                        wholeNumber(ranges.data[i + 1], 0, 1099511627776.0),
                                        wholeNumber(ranges.data[i + 2], 0, 4294967295.0)});
  }
  return PromiseTask::start(info.Env(), job);
}

}  // namespace blasnet
