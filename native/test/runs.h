// Running programs on made-up samples, for all tests of the core.
#pragma once

#include <memory>
#include <vector>

#include "engine/program.h"
#include "engine/runner.h"

namespace blasnet::test {

using Code = std::vector<double>;

constexpr std::int64_t kSamples = 150;
constexpr std::int64_t kFirst = 3;
constexpr std::int64_t kCount = kSamples - 5;

struct Result {
  std::vector<float> parameters;
  std::vector<double> totals;
  std::vector<float> output;
  std::int64_t steps = 0;

  bool operator==(const Result& other) const;
};

// A run over an order with repeats, an offset and a ragged last batch.
Result runProgram(const Program& program, int threads, bool stopped = false);

}  // namespace blasnet::test
