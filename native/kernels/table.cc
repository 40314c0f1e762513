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
    softmaxGradient,
    prelu,
    preluInputGradient,
    preluSlopeGradient,
    dropout,
    dropoutGradient,
    alphaDropout,
    gaussianNoise,
    batchNormStatistics,
    batchNorm,
    batchNormInference,
    batchNormParameterGradients,
    batchNormInputGradient,
    batchNormInferenceGradient,
    layerNorm,
    layerNormInputGradient,
    layerNormGammaGradient,
    standardize,
    add,
    softmaxCrossEntropy,
    meanSquaredError,
    accuracy,
    l2,
    sgd,
    momentum,
    rmsProp,
    adam,
};

}  // namespace blasnet::BLASNET_SIMD
