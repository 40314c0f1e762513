#include "engine/program.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "engine/fuse.h"
#include "kernels/warp_scratch.h"

namespace blasnet {
namespace {

constexpr double kEncodingVersion = 1;
constexpr std::int64_t kMaxElements = std::int64_t{1} << 40;
constexpr std::int64_t kMaxExtent = (std::int64_t{1} << 31) - 1;  // BLAS takes 32-bit extents

struct Buffer {
  Space space;
  int slot;
  std::int64_t offset;
  std::int64_t first;
  std::int64_t second;
};

class Reader {
 public:
  Reader(const double* code, std::size_t length) : code_(code), length_(length) {}

  double number() {
    if (place_ >= length_) throw InvalidInput("The program is shorter than it says");
    return code_[place_++];
  }

  std::int64_t integer(std::int64_t least, std::int64_t most) {
    const double value = number();
    if (!(value >= static_cast<double>(least) && value <= static_cast<double>(most)) || value != std::floor(value)) {
      throw InvalidInput("The program holds a number out of range at place " + std::to_string(place_ - 1));
    }
    return static_cast<std::int64_t>(value);
  }

  std::size_t count(std::size_t most) { return static_cast<std::size_t>(integer(0, static_cast<std::int64_t>(most))); }
  bool done() const { return place_ == length_; }

 private:
  const double* code_;
  std::size_t length_;
  std::size_t place_ = 0;
};

[[noreturn]] void invalid(const KernelRule& rule, const std::string& what) {
  throw InvalidInput("Kernel " + rule.name + ": " + what);
}

class Decoder {
 public:
  Decoder(const double* code, std::size_t length, SimdLevel level)
      : reader_(code, length), level_(level), kernels_(kernelsFor(level)) {}

  Program decode() {
    readHeader();
    const std::size_t bufferCount = reader_.count(1U << 20);
    const std::size_t callCount = reader_.count(1U << 20);
    const std::size_t groupCount = reader_.count(1U << 20);
    const std::size_t stageCount = reader_.count(1U << 20);
    for (std::size_t i = 0; i < bufferCount; i++) readBuffer();
    for (std::size_t i = 0; i < callCount; i++) readCall();
    readGroups(groupCount);
    readStages(stageCount);
    if (!reader_.done()) readConstants();
    if (!reader_.done()) throw InvalidInput("The program is longer than it says");
    for (const auto& group : program_.groups) checkGroup(group);
    for (std::size_t i = 0; i < program_.calls.size(); i++) checkNeeds(*rules_[i], program_.calls[i]);
    fuseCalls(program_, level_);
    return std::move(program_);
  }

 private:
  void readHeader() {
    if (reader_.number() != kEncodingVersion) throw InvalidInput("The program was encoded for another version");
    program_.training = reader_.integer(0, 1) == 1;
    program_.batchSize = reader_.integer(1, kMaxExtent);
    for (auto& size : program_.sizes) size = reader_.integer(0, kMaxElements);
    program_.totals = reader_.count(1U << 16);
    program_.scalars = reader_.count(64);
    program_.slots = reader_.integer(0, 16);
    program_.parameters = reader_.integer(0, kMaxElements);
    program_.outputs = reader_.integer(0, kMaxExtent);
    program_.needsWidth = reader_.integer(0, kMaxExtent);
    program_.needsLabels = reader_.integer(0, 1) == 1;
    program_.needsTargets = reader_.integer(0, kMaxExtent);
    program_.labelLimit = 0;
  }

  void readBuffer() {
    Buffer buffer{};
    buffer.space = static_cast<Space>(reader_.integer(0, kSpaces - 1));
    buffer.slot = static_cast<int>(reader_.integer(0, 15));
    buffer.offset = reader_.integer(0, kMaxElements);
    buffer.first = reader_.integer(-1, kMaxExtent);
    buffer.second = reader_.integer(1, kMaxExtent);
    const bool perSample = buffer.space == Space::batch || buffer.space == Space::tile;
    if (perSample != (buffer.first == -1)) throw InvalidInput("A buffer has rows where its space has none");
    // Kernels read the first element of what they are given without asking whether there is one.
    if (buffer.first == 0) throw InvalidInput("A buffer is empty");
    if (buffer.space == Space::gradients) program_.gradients = true;
    if (!program_.training && (buffer.space == Space::gradients || buffer.space == Space::slots)) {
      throw InvalidInput("A program that does not train has no gradients and no slots");
    }
    if (buffer.space == Space::slots && buffer.slot >= program_.slots) throw InvalidInput("A buffer has no slot");
    buffers_.push_back(buffer);
  }

