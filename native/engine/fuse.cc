#include "engine/fuse.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

namespace blasnet {
namespace {

bool isSame(const Operand& a, const Operand& b) {
  return a.present && b.present && a.space == b.space && a.slot == b.slot && a.offset == b.offset;
}

bool haveSameShape(const Call& a, const Call& b) {
  // One place may be read as another shape than it was written in.
  return std::equal(std::begin(a.dimension), std::end(a.dimension), b.dimension);
}

// Whether `between` adds to the gradient that passes through the block what it reads of the parameter of `last`: the
// operands are parameter -> gradient there, and gradient -> parameter, slots here.
bool regularizes(const Call& between, const Call& last) {
  return between.operands.size() == 2 && last.operands.size() > 1 && isSame(between.operands[0], last.operands[1]) &&
         isSame(between.operands[1], last.operands[0]);
}

// The calls of a group are one when each reads what the one before it writes into the block, where nobody else looks.
bool fuse(Call& first, const Call* between, const Call& last, SimdLevel level, std::int64_t batchSize) {
  if (first.total >= 0 || last.total >= 0 || !haveSameShape(first, last)) return false;
  const Operand& passed = first.operands.back();
  if (passed.space != Space::block || !isSame(passed, last.operands.front())) return false;
  std::string chain = first.rule->name + ' ';
  if (between != nullptr) {
    if (!haveSameShape(first, *between) || !regularizes(*between, last)) return false;
    chain += between->rule->name + ' ';
  }
  const Kernel kernel = fusedKernelFor(level, (chain + last.rule->name).c_str(), batchSize);
  if (kernel == nullptr) return false;
  first.kernel = kernel;
  first.operands.pop_back();
  std::copy(std::next(last.operands.begin()), last.operands.end(), std::back_inserter(first.operands));
  std::copy(last.attributes.begin(), last.attributes.end(), std::back_inserter(first.attributes));
  if (between != nullptr) {
    std::copy(between->attributes.begin(), between->attributes.end(), std::back_inserter(first.attributes));
    first.total = between->total;
  }
  return true;
}

// Only a whole group is fused: a further call might still read the block.
bool fuseGroup(std::vector<Call>& calls, const Group& group, SimdLevel level, std::int64_t batchSize) {
  const std::size_t count = group.callEnd - group.callStart;
  if (count != 2 && count != 3) return false;
  const Call* between = count == 3 ? &calls[group.callStart + 1] : nullptr;
  return fuse(calls[group.callStart], between, calls[group.callEnd - 1], level, batchSize);
}

}  // namespace

void fuseCalls(Program& program, SimdLevel level) {
  program.givenCalls = program.calls.size();
  std::vector<Call> calls;
  for (auto& group : program.groups) {
    const bool fused = fuseGroup(program.calls, group, level, program.batchSize);
    const std::size_t end = fused ? group.callStart + 1 : group.callEnd;
    const std::size_t start = calls.size();
    for (std::size_t i = group.callStart; i < end; i++) calls.push_back(std::move(program.calls[i]));
    group.callStart = start;
    group.callEnd = calls.size();
  }
  program.calls = std::move(calls);
}

}  // namespace blasnet
