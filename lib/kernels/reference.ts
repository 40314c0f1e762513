import { accuracy, decisionAccuracy, targetAccuracy } from './accuracy.js';
import { adam, adaMax, amsGrad, nadam, radam } from './adam.js';
import { adaDelta, adaGrad, rmsProp } from './adaptive.js';
import { activation, activationGradient, softmax } from './activation.js';
import { add } from './add.js';
import { eraseRectangle, warpImage } from './augment.js';
import type { ReferenceKernel } from './call.js';
import { clipNorm, clipValue, squaredNorm } from './clip.js';
import { constrainNorm, nonNegative } from './constrain.js';
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
  runningStatistics,
  standardize,
} from './normalize.js';
import { prelu, preluInputGradient, preluSlopeGradient } from './prelu.js';
import { huber, meanAbsoluteError, meanSquaredError } from './regression.js';
import { activityL1, activityL2, l1, l2 } from './regularize.js';
import { softmaxGradient } from './softmax.js';
import { momentum, nesterov, sgd } from './update.js';
import { gatherWeights, gatherWeightSum, weighLosses } from './weigh.js';

/** The reference twin of every row of the contract. */
export const referenceKernels: Readonly<Record<KernelName, ReferenceKernel>> = {
  gatherFeatures,
  gatherLabels,
  gatherTargets,
  emit,
  gatherWeights,
  gatherWeightSum,
  warpImage,
  eraseRectangle,
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
  runningStatistics,
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
