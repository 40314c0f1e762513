#include "engine/fuse.h"

#include <algorithm>
#include <iterator>

namespace blasnet {
namespace {

bool isSame(const Operand& a, const Operand& b) {
  return a.present && b.present && a.space == b.space && a.slot == b.slot && a.offset == b.offset;
}

// Two neighbours of a group are one when the second reads what the first writes into the block, where nobody else looks.
bool fuse(Call& first, const Call& second, SimdLevel level, std::int64_t batchSize) {
  if (first.total >= 0 || second.total >= 0) return false;
  const Operand& passed = first.operands.back();
  if (passed.space != Space::block || !isSame(passed, second.operands.front())) return false;
  // One place may be read as another shape than it was written in.
  if (!std::equal(std::begin(first.dimension), std::end(first.dimension), second.dimension)) return false;
  const Kernel kernel = fusedKernelFor(level, first.rule->name.c_str(), second.rule->name.c_str(), batchSize);
  if (kernel == nullptr) return false;
  first.kernel = kernel;
  first.operands.pop_back();
  std::copy(std::next(second.operands.begin()), second.operands.end(), std::back_inserter(first.operands));
  std::copy(second.attributes.begin(), second.attributes.end(), std::back_inserter(first.attributes));
  return true;
}

}  // namespace

void fuseCalls(Program& program, SimdLevel level) {
  std::vector<Call> calls;
  for (auto& group : program.groups) {
    const std::size_t start = calls.size();
    const std::size_t count = group.callEnd - group.callStart;
    for (std::size_t i = group.callStart; i < group.callEnd; i++) {
      // Only a pair that is the whole group: a third call might still read the block.
      const bool pair = count == 2 && i + 1 < group.callEnd;
      const bool fused = pair && fuse(program.calls[i], program.calls[i + 1], level, program.batchSize);
      calls.push_back(std::move(program.calls[i]));
      if (fused) i++;
    }
    group.callStart = start;
    group.callEnd = calls.size();
  }
  program.calls = std::move(calls);
}

}  // namespace blasnet
