#pragma once

#include <napi.h>

namespace blasnet {

// runKernel(level, kernel, operands, dimensions, attributes, first, count, rows, step, seed, scalars, totals?): one kernel
// on views of JavaScript's memory, for the contract suite and the self-test at load
Napi::Value runKernel(const Napi::CallbackInfo& info);

}  // namespace blasnet
