// Runs real programs in the core alone, for the sanitizers: core_test <file of programs.mjs> [mutations].
//
// Every program runs on every SIMD level with 1, 2 and 3 threads, over an order with repeats and a ragged last batch; the
// bits must not depend on the threads. Then programs with wrong numbers in them: each must be refused or run harmlessly.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "blas.h"
#include "engine/lifecycle.h"
#include "engine/program.h"
#include "engine/runner.h"

namespace blasnet {
namespace {

using Code = std::vector<double>;

constexpr std::int64_t kSamples = 150;
constexpr std::int64_t kFirst = 3;
constexpr std::int64_t kCount = kSamples - 5;
int passed = 0;
int failed = 0;

void check(bool holds, const std::string& what) {
  (holds ? passed : failed)++;
  if (!holds) std::printf("FAILED: %s\n", what.c_str());
}

std::vector<Code> readPrograms(const char* path) {
  std::ifstream file(path, std::ios::binary);
  const auto number = [&file] {
    double value = 0;
    file.read(reinterpret_cast<char*>(&value), sizeof(value));
    return value;
  };
  std::vector<Code> programs(static_cast<std::size_t>(number()));
  for (Code& code : programs) {
    code.resize(static_cast<std::size_t>(number()));
    for (double& value : code) value = number();
  }
  if (!file || programs.empty()) throw std::runtime_error("The file of programs cannot be read");
  return programs;
}

// Samples that fit the program, in memory that ends where the last one does.
std::shared_ptr<Data> makeData(const Program& program) {
  std::mt19937 random(7);
  auto data = std::make_shared<Data>();
  data->view.length = kSamples;
  data->view.width = program.needsWidth;
  data->view.scale = 1.0F / 255;
  data->bytes = AlignedArray<std::uint8_t>(static_cast<std::size_t>(kSamples * program.needsWidth));
  for (std::size_t i = 0; i < data->bytes.size(); i++) data->bytes.data()[i] = static_cast<std::uint8_t>(random());
  data->view.bytes = data->bytes.data();
  if (program.needsLabels) {
    data->labels = AlignedArray<std::int32_t>(kSamples);
    const auto classes = static_cast<std::uint32_t>(std::max<std::int64_t>(program.labelLimit, 1));
    for (std::size_t i = 0; i < kSamples; i++) data->labels.data()[i] = static_cast<std::int32_t>(random() % classes);
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

struct Result {
  std::vector<float> parameters;
  std::vector<double> totals;
  std::vector<float> output;
  std::int64_t steps;

  bool operator==(const Result& other) const {
    const auto same = [](const auto& a, const auto& b) {
      return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(a[0])) == 0);
    };
    return steps == other.steps && same(parameters, other.parameters) && same(totals, other.totals) &&
           same(output, other.output);
  }
};

Result runProgram(const Program& program, int threads, bool stopped = false) {
  Store store(static_cast<std::size_t>(program.parameters), static_cast<std::size_t>(program.slots));
  std::mt19937 random(11);
  for (std::size_t i = 0; i < store.size(); i++) {
    store.live()[i] = (static_cast<float>(random() % 2001) - 1000.0F) / 5000.0F;
  }
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
  Runner(program, memory, store.live(), &store, slice, outcome, threads).run();
  Result result;
  result.parameters.assign(store.live(), store.live() + store.size());
  result.totals = outcome.totals;
  result.output.assign(outcome.output.data(), outcome.output.data() + outcome.output.size());
  result.steps = outcome.steps;
  return result;
}

void testProgram(const Code& code, std::size_t index) {
  for (const SimdLevel level : {SimdLevel::baseline, SimdLevel::avx2, SimdLevel::avx512}) {
    if (!simdSupported(level)) continue;
    const std::string name = "program " + std::to_string(index) + " on " + simdName(level);
    const Program program = decodeProgram(code.data(), code.size(), level);
    const Result one = runProgram(program, 1);
    check(one.steps == (kCount + program.batchSize - 1) / program.batchSize, name + " completes its steps");
    for (const int threads : {2, 3}) {
      check(runProgram(program, threads) == one, name + " gives the same bits on more threads");
    }
    check(runProgram(program, 2, true).steps == 0, name + " stops when told to");
  }
}

Code mutate(Code code, std::mt19937& random) {
  static const double wrong[] = {-1, 0, 1, 2, 7, 31, 64, 1000, 65536, 2147483648.0, 9007199254740992.0, 1e300, 0.5};
  for (std::size_t changes = 1 + random() % 2; changes > 0 && !code.empty(); changes--) {
    double& place = code[random() % code.size()];
    switch (random() % 8) {
      case 0:
        code.resize(random() % code.size());
        break;
      case 1:
      case 2:
      case 3:
        place = wrong[random() % std::size(wrong)];
        break;
      case 4:
        place = code[random() % code.size()];
        break;
      default:
        place += static_cast<double>(random() % 5) - 2;
    }
  }
  return code;
}

// Elements that a run needs. What is accepted may be large; the test keeps to what is small.
double elements(const Program& program) {
  double sum = static_cast<double>(program.parameters) * static_cast<double>(program.slots + 2);
  sum +=
      static_cast<double>(kSamples) * static_cast<double>(program.outputs + program.needsWidth + program.needsTargets);
  for (const std::int64_t size : program.sizes) sum += 2 * static_cast<double>(size);
  return sum;
}

// Programs are refused by InvalidInput; what is accepted must stay within its memory, which the sanitizers watch.
void testMutations(const std::vector<Code>& programs, int count) {
  std::mt19937 random(2026);
  int refused = 0;
  int ran = 0;
  for (int i = 0; i < count; i++) {
    const Code code = mutate(programs[random() % programs.size()], random);
    try {
      const Program program = decodeProgram(code.data(), code.size(), bestSimdLevel());
      if (elements(program) > 4e6) continue;
      runProgram(program, 2);
      ran++;
    } catch (const InvalidInput&) {
      refused++;
    }
  }
  std::printf("of %d programs with wrong numbers %d were refused, %d ran harmlessly\n", count, refused, ran);
  check(refused > 0 && ran > 0, "wrong numbers are refused or harmless");
}

int run(int argc, char** argv) {
  if (argc < 2) throw std::runtime_error("core_test <programs> [mutations]");
  installLifecycleHandlers();
  blas::useOneThread();
  const std::vector<Code> programs = readPrograms(argv[1]);
  for (std::size_t i = 0; i < programs.size(); i++) testProgram(programs[i], i);
  if (argc > 2) testMutations(programs, std::atoi(argv[2]));
  std::printf("core test on %s: %d passed, %d failed\n", blas::coreName().c_str(), passed, failed);
  return failed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace blasnet

int main(int argc, char** argv) {
  try {
    return blasnet::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
