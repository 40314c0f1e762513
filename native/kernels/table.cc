#include "kernels/kernels.h"

namespace blasnet::BLASNET_SIMD {

// In the order of the contract. A missing or misplaced row is found by the contract suite and by the self-test at load.
extern const Kernel kTable[];
const Kernel kTable[] = {
    gatherFeatures,
    gatherLabels,
    gatherTargets,
    emit,
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
    l2,
    l1,
    activityL1,
    activityL2,
    squaredNorm,
    clipNorm,
    clipValue,
    sgd,
    momentum,
    rmsProp,
    adam,
    nesterov,
    adaGrad,
    adaDelta,
    amsGrad,
    nadam,
    radam,
    adaMax,
    constrainNorm,
    nonNegative,
};

}  // namespace blasnet::BLASNET_SIMD
