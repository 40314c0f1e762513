#include "engine/program.h"

#include <cmath>
#include <string>

#include "engine/bounds.h"
#include "engine/fuse.h"

namespace blasnet {
namespace {

constexpr double kEncodingVersion = 1;
// Of each thing that a program counts.
constexpr std::size_t kMaxCount = 1U << 20;

// Takes numbers from the code, one after the other.
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

class Decoder {
 public:
  Decoder(const double* code, std::size_t length, SimdLevel level)
      : reader_(code, length), level_(level), kernels_(kernelsFor(level)) {}

  Program decode() {
    readHeader();
    const std::size_t bufferCount = reader_.count(kMaxCount);
    const std::size_t callCount = reader_.count(kMaxCount);
    const std::size_t groupCount = reader_.count(kMaxCount);
    const std::size_t stageCount = reader_.count(kMaxCount);
    for (std::size_t i = 0; i < bufferCount; i++) readBuffer();
    for (std::size_t i = 0; i < callCount; i++) readCall();
    readGroups(groupCount);
    readStages(stageCount);
    if (!reader_.done()) readConstants();
    if (!reader_.done()) throw InvalidInput("The program is longer than it says");
    checkBounds(program_, buffers_);
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
    buffers_.all.push_back(buffer);
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
      ids.push_back(static_cast<int>(reader_.integer(-1, static_cast<std::int64_t>(buffers_.all.size()) - 1)));
    }
    for (std::size_t i = 0; i < rule.attributes.size(); i++) call.attributes.push_back(reader_.number());
    checkAttributes(rule, call.attributes.data());
    call.total = static_cast<int>(reader_.integer(-1, static_cast<std::int64_t>(program_.totals) - 1));
    bindOperands(program_, buffers_.all, ids, call);
    program_.calls.push_back(std::move(call));
    buffers_.ofCall.push_back(std::move(ids));
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
    const auto count = static_cast<std::size_t>(reader_.integer(1, kMaxCount));
    for (std::size_t i = 0; i < count; i++) {
      Constant constant{};
      constant.offset = reader_.integer(0, program_.sizes[2]);
      const std::int64_t length = reader_.integer(0, program_.sizes[2] - constant.offset);
      for (std::int64_t j = 0; j < length; j++) constant.values.push_back(static_cast<float>(reader_.number()));
      program_.constants.push_back(std::move(constant));
    }
  }

  Reader reader_;
  SimdLevel level_;
  const Kernel* kernels_;
  Program program_{};
  Buffers buffers_;
};

}  // namespace

Program decodeProgram(const double* code, std::size_t length, SimdLevel level) {
  return Decoder(code, length, level).decode();
}

}  // namespace blasnet
