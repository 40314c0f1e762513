#include "kernels/kernels.h"

namespace blasnet::BLASNET_SIMD {

// In the order of the contract. A missing or misplaced row is found by the contract suite and by the self-test at load.
extern const Kernel kTable[];
const Kernel kTable[] = {
    gatherFeatures,
    gatherLabels,
    gatherTargets,
    emit,
    gatherWeights,
    gatherWeightSum,
    dense,
    denseInputGradient,
    denseKernelGradient,
    denseBiasGradient,
    activation,
    activationGradient,
    softmax,
    dropout,
    dropoutGradient,
    batchNormStatistics,
    batchNorm,
    batchNormInference,
    batchNormParameterGradients,
    batchNormInputGradient,
    softmaxCrossEntropy,
    meanSquaredError,
    accuracy,
    targetAccuracy,
    decisionAccuracy,
    smoothLabels,
    smoothTargets,
    softCrossEntropy,
    binaryCrossEntropy,
    multiclassHinge,
    meanAbsoluteError,
    huber,
    weighLosses,
    l2,
    sgd,
    momentum,
    rmsProp,
    adam,
};

}  // namespace blasnet::BLASNET_SIMD
