// What brings samples into a program and out of it. Twin of lib/kernels/contract/data.ts.
#pragma once

#include "kernels/contract/kernel_contract.h"

namespace blasnet {

// clang-format off
inline constexpr KernelContract kDataRows[] = {
    {"gatherFeatures", "rows", "rows",
     "-> features[rows,inputs]",
     ""},
    {"gatherLabels", "rows", "rows",
     "-> labels[rows]",
     ""},
    {"gatherTargets", "rows", "rows",
     "-> targets[rows,outputs]",
     ""},
    {"emit", "rows", "rows",
     "values[rows,columns] ->",
     ""},
    {"gatherWeights", "rows", "rows",
     "classWeights?[classes] -> weights[rows]",
     "by"},
    {"gatherWeightSum", "columns", "columns",
     "classWeights?[classes] -> sum[columns]",
     "by"},
    {"warpImage", "rows", "rows",
     "input[rows,pixels] operations?[numbers] -> output[rows,pixels]",
     "columns sigma alpha stream"},
    {"eraseRectangle", "rows", "rows",
     "input[rows,pixels] -> output[rows,pixels]",
     "columns probability least most stream"},
};
// clang-format on

}  // namespace blasnet
