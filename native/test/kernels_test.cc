// Every kernel at every SIMD level on random shapes, cut into random tiles, between guards: right, and within its memory.
#include <algorithm>
#include <cmath>
#include <set>

#include "engine/memory.h"
#include "kernels/contract.h"
#include "test/check.h"
#include "test/plain.h"

namespace blasnet::test {
namespace {

constexpr double kTolerance = 2e-4;

double attributeFor(const std::string& name, Random& random) {
  if (name == "activation") return static_cast<double>(random.below(7));
  if (name == "stream") return static_cast<double>(random.below(1 << 20));
  if (name == "epsilon") return 1e-3;
  return 0.1 + 0.08 * static_cast<double>(random.below(10));
}

double scalarFor(const std::string& name) {
  if (name == "learningRate") return 0.01;
  return name == "firstCorrection" || name == "gradientShare" ? 1.3 : 0.9;
}

float inputFor(const std::string& operand, std::int64_t classes, Random& random) {
  if (operand == "labels") return static_cast<float>(random.below(classes));
  const float value = random.value();
  // What is a variance or stands under a root is positive; a mean square is above the square of the mean.
  static const std::set<std::string> positive{"runningVariance", "inverseDeviation", "secondMoment",
                                              "largestMoment",   "sumOfSquares",     "meanSquareStep"};
  if (operand == "meanSquare") return std::abs(value) + 1.05F;
  return positive.count(operand) > 0 ? std::abs(value) + 0.05F : value;
}

struct KernelCase {
  KernelCase(std::size_t kernel, Random& random);

  std::int64_t extentOf(const std::string& symbol) const {
    if (symbol == "rows") return rows;
    for (std::size_t i = 0; i < rule.symbols.size(); i++) {
      if (rule.symbols[i] == symbol) return dimension[i];
    }
    return 1;
  }

