#pragma once

#include "engine/program.h"

namespace blasnet {

// Puts one call in the place of two wherever a kernel can work on what the one before it still holds in registers.
void fuseCalls(Program& program, SimdLevel level);

}  // namespace blasnet
