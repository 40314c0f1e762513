#include "engine/shards.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "engine/faults.h"
#include "engine/lifecycle.h"

namespace blasnet {
namespace {

// Bytes of one read: enough for a disk to be quick, little enough to stay in a core's cache until they are taken apart.
constexpr std::int64_t kReadBytes = 256 * 1024;

std::shared_ptr<Data> emptyData(const ShardLayout& layout, std::int64_t length) {
  auto data = std::make_shared<Data>();
  const auto samples = static_cast<std::size_t>(length);
  const std::size_t elements = samples * static_cast<std::size_t>(layout.width);
  data->view.length = length;
  data->view.width = layout.width;
  data->view.scale = layout.scale;
  data->view.targetWidth = layout.targetWidth;
  if (layout.bytes) data->bytes = AlignedArray<std::uint8_t>(elements);
  else data->floats = AlignedArray<float>(elements);
  if (layout.labels) data->labels = AlignedArray<std::int32_t>(samples);
  data->targets = AlignedArray<float>(samples * static_cast<std::size_t>(layout.targetWidth));
  data->view.bytes = data->bytes.data();
  data->view.floats = data->floats.data();
  data->view.labels = data->labels.data();
  data->view.targets = data->targets.data();
  // Every label that is let in lies between these.
  if (layout.labels) data->largestLabel = layout.classes - 1;
  return data;
}

class ShardFile {
 public:
  ShardFile(const std::string& path, std::int64_t bytes) : path_(path) {
    file_.rdbuf()->pubsetbuf(nullptr, 0);  // what is read goes straight to where it is wanted
    file_.open(std::filesystem::u8path(path), std::ios::binary);
    if (!file_) throw BadShard("Cannot open the shard " + path_);
    file_.seekg(0, std::ios::end);
    const auto found = static_cast<std::int64_t>(file_.tellg());
    if (found == bytes) return;
    throw BadShard("Expected " + std::to_string(bytes) + " bytes in the shard " + path_ + ", found " +
                   std::to_string(found));
  }

  void read(std::int64_t offset, char* into, std::int64_t bytes) {
    file_.seekg(offset);
    file_.read(into, bytes);
    if (!file_ || file_.gcount() != bytes) throw BadShard("Cannot read the shard " + path_ + ": it ends too soon");
  }

  const std::string& path() const { return path_; }

 private:
  std::string path_;
  std::ifstream file_;
};

void checkFinite(const float* values, std::int64_t count, const ShardFile& file, std::int64_t record) {
  for (std::int64_t i = 0; i < count; i++) {
    if (std::isfinite(values[i])) continue;
    throw BadShard("Expected finite values in record " + std::to_string(record) + " of the shard " + file.path());
  }
}

// Takes `count` records apart, from sample `at` of the data on.
void takeApart(const char* records, const ShardLayout& layout, std::int64_t count, Data& data, std::int64_t at,
               const ShardFile& file, std::int64_t first) {
  const std::int64_t stride = layout.recordBytes();
  for (std::int64_t i = 0; i < count; i++) {
    const char* from = records + i * stride;
    if (layout.bytes) {
      std::memcpy(data.bytes.data() + (at + i) * layout.width, from, static_cast<std::size_t>(layout.width));
    } else {
      float* to = data.floats.data() + (at + i) * layout.width;
      std::memcpy(to, from, static_cast<std::size_t>(layout.featureBytes()));
      checkFinite(to, layout.width, file, first + i);
    }
    from += layout.featureBytes();
    if (layout.labels) {
      std::int32_t label = 0;
      std::memcpy(&label, from, sizeof label);
      if (label < 0 || label >= layout.classes) {
        throw BadShard("Expected a label below " + std::to_string(layout.classes) + " in record " +
                       std::to_string(first + i) + " of the shard " + file.path() + ", found " + std::to_string(label));
      }
      data.labels.data()[at + i] = label;
      from += sizeof label;
    }
    if (layout.targetWidth > 0) {
      float* to = data.targets.data() + (at + i) * layout.targetWidth;
      std::memcpy(to, from, static_cast<std::size_t>(4 * layout.targetWidth));
      checkFinite(to, layout.targetWidth, file, first + i);
    }
  }
}

std::int64_t checkedLength(const ShardSegment& segment) {
  const std::int64_t most = (std::int64_t{1} << 60) / segment.layout.recordBytes();
  for (const std::int64_t length : segment.lengths) {
    if (length > most) throw InvalidInput("A shard is longer than a file can be");
  }
  std::int64_t total = 0;
  for (const auto& range : segment.ranges) {
    const bool fits = range.shard < segment.lengths.size() && range.first >= 0 && range.count >= 0 &&
                      range.count <= segment.lengths[range.shard] - range.first;
    if (!fits) throw InvalidInput("A range lies outside its shard");
    total += range.count;
    if (total > 4294967295) throw InvalidInput("A segment has too many samples");
  }
  return total;
}

}  // namespace

std::shared_ptr<Data> readSegment(const ShardSegment& segment, const std::atomic<bool>& stop) {
  const ShardLayout& layout = segment.layout;
  const std::int64_t length = checkedLength(segment);
  auto data = emptyData(layout, length);
  const std::int64_t stride = layout.recordBytes();
  const std::int64_t atOnce = std::min(length, std::max<std::int64_t>(1, kReadBytes / stride));
  std::vector<char> records(static_cast<std::size_t>(atOnce * stride));
  std::unique_ptr<ShardFile> file;
  std::size_t open = 0;
  std::int64_t at = 0;
  for (const auto& range : segment.ranges) {
    if (file == nullptr || open != range.shard) {
      open = range.shard;
      file = std::make_unique<ShardFile>(segment.paths[open], kShardHeaderBytes + segment.lengths[open] * stride);
    }
    for (std::int64_t done = 0; done < range.count; done += atOnce) {
      if (stop.load() || processIsExiting()) return nullptr;
      meetFault(FaultSite::step);
      const std::int64_t count = std::min(atOnce, range.count - done);
      file->read(kShardHeaderBytes + (range.first + done) * stride, records.data(), count * stride);
      takeApart(records.data(), layout, count, *data, at, *file, range.first + done);
      at += count;
    }
  }
  return data;
}

}  // namespace blasnet
