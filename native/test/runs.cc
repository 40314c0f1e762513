#include "test/runs.h"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "test/check.h"

namespace blasnet::test {
namespace {

// Samples that fit the program, in memory that ends where the last one does.
std::shared_ptr<Data> makeData(const Program& program) {
  Random random(7);
  auto data = std::make_shared<Data>();
  data->view.length = kSamples;
  data->view.width = program.needsWidth;
  data->view.scale = 1.0F / 255;
  data->bytes = AlignedArray<std::uint8_t>(static_cast<std::size_t>(kSamples * program.needsWidth));
  for (std::size_t i = 0; i < data->bytes.size(); i++) data->bytes.data()[i] = static_cast<std::uint8_t>(random.word());
  data->view.bytes = data->bytes.data();
  if (program.needsLabels) {
    data->labels = AlignedArray<std::int32_t>(kSamples);
    const std::int64_t classes = std::max<std::int64_t>(program.labelLimit, 1);
    for (std::size_t i = 0; i < kSamples; i++) {
      data->labels.data()[i] = static_cast<std::int32_t>(random.below(classes));
    }
    data->view.labels = data->labels.data();
    data->largestLabel = static_cast<std::int32_t>(classes - 1);
  }
  if (program.needsTargets > 0) {
    data->view.targetWidth = program.needsTargets;
    data->targets = AlignedArray<float>(static_cast<std::size_t>(kSamples * program.needsTargets));
    for (std::size_t i = 0; i < data->targets.size(); i++) data->targets.data()[i] = static_cast<float>(i % 5) / 5;
    data->view.targets = data->targets.data();
  }
  return data;
}

}  // namespace

bool Result::operator==(const Result& other) const {
  const auto same = [](const auto& a, const auto& b) {
    return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(a[0])) == 0);
  };
  return steps == other.steps && same(parameters, other.parameters) && same(totals, other.totals) &&
         same(output, other.output);
}

Result runProgram(const Program& program, int threads, bool stopped) {
  const auto store = std::make_shared<Store>(program.parameters, program.slots);
  Random random(11);
  for (std::size_t i = 0; i < store->size(); i++) store->live()[i] = std::abs(random.value()) / 5 + 0.01F;
  const std::atomic<bool> stop{stopped};
  Slice slice;
  slice.data = makeData(program);
  for (std::uint32_t i = 0; i < kSamples; i++) slice.order.push_back((i * 37 + i / 11) % kSamples);
  slice.firstSample = kFirst;
  slice.count = kCount;
  const std::int64_t steps = (kCount + program.batchSize - 1) / program.batchSize;
  slice.scalars.assign(static_cast<std::size_t>(steps) * program.scalars, 0.01);
  slice.seed = 5;
  slice.firstStep = 9;
  slice.stopFlags.push_back(&stop);
  checkSlice(program, slice);
  RunMemory memory(program, threads);
  Outcome outcome;
  const LiveArenas live(store);
  Runner(program, memory, store->live(), store.get(), slice, outcome, threads).run();
  store->publish();
  const auto snapshot = store->snapshot();
  Result result;
  result.parameters.assign(snapshot->data(), snapshot->data() + snapshot->size());
  result.totals = outcome.totals;
  result.output.assign(outcome.output.data(), outcome.output.data() + outcome.output.size());
  result.steps = outcome.steps;
  return result;
}

}  // namespace blasnet::test
