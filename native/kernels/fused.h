#pragma once

#include "kernels/contract.h"

namespace blasnet::BLASNET_SIMD {

// The kernel that does what a chain of kernels does, named as in "denseKernelGradient adam"; null where there is none for
// batches of this size. Its operands are those of the first without the gradient that passes between them, followed by
// those of the last without it; its attributes those of the first, the last, and the one between.
Kernel fusedKernel(const char* chain, std::int64_t batchSize);

}  // namespace blasnet::BLASNET_SIMD