  void readCall() {
    const auto& rules = contract();
    const auto id = static_cast<std::size_t>(reader_.integer(0, static_cast<std::int64_t>(rules.size()) - 1));
    const KernelRule& rule = rules[id];
    Call call{};
    call.kernel = kernels_[id];
    call.rule = &rule;
    call.source = program_.calls.size();
    std::vector<int> ids;
    for (std::size_t i = 0; i < rule.operands.size(); i++) {
      ids.push_back(static_cast<int>(reader_.integer(-1, static_cast<std::int64_t>(buffers_.size()) - 1)));
    }
    for (std::size_t i = 0; i < rule.attributes.size(); i++) call.attributes.push_back(reader_.number());
    checkAttributes(rule, call.attributes.data());
    call.total = static_cast<int>(reader_.integer(-1, static_cast<std::int64_t>(program_.totals) - 1));
    bindOperands(rule, ids, call);
    program_.calls.push_back(std::move(call));
    rules_.push_back(&rule);
    ids_.push_back(std::move(ids));
  }

  // Equal symbols must be equal extents, in every operand of the call.
  void bindOperands(const KernelRule& rule, const std::vector<int>& ids, Call& call) {
    std::fill(call.dimension, call.dimension + kMaxSymbols, -1);
    for (std::size_t i = 0; i < ids.size(); i++) {
      const OperandRule& operand = rule.operands[i];
      if (ids[i] < 0) {
        if (!operand.optional) invalid(rule, "operand " + operand.name + " is missing");
        call.operands.push_back(Operand{false, Space::batch, 0, 0, 0});
        continue;
      }
      const Buffer& buffer = buffers_[static_cast<std::size_t>(ids[i])];
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
      if (shared && operand.direction != Direction::in && !program_.training) {
        invalid(rule, "writes parameters in a program that does not train");
      }
    }
    // Only now is every extent known.
    for (std::size_t i = 0; i < ids.size(); i++) {
      if (rule.operands[i].name == "labels" && rule.operands[i].direction == Direction::in) noteLabels(rule, call);
    }
    if (rule.name == "warpImage") checkImage(rule, call);
    if (rule.name == "gatherWeights" || rule.name == "gatherWeightSum") checkWeighedBy(rule, call);
  }

  // The kernel works on one image at a time in a thread's scratch memory.
  static void checkImage(const KernelRule& rule, const Call& call) {
    const std::int64_t width = imageWidth(call.attributes[0], call.dimension[0]);
    const std::int64_t height = call.dimension[0] / width;
    if (warpScratchFloats(width, height, call.attributes[1]) > kScratchFloats)
      invalid(rule, "has images too large for it");
  }

  // Weights by class read the data's labels or targets past the program's memory.
  void checkWeighedBy(const KernelRule& rule, const Call& call) {
    const double by = call.attributes[0];
    if (by == 0) return;
    const bool known = call.operands[0].present && (by == 1 || by == 2);
    if (!known || (by == 1 && !program_.needsLabels) || (by == 2 && program_.needsTargets != call.dimension[0])) {
      invalid(rule, "has no classes to weigh by");
    }
    if (by == 1) noteLabels(rule, call);
  }

  void unify(const KernelRule& rule, const std::string& symbol, std::int64_t extent, Call& call) const {
    if (symbol == "rows") {
      if (extent != -1) invalid(rule, "has no rows where it needs them");
      return;
    }
    const auto place = std::find(rule.symbols.begin(), rule.symbols.end(), symbol) - rule.symbols.begin();
    std::int64_t& known = call.dimension[place];
    if (extent < 0 || (known >= 0 && known != extent)) invalid(rule, "extents of " + symbol + " differ");
    known = extent;
  }

  void noteLabels(const KernelRule& rule, const Call& call) {
    const auto place = std::find(rule.symbols.begin(), rule.symbols.end(), "classes") - rule.symbols.begin();
    const std::int64_t classes = call.dimension[place];
    program_.labelLimit = program_.labelLimit == 0 ? classes : std::min(program_.labelLimit, classes);
  }

  void readGroups(std::size_t count) {
    std::size_t next = 0;
    for (std::size_t i = 0; i < count; i++) {
      Group group{};
      group.callStart = next;
      group.callEnd = reader_.count(program_.calls.size());
      group.extent = reader_.integer(-1, kMaxExtent);
      group.tile = reader_.integer(1, kMaxExtent);
      if (group.callEnd < next) throw InvalidInput("The program's groups overlap");
      next = group.callEnd;
      program_.groups.push_back(group);
    }
    if (next != program_.calls.size()) throw InvalidInput("The program's groups leave calls out");
  }

