// A row of the kernel contract as text, see lib/kernels/contract.ts for how it reads.
#pragma once

namespace blasnet {

struct KernelContract {
  const char* name;
  const char* axis;
  const char* split;
  const char* signature;
  const char* attributes;
  const char* scalars = "";
};

}  // namespace blasnet
