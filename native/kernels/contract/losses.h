// Losses and metrics, each returning the sum over its rows, and what prepares their targets. Twin of
// lib/kernels/contract/losses.ts.
#pragma once

#include "kernels/contract/kernel_contract.h"

namespace blasnet {

// clang-format off
inline constexpr KernelContract kLossRows[] = {
    {"softmaxCrossEntropy", "rows", "rows",
     "logits[rows,classes] labels[rows] -> gradient?[rows,classes] losses?[rows]",
     ""},
    {"meanSquaredError", "rows", "rows",
     "output[rows,columns] targets[rows,columns] -> gradient?[rows,columns] losses?[rows]",
     ""},
    {"accuracy", "rows", "rows",
     "scores[rows,classes] labels[rows] ->",
     ""},
    {"targetAccuracy", "rows", "rows",
     "scores[rows,classes] targets[rows,classes] ->",
     ""},
    {"decisionAccuracy", "rows", "rows",
     "logits[rows,columns] targets[rows,columns] ->",
     ""},
    {"smoothLabels", "rows", "rows",
     "labels[rows] classWeights?[classes] -> targets[rows,classes]",
     "smoothing"},
    {"smoothTargets", "rows", "rows",
     "targets[rows,classes] classWeights?[classes] -> smoothed[rows,classes]",
     "smoothing"},
    {"softCrossEntropy", "rows", "rows",
     "logits[rows,classes] targets[rows,classes] -> gradient?[rows,classes] losses?[rows]",
     ""},
    {"binaryCrossEntropy", "rows", "rows",
     "logits[rows,columns] targets[rows,columns] classWeights?[columns] -> gradient?[rows,columns] losses?[rows]",
     "smoothing"},
    {"multiclassHinge", "rows", "rows",
     "scores[rows,classes] labels[rows] -> gradient?[rows,classes] losses?[rows]",
     "margin"},
    {"meanAbsoluteError", "rows", "rows",
     "output[rows,columns] targets[rows,columns] -> gradient?[rows,columns] losses?[rows]",
     ""},
    {"huber", "rows", "rows",
     "output[rows,columns] targets[rows,columns] -> gradient?[rows,columns] losses?[rows]",
     "delta"},
    {"weighLosses", "rows", "rows",
     "losses[rows] weights?[rows] weightSum[one] -> &gradient?[rows,columns]",
     ""},
};
// clang-format on

}  // namespace blasnet
