// Samples read from shards: files of records, far more of them than memory holds.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "engine/slice.h"

namespace blasnet {

// A shard that cannot be read, or is not what its header said.
class BadShard : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A shard is a header and then its records: features, the label if there is one, targets if there are any. As in
// lib/data/shard-format.ts.
constexpr std::int64_t kShardHeaderBytes = 64;

struct ShardLayout {
  std::int64_t width;
  bool bytes;  // features are bytes, else float32
  bool labels;
  std::int64_t targetWidth;  // 0 without targets
  float scale;
  std::int32_t classes;

  std::int64_t featureBytes() const { return width * (bytes ? 1 : 4); }
  std::int64_t recordBytes() const { return featureBytes() + (labels ? 4 : 0) + 4 * targetWidth; }
};

// Records [first, first + count) of one shard.
struct ShardRange {
  std::size_t shard;
  std::int64_t first;
  std::int64_t count;
};

struct ShardSegment {
  std::vector<std::string> paths;     // in UTF-8
  std::vector<std::int64_t> lengths;  // records of each
  ShardLayout layout;
  std::vector<ShardRange> ranges;
};

// The samples of all ranges in their order. Throws InvalidInput, BadShard, std::bad_alloc; null when a flag was raised.
std::shared_ptr<Data> readSegment(const ShardSegment& segment, const std::atomic<bool>& stop);

}  // namespace blasnet
