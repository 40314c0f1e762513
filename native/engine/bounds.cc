#include "engine/bounds.h"

#include <algorithm>
#include <cmath>

#include "kernels/warp_scratch.h"

namespace blasnet {
namespace {

// Equal symbols must be equal extents, in every operand of the call.
void unify(const KernelRule& rule, const std::string& symbol, std::int64_t extent, Call& call) {
  if (symbol == "rows") {
    if (extent != -1) invalid(rule, "has no rows where it needs them");
    return;
  }
  std::int64_t& known = call.dimension[rule.placeOf(symbol)];
  if (extent < 0 || (known >= 0 && known != extent)) invalid(rule, "extents of " + symbol + " differ");
  known = extent;
}

void checkFits(const Program& program, const KernelRule& rule, const OperandRule& operand, const Group& group,
               const Buffer& buffer) {
  std::int64_t leading = buffer.first;
  std::int64_t size = 0;
  switch (buffer.space) {
    case Space::batch:
      leading = program.batchSize;
      size = program.sizes[0];
      break;
    case Space::tile:
      if (group.extent != -1) invalid(rule, "uses a row tile outside a row stage");
      leading = std::min(group.tile, program.batchSize);
      size = program.sizes[1];
      break;
    case Space::fixed:
      size = program.sizes[2];
      break;
    case Space::block:
      // A block holds a part of the leading extent: of no use to kernels that are cut along another.
      if (group.extent != buffer.first || operand.shape.front() != rule.split) {
        invalid(rule, "uses a block outside its group");
      }
      leading = std::min(group.tile, buffer.first);
      size = program.sizes[3];
      break;
    default:
      size = program.parameters;
  }
  if (leading * buffer.second > size - buffer.offset) invalid(rule, "an operand does not fit its memory");
}

void checkGroup(const Program& program, const Group& group, const Buffers& buffers) {
  for (std::size_t i = group.callStart; i < group.callEnd; i++) {
    const Call& call = program.calls[i];
    const KernelRule& rule = *call.rule;
    const std::int64_t extent = rule.split == "rows" ? -1 : call.dimension[rule.placeOf(rule.split)];
    if (extent != group.extent) invalid(rule, "its axis differs from its group's");
    for (std::size_t place = 0; place < call.operands.size(); place++) {
      if (!call.operands[place].present) continue;
      const auto id = static_cast<std::size_t>(buffers.ofCall[i][place]);
      checkFits(program, rule, rule.operands[place], group, buffers.all[id]);
    }
  }
}

// A kernel that reads a total names it by an attribute. Programs that only predict have no totals while they run.
bool hasTotals(const Program& program, const Call& call) {
  for (std::size_t i = 0; i < call.attributes.size(); i++) {
    if (call.rule->attributes[i] != "total") continue;
    if (!program.training || !(call.attributes[i] < static_cast<double>(program.totals))) return false;
  }
  return true;
}

// Weights by class read the data's labels or targets past the program's memory.
bool canWeigh(const Program& program, const Call& call) {
  const double by = call.attributes[0];
  if (by == 0) return true;
  if (!call.operands[0].present) return false;
  return (by == 1 && program.needsLabels) || (by == 2 && program.needsTargets == call.dimension[0]);
}

// The kernel works on one image at a time in a thread's scratch memory.
bool fitsScratch(const Call& call) {
  const std::int64_t width = imageWidth(call.attributes[0], call.dimension[0]);
  const std::int64_t height = call.dimension[0] / width;
  return warpScratchFloats(width, height, call.attributes[1]) <= kScratchFloats;
}

bool weighs(const KernelRule& rule) { return rule.name == "gatherWeights" || rule.name == "gatherWeightSum"; }

// What a call reads or writes outside of the program's memory, a run is asked for.
void checkNeeds(const Program& program, const Call& call) {
  const KernelRule& rule = *call.rule;
  const std::int64_t extent = call.dimension[0];
  const bool unmet = (rule.name == "gatherFeatures" && program.needsWidth != extent) ||
                     (rule.name == "gatherLabels" && !program.needsLabels) ||
                     (rule.name == "gatherTargets" && program.needsTargets != extent) ||
                     (rule.name == "emit" && program.outputs != extent) || program.scalars < rule.scalars.size();
  if (unmet) invalid(rule, "needs what the program does not ask for");
  if (!hasTotals(program, call)) invalid(rule, "reads a total that is not there");
  if (weighs(rule) && !canWeigh(program, call)) invalid(rule, "has no classes to weigh by");
  if (rule.name == "warpImage" && !fitsScratch(call)) invalid(rule, "has images too large for it");
}

bool readsLabels(const Call& call) {
  if (weighs(*call.rule)) return call.attributes[0] == 1;
  const auto& operands = call.rule->operands;
  return std::any_of(operands.begin(), operands.end(), [](const OperandRule& operand) {
    return operand.name == "labels" && operand.direction == Direction::in;
  });
}

}  // namespace

void invalid(const KernelRule& rule, const std::string& what) {
  throw InvalidInput("Kernel " + rule.name + ": " + what);
}

void bindOperands(const Program& program, const std::vector<Buffer>& buffers, const std::vector<int>& ids, Call& call) {
  const KernelRule& rule = *call.rule;
  std::fill(call.dimension, call.dimension + kMaxSymbols, -1);
  for (std::size_t i = 0; i < ids.size(); i++) {
    const OperandRule& operand = rule.operands[i];
    if (ids[i] < 0) {
      if (!operand.optional) invalid(rule, "operand " + operand.name + " is missing");
      call.operands.push_back(Operand{false, Space::batch, 0, 0, 0});
      continue;
    }
    const Buffer& buffer = buffers[static_cast<std::size_t>(ids[i])];
    const std::int64_t extents[2] = {buffer.first, buffer.second};
    if (operand.shape.size() == 1 && buffer.second != 1) invalid(rule, "operand " + operand.name + " is no vector");
    std::int64_t stride = 0;
    for (std::size_t place = 0; place < operand.shape.size(); place++) {
      const std::string& symbol = operand.shape[place];
      unify(rule, symbol, extents[place], call);
      if (symbol == rule.split) stride = place == 0 ? buffer.second : 1;
    }
    const bool owned = buffer.space == Space::tile || buffer.space == Space::block;
    call.operands.push_back(Operand{true, buffer.space, buffer.slot, buffer.offset, owned ? 0 : stride});
    const bool shared = buffer.space >= Space::parameters;
    if (shared && operand.direction != Direction::in && !program.training) {
      invalid(rule, "writes parameters in a program that does not train");
    }
  }
}

void checkBounds(Program& program, const Buffers& buffers) {
  for (const auto& group : program.groups) checkGroup(program, group, buffers);
  program.labelLimit = 0;
  for (const auto& call : program.calls) {
    checkNeeds(program, call);
    if (!readsLabels(call)) continue;
    const std::int64_t classes = call.dimension[call.rule->placeOf("classes")];
    program.labelLimit = program.labelLimit == 0 ? classes : std::min(program.labelLimit, classes);
  }
}

void checkAttributes(const KernelRule& rule, const double* attributes) {
  for (std::size_t i = 0; i < rule.attributes.size(); i++) {
    const std::string& name = rule.attributes[i];
    const double value = attributes[i];
    const bool number = name == "activation" || name == "stream" || name == "total";
    const double most = name == "activation" ? 1000 : number ? 4294967295.0 : 1e30;
    const double least = number ? 0 : -1e30;
    // Written so that NaN is refused.
    if (!(value >= least && value <= most) || (number && value != std::floor(value))) {
      invalid(rule, "attribute " + name + " is out of range");
    }
  }
}

}  // namespace blasnet