  const KernelRule& rule;
  std::size_t id;
  std::int64_t rows;
  std::vector<std::int64_t> dimension;
  std::vector<double> attributes;
  std::vector<double> scalars;  // no more than the kernel may read
  std::vector<std::vector<float>> operand;
};

KernelCase::KernelCase(std::size_t kernel, Random& random) : rule(contract()[kernel]), id(kernel) {
  static const std::vector<std::int64_t> extents{1, 2, 3, 7, 8, 15, 16, 17, 20, 31, 33, 47, 50, 64, 70, 96, 100, 130};
  rows = random.pick(extents);
  for (std::size_t i = 0; i < rule.symbols.size(); i++) dimension.push_back(random.pick(extents));
  for (const auto& name : rule.attributes) attributes.push_back(attributeFor(name, random));
  for (const auto& name : rule.scalars) scalars.push_back(scalarFor(name));
  for (const auto& rules : rule.operands) {
    std::int64_t size = 1;
    for (const auto& symbol : rules.shape) size *= extentOf(symbol);
    if (rules.optional && random.below(2) == 0) size = 0;
    std::vector<float> values(static_cast<std::size_t>(size));
    for (float& value : values) value = inputFor(rules.name, extentOf("classes"), random);
    operand.push_back(std::move(values));
  }
}

struct Got {
  std::vector<std::vector<float>> operand;
  double sum = 0;
  bool intact = true;
};

// Runs the case in `tiles` tiles of its split axis.
Got runTiled(const KernelCase& given, SimdLevel level, std::int64_t tiles, Random& random) {
  std::vector<Guarded> memory;
  for (const auto& values : given.operand) {
    memory.emplace_back(values.size(), static_cast<std::size_t>(random.below(16)));
    std::copy(values.begin(), values.end(), memory.back().data());
  }
  StepContext step{};
  step.rows = given.rows;
  step.step = 3;
  step.seed = 17;
  step.scalars = given.scalars.data();
  const double totals[64] = {};
  step.totals = totals;
  AlignedArray<float> scratch(static_cast<std::size_t>(kScratchFloats));
  Tile tile{};
  tile.step = &step;
  tile.attributes = given.attributes.data();
  tile.scratch = scratch.data();
  std::copy(given.dimension.begin(), given.dimension.end(), tile.dimension);
  Got got;
  const std::int64_t extent = given.extentOf(given.rule.split);
  const std::int64_t size = (extent + tiles - 1) / tiles;
  for (std::int64_t first = 0; first < extent; first += size) {
    tile.first = first;
    tile.count = std::min(size, extent - first);
    for (std::size_t i = 0; i < memory.size(); i++) {
      const auto& shape = given.rule.operands[i].shape;
      std::int64_t stride = 0;
      if (shape[0] == given.rule.split) stride = shape.size() == 2 ? given.extentOf(shape[1]) : 1;
      else if (shape.size() == 2 && shape[1] == given.rule.split) stride = 1;
      tile.operand[i] = memory[i].size() == 0 ? nullptr : memory[i].data() + first * stride;
    }
    got.sum += kernelsFor(level)[given.id](tile);
  }
  for (auto& guarded : memory) {
    got.intact = got.intact && guarded.intact();
    got.operand.emplace_back(guarded.data(), guarded.data() + guarded.size());
  }
  return got;
}

bool close(double a, double b) { return std::abs(a - b) <= kTolerance * (1 + std::abs(b)); }

bool agrees(const Got& got, const PlainCall& wanted, double sum) {
  bool same = close(got.sum, sum);
  for (std::size_t i = 0; i < got.operand.size(); i++) {
    for (std::size_t j = 0; j < got.operand[i].size(); j++) {
      same = same && close(static_cast<double>(got.operand[i][j]), wanted.operand[i][j]);
    }
  }
  return same;
}

// Masks are 0 or 1 / (1 - rate), and the same however the batch is cut.
bool isDropout(const KernelCase& given, const Got& got) {
  const auto scale = static_cast<float>(1 / (1 - given.attributes[0]));
  bool right = true;
  for (std::size_t i = 0; i < got.operand[0].size(); i++) {
    const float mask = got.operand[2][i];
    right = right && (mask == 0 || mask == scale) && got.operand[1][i] == got.operand[0][i] * mask;
  }
  return right;
}

void testOne(const KernelCase& given, SimdLevel level, Random& random, std::set<std::string>& unknown) {
  const std::string name = given.rule.name + " on " + simdName(level);
  const Got whole = runTiled(given, level, 1, random);
  const Got tiled = runTiled(given, level, 1 + random.below(5), random);
  check(whole.intact && tiled.intact, name + " stays within its operands");
  if (given.rule.name == "dropout") {
    check(isDropout(given, whole) && whole.operand == tiled.operand, name + " masks by place");
    return;
  }
  PlainCall plain{static_cast<std::size_t>(given.rows), {}, given.attributes, given.scalars, {}};
  plain.dimension.assign(given.dimension.begin(), given.dimension.end());
  for (const auto& values : given.operand) plain.operand.emplace_back(values.begin(), values.end());
  double sum = 0;
  if (!runPlain(given.rule.name, plain, sum)) {
    unknown.insert(given.rule.name);
    return;
  }
  check(agrees(whole, plain, sum) && agrees(tiled, plain, sum), name + " agrees with plain loops");
}

}  // namespace

void testKernels(int rounds) {
  Random random(5);
  std::set<std::string> unknown;
  for (std::size_t id = 0; id < kernelCount(); id++) {
    const std::string& name = contract()[id].name;
    if (name.rfind("gather", 0) == 0 || name == "emit") continue;  // they need a run, and get many in core_test.cc
    for (int round = 0; round < rounds; round++) {
      const KernelCase given(id, random);
      for (const SimdLevel level : {SimdLevel::baseline, SimdLevel::avx2, SimdLevel::avx512}) {
        if (simdSupported(level)) testOne(given, level, random, unknown);
      }
    }
  }
  for (const auto& name : unknown) std::printf("no plain loops for %s: only its memory was watched\n", name.c_str());
}

}  // namespace blasnet::test
