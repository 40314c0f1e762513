import { accuracy, decisionAccuracy, targetAccuracy } from './accuracy.js';
import { activation, activationGradient, softmax } from './activation.js';
import type { ReferenceKernel } from './call.js';
import type { KernelName } from './contract.js';
import { dense, denseBiasGradient, denseInputGradient, denseKernelGradient } from './dense.js';
import { dropout, dropoutGradient } from './dropout.js';
import { emit, gatherFeatures, gatherLabels, gatherTargets } from './gather.js';
import {
  binaryCrossEntropy,
  multiclassHinge,
  smoothLabels,
  smoothTargets,
  softCrossEntropy,
  softmaxCrossEntropy,
} from './loss.js';
import {
  batchNorm,
  batchNormInference,
  batchNormInputGradient,
  batchNormParameterGradients,
  batchNormStatistics,
} from './normalize.js';
import { huber, meanAbsoluteError, meanSquaredError } from './regression.js';
import { l2 } from './regularize.js';
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
