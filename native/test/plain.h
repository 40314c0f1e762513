// The kernels once more, as plain loops in float64: what the fast ones must agree with.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace blasnet::test {

// A call on whole arrays. Operands are in the order of the contract; outputs are overwritten or updated in place.
struct PlainCall {
  std::size_t rows;
  std::vector<std::size_t> dimension;
  std::vector<double> attributes;
  std::vector<double> scalars;
  std::vector<std::vector<double>> operand;  // empty where an optional one is absent
};

using Plain = std::function<double(PlainCall&)>;

// By kernel, each in its file.
const std::map<std::string, Plain>& plainLayers();
const std::map<std::string, Plain>& plainLosses();
const std::map<std::string, Plain>& plainNormalizations();
const std::map<std::string, Plain>& plainUpdates();

// Runs the kernel of this name and returns its sum. False where there is no plain kernel of that name.
bool runPlain(const std::string& kernel, PlainCall& call, double& sum);

}  // namespace blasnet::test
