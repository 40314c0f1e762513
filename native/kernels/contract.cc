#include "kernels/contract.h"

#include <algorithm>
#include <span>
#include <sstream>

#include "kernels/contract/data.h"
#include "kernels/contract/layers.h"
#include "kernels/contract/losses.h"
#include "kernels/contract/updates.h"

namespace blasnet {
namespace {

// One behind the other they are the table.
constexpr std::span<const KernelContract> kFamilies[] = {kDataRows, kLayerRows, kLossRows, kUpdateRows};

std::vector<std::string> words(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) {
    if (!part.empty()) parts.push_back(part);
  }
  return parts;
}

OperandRule parseOperand(std::string token, bool output) {
  OperandRule rule{"", {}, false, output ? Direction::out : Direction::in};
  if (token.front() == '&') {
    rule.direction = Direction::inout;
    token.erase(0, 1);
  }
  const auto open = token.find('[');
  rule.shape = words(token.substr(open + 1, token.size() - open - 2), ',');
  rule.name = token.substr(0, open);
  if (rule.name.back() == '?') {
    rule.optional = true;
    rule.name.pop_back();
  }
  return rule;
}

KernelRule parseRow(const KernelContract& row) {
  const std::string axis = row.axis;
  KernelRule rule{row.name, Axis::rows, row.split, {}, {}, words(row.attributes, ' '), words(row.scalars, ' ')};
  if (axis == "columns") rule.axis = Axis::columns;
  if (axis == "parameters") rule.axis = Axis::parameters;
  bool output = false;
  for (const auto& token : words(row.signature, ' ')) {
    if (token == "->") {
      output = true;
      continue;
    }
    rule.operands.push_back(parseOperand(token, output));
    for (const auto& symbol : rule.operands.back().shape) {
      const bool known = std::find(rule.symbols.begin(), rule.symbols.end(), symbol) != rule.symbols.end();
      if (symbol != "rows" && !known) rule.symbols.push_back(symbol);
    }
  }
  return rule;
}

}  // namespace

std::size_t KernelRule::placeOf(const std::string& symbol) const {
  return static_cast<std::size_t>(std::find(symbols.begin(), symbols.end(), symbol) - symbols.begin());
}

const std::vector<KernelRule>& contract() {
  // Leaked on purpose: threads of a job may outlive static destructors when the process exits in the middle of a fit.
  static const auto* rules = [] {
    auto* parsed = new std::vector<KernelRule>();
    for (const auto& family : kFamilies) {
      for (const auto& row : family) parsed->push_back(parseRow(row));
    }
    return parsed;
  }();
  return *rules;
}

std::string contractText() {
  std::string text;
  for (const auto& family : kFamilies) {
    for (const auto& row : family) {
      if (!text.empty()) text += '\n';
      text += std::string(row.name) + " | " + row.axis + ' ' + row.split + " | " + row.signature + " | " +
              row.attributes + " | " + row.scalars;
    }
  }
  return text;
}

std::size_t kernelCount() {
  std::size_t count = 0;
  for (const auto& family : kFamilies) count += family.size();
  return count;
}

}  // namespace blasnet
