import { accuracy, decisionAccuracy, targetAccuracy } from './accuracy.js';
import { activation, activationGradient, softmax } from './activation.js';
import { add } from './add.js';
import type { ReferenceKernel } from './call.js';
import type { KernelName } from './contract.js';
import { dense, denseBiasGradient, denseInputGradient, denseKernelGradient } from './dense.js';
import { alphaDropout, dropout, dropoutGradient } from './dropout.js';
import { emit, gatherFeatures, gatherLabels, gatherTargets } from './gather.js';
import { layerNorm, layerNormGammaGradient, layerNormInputGradient } from './layer-norm.js';
import {
  binaryCrossEntropy,
  multiclassHinge,
  smoothLabels,
  smoothTargets,
  softCrossEntropy,
  softmaxCrossEntropy,
} from './loss.js';
import { gaussianNoise } from './noise.js';
import {
  batchNorm,
  batchNormInference,
  batchNormInferenceGradient,
  batchNormInputGradient,
  batchNormParameterGradients,
  batchNormStatistics,
  standardize,
} from './normalize.js';
import { prelu, preluInputGradient, preluSlopeGradient } from './prelu.js';
import { huber, meanAbsoluteError, meanSquaredError } from './regression.js';
import { l2 } from './regularize.js';
import { softmaxGradient } from './softmax.js';
import { adam, momentum, rmsProp, sgd } from './update.js';
import { gatherWeights, gatherWeightSum, weighLosses } from './weigh.js';

/** The reference twin of every row of the contract. */
export const referenceKernels: Readonly<Record<KernelName, ReferenceKernel>> = {
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
