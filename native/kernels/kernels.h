// Every kernel of the contract, declared once per SIMD level.
#pragma once

#include "kernels/contract.h"

namespace blasnet::BLASNET_SIMD {

// gather.cc
double gatherFeatures(const Tile& tile);
double gatherLabels(const Tile& tile);
double gatherTargets(const Tile& tile);
double emit(const Tile& tile);
// augment.cc
double warpImage(const Tile& tile);
double eraseRectangle(const Tile& tile);
// dense.cc
double dense(const Tile& tile);
double denseInputGradient(const Tile& tile);
double denseKernelGradient(const Tile& tile);
double denseBiasGradient(const Tile& tile);
// activation.cc
double activation(const Tile& tile);
double activationGradient(const Tile& tile);
double softmax(const Tile& tile);
// softmax.cc
double softmaxGradient(const Tile& tile);
// prelu.cc
double prelu(const Tile& tile);
double preluInputGradient(const Tile& tile);
double preluSlopeGradient(const Tile& tile);
// dropout.cc
double dropout(const Tile& tile);
double dropoutGradient(const Tile& tile);
double alphaDropout(const Tile& tile);
// noise.cc
double gaussianNoise(const Tile& tile);
// normalize.cc
double batchNormStatistics(const Tile& tile);
double runningStatistics(const Tile& tile);
double batchNorm(const Tile& tile);
double batchNormInference(const Tile& tile);
double batchNormParameterGradients(const Tile& tile);
double batchNormInputGradient(const Tile& tile);
double batchNormInferenceGradient(const Tile& tile);
double standardize(const Tile& tile);
// layer_norm.cc
double layerNorm(const Tile& tile);
double layerNormInputGradient(const Tile& tile);
double layerNormGammaGradient(const Tile& tile);
// add.cc
double add(const Tile& tile);
// loss.cc
double softmaxCrossEntropy(const Tile& tile);
double softCrossEntropy(const Tile& tile);
double smoothLabels(const Tile& tile);
double smoothTargets(const Tile& tile);
double binaryCrossEntropy(const Tile& tile);
double multiclassHinge(const Tile& tile);
// regression.cc
double meanSquaredError(const Tile& tile);
double meanAbsoluteError(const Tile& tile);
double huber(const Tile& tile);
// weigh.cc
double gatherWeights(const Tile& tile);
double gatherWeightSum(const Tile& tile);
double weighLosses(const Tile& tile);
// accuracy.cc
double accuracy(const Tile& tile);
double targetAccuracy(const Tile& tile);
double decisionAccuracy(const Tile& tile);
// regularize.cc
double l2(const Tile& tile);
double l1(const Tile& tile);
double activityL1(const Tile& tile);
double activityL2(const Tile& tile);
// clip.cc
double squaredNorm(const Tile& tile);
double clipNorm(const Tile& tile);
double clipValue(const Tile& tile);
// update.cc
double sgd(const Tile& tile);
double momentum(const Tile& tile);
double nesterov(const Tile& tile);
// adaptive.cc
double adaGrad(const Tile& tile);
double adaDelta(const Tile& tile);
double rmsProp(const Tile& tile);
// adam.cc
double adam(const Tile& tile);
double amsGrad(const Tile& tile);
double nadam(const Tile& tile);
double radam(const Tile& tile);
double adaMax(const Tile& tile);
// constrain.cc
double constrainNorm(const Tile& tile);
double nonNegative(const Tile& tile);

}  // namespace blasnet::BLASNET_SIMD
