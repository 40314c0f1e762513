// Kernels once each, for callgrind to count: instructions <level> <file of cases>. See bench/instructions.mjs.
//
// A case is a line: kernels joined by "+", rows of the batch, elements of the tile, then the number of dimensions and the
// dimensions, the number of attributes and the attributes. "ran" is printed for each case that the level has a kernel for.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "blas.h"
#include "engine/memory.h"
#include "kernels/contract.h"
#include "test/check.h"

// Callgrind counts within this function and writes the count when it ends: its name and its return must stay.
extern "C" __attribute__((noinline, noclone)) double blasnet_counted(blasnet::Kernel kernel,
                                                                     const blasnet::Tile& tile) {
  const double sum = kernel(tile);
  asm volatile("" ::: "memory");  // no jump in the place of the call
  return sum;
}

namespace blasnet::test {
namespace {

struct Case {
  std::string chain;
  std::int64_t rows = 0;
  std::int64_t count = 0;
  std::vector<std::int64_t> dimensions;
  std::vector<double> attributes;
};

std::vector<Case> readCases(const char* path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("The file of cases cannot be read");
  std::vector<Case> cases;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    Case read;
    std::size_t extent = 0;
    words >> read.chain >> read.rows >> read.count >> extent;
    read.dimensions.resize(words ? std::min<std::size_t>(extent, kMaxSymbols) : 0);
    for (auto& value : read.dimensions) words >> value;
    words >> extent;
    read.attributes.resize(words ? std::min<std::size_t>(extent, 32) : 0);
    for (auto& value : read.attributes) words >> value;
    if (!words) throw std::runtime_error("This is no case: " + line);
    cases.push_back(std::move(read));
  }
  return cases;
}

std::size_t idOf(const std::string& name) {
  const auto& rules = contract();
  const auto found = std::find_if(rules.begin(), rules.end(), [&](const auto& rule) { return rule.name == name; });
  if (found == rules.end()) throw std::runtime_error("There is no kernel " + name);
  return static_cast<std::size_t>(found - rules.begin());
}

struct Counted {
  Kernel kernel;
  KernelRule rule;
};

// Of a chain: the kernel that does both, with the operands of the first and then those of the last, without the one that
// passes between them.
Counted find(const Case& given, SimdLevel level) {
  const auto joint = given.chain.find('+');
  if (joint == std::string::npos) {
    const std::size_t id = idOf(given.chain);
    return {kernelsFor(level)[id], contract()[id]};
  }
  const std::string first = given.chain.substr(0, joint);
  const std::string last = given.chain.substr(joint + 1);
  const KernelRule& update = contract()[idOf(last)];
  Counted found{fusedKernelFor(level, (first + ' ' + last).c_str(), given.rows), contract()[idOf(first)]};
  found.rule.operands.pop_back();
  for (std::size_t i = 1; i < update.operands.size(); i++) {
    found.rule.operands.push_back(update.operands[i]);
    found.rule.operands.back().shape = {"inputs", "units"};
  }
  return found;
}

void run(const Case& given, const Counted& counted) {
  const KernelRule& rule = counted.rule;
  if (rule.symbols.size() != given.dimensions.size()) throw std::runtime_error("Wrong dimensions for " + given.chain);
  const auto extentOf = [&](const std::string& symbol) {
    return symbol == "rows" ? given.rows : given.dimensions[rule.placeOf(symbol)];
  };
  Random random(3);
  StepContext step{};
  DataView data{};
  Tile tile{};
  std::vector<AlignedArray<float>> memory;
  for (std::size_t i = 0; i < rule.operands.size(); i++) {
    std::int64_t size = 1;
    for (const auto& symbol : rule.operands[i].shape) size *= extentOf(symbol);
    auto& values = memory.emplace_back(static_cast<std::size_t>(size));
    const bool labels = rule.operands[i].name == "labels" && !rule.symbols.empty();
    // Positive, so that what is a variance is one, and without zeros that a kernel may skip.
    for (std::int64_t place = 0; place < size; place++) {
      values.data()[place] =
          labels ? static_cast<float>(random.below(extentOf(rule.symbols.front()))) : 1.1F + random.value();
    }
    tile.operand[i] = values.data();
  }
  const std::int64_t width = std::max<std::int64_t>(1, given.dimensions.empty() ? 1 : given.dimensions[0]);
  AlignedArray<std::uint8_t> bytes(static_cast<std::size_t>(given.rows * width));
  AlignedArray<std::int32_t> classes(static_cast<std::size_t>(given.rows));
  for (std::size_t i = 0; i < bytes.size(); i++) bytes.data()[i] = static_cast<std::uint8_t>(random.word());
  data.length = given.rows;
  data.width = width;
  data.bytes = bytes.data();
  data.labels = classes.data();
  data.scale = 1.0F / 255;
  const double scalars[] = {0.01, 1.3, 1.3, 1.3};
  const double totals[64] = {};
  step.rows = given.rows;
  step.step = 3;
  step.seed = 17;
  step.scalars = scalars;
  step.totals = totals;
  step.data = &data;
  AlignedArray<float> scratch(static_cast<std::size_t>(kScratchFloats));
  std::copy(given.dimensions.begin(), given.dimensions.end(), tile.dimension);
  tile.count = given.count;
  tile.attributes = given.attributes.data();
  tile.step = &step;
  tile.scratch = scratch.data();
  // Once before: functions of libraries are looked up when they are first called.
  counted.kernel(tile);
  blasnet_counted(counted.kernel, tile);
}

SimdLevel levelNamed(const std::string& name) {
  for (const SimdLevel level : {SimdLevel::baseline, SimdLevel::avx2, SimdLevel::avx512}) {
    if (name != simdName(level)) continue;
    if (!simdSupported(level))
      throw std::runtime_error("There is no " + name + " here; callgrind itself knows no AVX-512");
    return level;
  }
  throw std::runtime_error("There is no level " + name);
}

int countAll(int argc, char** argv) {
  if (argc != 3) throw std::runtime_error("instructions <level> <cases>");
  const SimdLevel level = levelNamed(argv[1]);
  blas::useOneThread();
  std::printf("compiler %s\n", __VERSION__);
  for (const Case& given : readCases(argv[2])) {
    const Counted counted = find(given, level);
    if (counted.kernel != nullptr) run(given, counted);
    std::puts(counted.kernel != nullptr ? "ran" : "none");
  }
  return 0;
}

}  // namespace
}  // namespace blasnet::test

int main(int argc, char** argv) {
  try {
    return blasnet::test::countAll(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
