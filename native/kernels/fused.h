#pragma once

#include "kernels/contract.h"

namespace blasnet::BLASNET_SIMD {

// The kernel that does what `first` and then `second` do, on the operands of `first` without the one that passes between
// them, followed by those of `second` without it; null where there is none for batches of this size.
Kernel fusedKernel(const char* first, const char* second, std::int64_t batchSize);

}  // namespace blasnet::BLASNET_SIMD
