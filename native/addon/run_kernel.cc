#include "addon/run_kernel.h"

#include <cmath>
#include <string>
#include <vector>

#include "addon/arguments.h"
#include "engine/bounds.h"
#include "engine/lifecycle.h"
#include "engine/memory.h"

namespace blasnet {
namespace {

constexpr double kMostExtent = 1 << 24;

// A call as it comes from JavaScript, whose memory it points into.
struct KernelCall {
  const KernelRule& rule;
  StepContext step{};
  Tile tile{};

  std::int64_t extentOf(const std::string& symbol) const {
    return symbol == "rows" ? step.rows : tile.dimension[rule.placeOf(symbol)];
  }
};

void takeNumbers(const Napi::CallbackInfo& info, KernelCall& call) {
  const KernelRule& rule = call.rule;
  const auto dimensions = toDoubles(info[3], "dimensions");
  const auto attributes = toDoubles(info[4], "attributes");
  const auto scalars = toDoubles(info[10], "scalars");
  const auto totals = info[11].IsUndefined() ? View<double>{} : toDoubles(info[11], "totals");
  if (dimensions.size != rule.symbols.size() || attributes.size != rule.attributes.size() ||
      scalars.size < rule.scalars.size()) {
    invalid(rule, "wrong number of dimensions, attributes or scalars");
  }
  checkAttributes(rule, attributes.data);
  for (std::size_t i = 0; i < rule.attributes.size(); i++) {
    if (rule.attributes[i] == "total" && !(attributes.data[i] < static_cast<double>(totals.size))) {
      invalid(rule, "reads a total that is not there");
    }
  }
  for (std::size_t i = 0; i < dimensions.size; i++) {
    const double extent = dimensions.data[i];
    if (!(extent >= 1 && extent <= kMostExtent) || extent != std::floor(extent)) {
      invalid(rule, "a dimension is out of range");
    }
    call.tile.dimension[i] = static_cast<std::int64_t>(extent);
  }
  call.tile.attributes = attributes.data;
  call.step.scalars = scalars.data;
  call.step.totals = totals.data;
}

void takeTile(const Napi::CallbackInfo& info, KernelCall& call) {
  call.tile.first = toInteger(info[5], "first", 0, 1e9);
  call.tile.count = toInteger(info[6], "count", 0, 1e9);
  call.step.rows = toInteger(info[7], "rows", 0, 1e9);
  call.step.step = static_cast<std::uint64_t>(toInteger(info[8], "step"));
  call.step.seed = static_cast<std::uint64_t>(toInteger(info[9], "seed"));
  if (call.tile.first + call.tile.count > call.extentOf(call.rule.split)) {
    throw InvalidInput("The tile lies outside its axis");
  }
}

void checkLabels(const View<float>& labels, std::int64_t classes) {
  for (std::size_t row = 0; row < labels.size; row++) {
    if (!(labels.data[row] >= 0 && labels.data[row] < static_cast<float>(classes))) {
      throw InvalidInput("A label is out of range");
    }
  }
}

// Where the tile begins in an operand.
float* bindOperand(const KernelCall& call, const OperandRule& operand, const View<float>& view) {
  std::int64_t size = 1;
  std::int64_t stride = 0;
  for (std::size_t place = 0; place < operand.shape.size(); place++) {
    size *= call.extentOf(operand.shape[place]);
    if (operand.shape[place] != call.rule.split) continue;
    stride = place == 0 && operand.shape.size() == 2 ? call.extentOf(operand.shape[1]) : 1;
  }
  if (static_cast<std::int64_t>(view.size) != size) {
    throw InvalidInput("Operand " + operand.name + " is of another size");
  }
  if (operand.name == "labels" && operand.direction == Direction::in) checkLabels(view, call.extentOf("classes"));
  return view.data + call.tile.first * stride;
}

// To get one may run JavaScript, which may take away the memory of any view that was taken before.
std::vector<Napi::Value> operandsOf(const Napi::Value& given, const KernelRule& rule) {
  if (!given.IsArray()) throw InvalidInput("Expected an array of operands");
  const auto array = given.As<Napi::Array>();
  std::vector<Napi::Value> values;
  for (std::size_t i = 0; i < rule.operands.size(); i++) values.push_back(array.Get(static_cast<std::uint32_t>(i)));
  return values;
}

void takeOperands(const std::vector<Napi::Value>& values, KernelCall& call) {
  for (std::size_t i = 0; i < values.size(); i++) {
    const OperandRule& operand = call.rule.operands[i];
    if (values[i].IsUndefined() && operand.optional) continue;
    call.tile.operand[i] = bindOperand(call, operand, toFloats(values[i], operand.name.c_str()));
  }
}

}  // namespace

Napi::Value runKernel(const Napi::CallbackInfo& info) {
  const auto level = static_cast<SimdLevel>(toInteger(info[0], "SIMD level", 0, 2));
  if (!simdSupported(level)) throw InvalidInput("This processor does not have the SIMD level asked for");
  const auto id = static_cast<std::size_t>(toInteger(info[1], "kernel", 0, static_cast<double>(kernelCount()) - 1));
  KernelCall call{contract()[id]};
  const auto operands = operandsOf(info[2], call.rule);
  takeNumbers(info, call);
  takeTile(info, call);
  takeOperands(operands, call);
  if (call.rule.name.rfind("gather", 0) == 0 || call.rule.name == "emit") invalid(call.rule, "needs a run");
  AlignedArray<float> scratch(static_cast<std::size_t>(kScratchFloats));
  call.tile.scratch = scratch.data();
  call.tile.step = &call.step;
  const WorkGate inside;
  return Napi::Number::New(info.Env(), kernelsFor(level)[id](call.tile));
}

}  // namespace blasnet
