// Reading shards ahead for JavaScript, on a thread of its own.
#pragma once

#include <napi.h>

namespace blasnet {

// readShards(paths, lengths, [width, bytes, labels, targetWidth, scale, classes], [shard, first, count, …]) → promise of a
// data handle
Napi::Value readShards(const Napi::CallbackInfo& info);

}  // namespace blasnet
