import { activation, activationGradient, softmax } from './activation.js';
import type { ReferenceKernel } from './call.js';
import type { KernelName } from './contract.js';
import { dense, denseBiasGradient, denseInputGradient, denseKernelGradient } from './dense.js';
import { dropout, dropoutGradient } from './dropout.js';
import { emit, gatherFeatures, gatherLabels, gatherTargets } from './gather.js';
import { accuracy, meanSquaredError, softmaxCrossEntropy } from './loss.js';
import {
  batchNorm,
  batchNormInference,
  batchNormInputGradient,
  batchNormParameterGradients,
  batchNormStatistics,
} from './normalize.js';
import { l2 } from './regularize.js';
import { adam, momentum, rmsProp, sgd } from './update.js';

/** The reference twin of every row of the contract. */
export const referenceKernels: Readonly<Record<KernelName, ReferenceKernel>> = {
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
  sgd,
  momentum,
  rmsProp,
  adam,
};