  void readStages(std::size_t count) {
    std::size_t next = 0;
    for (std::size_t i = 0; i < count; i++) {
      const std::size_t end = reader_.count(program_.groups.size());
      if (end < next) throw InvalidInput("The program's stages overlap");
      program_.stages.push_back(Stage{next, end});
      next = end;
    }
    if (next != program_.groups.size()) throw InvalidInput("The program's stages leave groups out");
  }

  // Programs without constants end before them.
  void readConstants() {
    const auto count = static_cast<std::size_t>(reader_.integer(1, 1 << 20));
    for (std::size_t i = 0; i < count; i++) {
      Constant constant{};
      constant.offset = reader_.integer(0, program_.sizes[2]);
      const std::int64_t length = reader_.integer(0, program_.sizes[2] - constant.offset);
      for (std::int64_t j = 0; j < length; j++) constant.values.push_back(static_cast<float>(reader_.number()));
      program_.constants.push_back(std::move(constant));
    }
  }

  void checkGroup(const Group& group) const {
    for (std::size_t i = group.callStart; i < group.callEnd; i++) {
      const KernelRule& rule = *rules_[i];
      const Call& call = program_.calls[i];
      std::int64_t extent = -1;
      if (rule.split != "rows") {
        extent = call.dimension[std::find(rule.symbols.begin(), rule.symbols.end(), rule.split) - rule.symbols.begin()];
      }
      if (extent != group.extent) invalid(rule, "its axis differs from its group's");
      for (std::size_t place = 0; place < call.operands.size(); place++) {
        if (!call.operands[place].present) continue;
        checkFits(rule, rule.operands[place], group, buffers_[static_cast<std::size_t>(ids_[i][place])]);
      }
    }
  }

  // What a call reads from outside the program's memory, a run is asked for.
  void checkNeeds(const KernelRule& rule, const Call& call) const {
    const std::int64_t extent = call.dimension[0];
    const bool unmet = (rule.name == "gatherFeatures" && program_.needsWidth != extent) ||
                       (rule.name == "gatherLabels" && !program_.needsLabels) ||
                       (rule.name == "gatherTargets" && program_.needsTargets != extent) ||
                       (rule.name == "emit" && program_.outputs != extent) || program_.scalars < scalarsOf(rule.name);
    if (unmet) invalid(rule, "needs what the program does not ask for");
    checkTotals(rule, call);
  }

  // A kernel that reads a total names it by an attribute. Programs that only predict have no totals while they run.
  void checkTotals(const KernelRule& rule, const Call& call) const {
    for (std::size_t i = 0; i < rule.attributes.size(); i++) {
      if (rule.attributes[i] != "total") continue;
      const bool known = call.attributes[i] < static_cast<double>(program_.totals);
      if (!program_.training || !known) invalid(rule, "reads a total that is not there");
    }
  }

  static std::size_t scalarsOf(const std::string& kernel) {
    static constexpr struct {
      const char* kernel;
      std::size_t scalars;
    } kCounts[] = {{"sgd", 1},  {"momentum", 2}, {"nesterov", 1}, {"adaGrad", 1}, {"adaDelta", 1}, {"rmsProp", 1},
                   {"adam", 3}, {"amsGrad", 3},  {"nadam", 4},    {"radam", 3},   {"adaMax", 2}};
    for (const auto& count : kCounts) {
      if (kernel == count.kernel) return count.scalars;
    }
    return 0;
  }

  void checkFits(const KernelRule& rule, const OperandRule& operand, const Group& group, const Buffer& buffer) const {
    std::int64_t leading = buffer.first;
    std::int64_t size = 0;
    switch (buffer.space) {
      case Space::batch:
        leading = program_.batchSize;
        size = program_.sizes[0];
        break;
      case Space::tile:
        if (group.extent != -1) invalid(rule, "uses a row tile outside a row stage");
        leading = std::min(group.tile, program_.batchSize);
        size = program_.sizes[1];
        break;
      case Space::fixed:
        size = program_.sizes[2];
        break;
      case Space::block:
        // A block holds a part of the leading extent: of no use to kernels that are cut along another.
        if (group.extent != buffer.first || operand.shape.front() != rule.split) {
          invalid(rule, "uses a block outside its group");
        }
        leading = std::min(group.tile, buffer.first);
        size = program_.sizes[3];
        break;
      default:
        size = program_.parameters;
    }
    if (leading * buffer.second > size - buffer.offset) invalid(rule, "an operand does not fit its memory");
  }

  Reader reader_;
  SimdLevel level_;
  const Kernel* kernels_;
  Program program_{};
  std::vector<Buffer> buffers_;
  std::vector<const KernelRule*> rules_;
  std::vector<std::vector<int>> ids_;
};

}  // namespace

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

Program decodeProgram(const double* code, std::size_t length, SimdLevel level) {
  return Decoder(code, length, level).decode();
}

}  // namespace blasnet
