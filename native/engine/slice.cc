#include "engine/slice.h"

namespace blasnet {

void checkSlice(const Program& program, const Slice& slice) {
  if (slice.data == nullptr) throw InvalidInput("The run has no data");
  const Data& data = *slice.data;
  const std::int64_t available = slice.order.empty() ? data.view.length : static_cast<std::int64_t>(slice.order.size());
  if (slice.firstSample < 0 || slice.count < 0 || slice.count > available - slice.firstSample) {
    throw InvalidInput("The run asks for samples that are not there");
  }
  for (const std::uint32_t sample : slice.order) {
    if (sample >= data.view.length) throw InvalidInput("The run asks for a sample that is not there");
  }
  if (program.needsWidth > 0 && data.view.width != program.needsWidth)
    throw InvalidInput("The data is of another width");
  if (program.needsLabels && data.labels.size() == 0) throw InvalidInput("The data has no labels");
  if (program.needsLabels && (data.leastLabel < 0 || data.largestLabel >= program.labelLimit)) {
    throw InvalidInput("The data has labels out of range");
  }
  if (program.needsTargets > 0 && (data.targets.size() == 0 || data.view.targetWidth != program.needsTargets)) {
    throw InvalidInput("The data has no targets of the width needed");
  }
  const auto steps = static_cast<std::size_t>((slice.count + program.batchSize - 1) / program.batchSize);
  if (slice.scalars.size() < steps * program.scalars) throw InvalidInput("The run has too few scalars");
}

}  // namespace blasnet
