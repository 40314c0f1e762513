import type { KernelContract } from './kernel-contract.js';

/** The forward and backward passes of layers. Rows of the kernel contract. */
export const layerKernels = {
  // Dense -----------------------------------------------------------------------------------------------------------
  dense: {
    axis: 'rows',
    split: 'rows',
    signature: 'input[rows,inputs] kernel[inputs,units] bias?[units] -> output[rows,units]',
    attributes: ['activation', 'parameter'],
  },
  denseInputGradient: {
    axis: 'rows',
    split: 'rows',
    signature: 'outputGradient[rows,units] kernel[inputs,units] -> inputGradient[rows,inputs]',
    attributes: [],
  },
  denseKernelGradient: {
    axis: 'parameters',
    split: 'inputs',
    signature: 'input[rows,inputs] outputGradient[rows,units] -> kernelGradient[inputs,units]',
    attributes: [],
  },
  denseBiasGradient: {
    axis: 'parameters',
    split: 'units',
    signature: 'outputGradient[rows,units] -> biasGradient[units]',
    attributes: [],
  },

  // Activations -----------------------------------------------------------------------------------------------------
  activation: {
    axis: 'rows',
    split: 'rows',
    signature: 'input[rows,columns] -> output[rows,columns]',
    attributes: ['activation', 'parameter'],
  },
  activationGradient: {
    axis: 'rows',
    split: 'rows',
    signature: 'saved[rows,columns] outputGradient[rows,columns] -> inputGradient[rows,columns]',
    attributes: ['activation', 'parameter'],
  },
  softmax: { axis: 'rows', split: 'rows', signature: 'input[rows,columns] -> output[rows,columns]', attributes: [] },
  softmaxGradient: {
    axis: 'rows',
    split: 'rows',
    signature: 'output[rows,columns] outputGradient[rows,columns] -> inputGradient[rows,columns]',
    attributes: [],
  },
  prelu: {
    axis: 'rows',
    split: 'rows',
    signature: 'input[rows,columns] slope[columns] -> output[rows,columns]',
    attributes: [],
  },
  preluInputGradient: {
    axis: 'rows',
    split: 'rows',
    signature: 'input[rows,columns] outputGradient[rows,columns] slope[columns] -> inputGradient[rows,columns]',
    attributes: [],
  },
  preluSlopeGradient: {
    axis: 'parameters',
    split: 'columns',
    signature: 'input[rows,columns] outputGradient[rows,columns] -> slopeGradient[columns]',
    attributes: [],
  },

  // Dropout ---------------------------------------------------------------------------------------------------------
  dropout: {
    axis: 'rows',
    split: 'rows',
    signature: 'input[rows,columns] -> output[rows,columns] mask[rows,columns]',
    attributes: ['rate', 'stream'],
  },
  dropoutGradient: {
    axis: 'rows',
    split: 'rows',
    signature: 'mask[rows,columns] outputGradient[rows,columns] -> inputGradient[rows,columns]',
    attributes: [],
  },
  alphaDropout: {
    axis: 'rows',
    split: 'rows',
    signature: 'input[rows,columns] -> output[rows,columns] mask[rows,columns]',
    attributes: ['rate', 'stream'],
  },
  gaussianNoise: {
    axis: 'rows',
    split: 'rows',
    signature: 'input[rows,columns] -> output[rows,columns]',
    attributes: ['standardDeviation', 'stream'],
  },

  // Normalization ---------------------------------------------------------------------------------------------------
  batchNormStatistics: {
    axis: 'columns',
    split: 'columns',
    signature: 'input[rows,columns] -> mean[columns] inverseDeviation[columns] variance[columns]',
    attributes: ['epsilon'],
  },
  runningStatistics: {
    axis: 'parameters',
    split: 'columns',
    signature: 'mean[columns] variance[columns] -> &runningMean[columns] &runningVariance[columns]',
    attributes: ['momentum'],
  },
  batchNorm: {
    axis: 'rows',
    split: 'rows',
    signature:
      'input[rows,columns] mean[columns] inverseDeviation[columns] gamma[columns] beta[columns] -> output[rows,columns]',
    attributes: [],
  },
  batchNormInference: {
    axis: 'rows',
    split: 'rows',
    signature:
      'input[rows,columns] runningMean[columns] runningVariance[columns] gamma[columns] beta[columns] -> output[rows,columns]',
    attributes: ['epsilon'],
  },
  batchNormParameterGradients: {
    axis: 'columns',
    split: 'columns',
    signature:
      'input[rows,columns] outputGradient[rows,columns] mean[columns] inverseDeviation[columns] -> gammaGradient[columns] betaGradient[columns]',
    attributes: [],
  },
  batchNormInputGradient: {
    axis: 'rows',
    split: 'rows',
    signature:
      'input[rows,columns] outputGradient[rows,columns] mean[columns] inverseDeviation[columns] gamma[columns] gammaGradient[columns] betaGradient[columns] -> inputGradient[rows,columns]',
    attributes: [],
  },
  batchNormInferenceGradient: {
    axis: 'rows',
    split: 'rows',
    signature: 'outputGradient[rows,columns] runningVariance[columns] gamma[columns] -> inputGradient[rows,columns]',
    attributes: ['epsilon'],
  },
  layerNorm: {
    axis: 'rows',
    split: 'rows',
    signature:
      'input[rows,columns] gamma[columns] beta[columns] -> output[rows,columns] mean?[rows] inverseDeviation?[rows]',
    attributes: ['epsilon'],
  },
  layerNormInputGradient: {
    axis: 'rows',
    split: 'rows',
    signature:
      'input[rows,columns] outputGradient[rows,columns] mean[rows] inverseDeviation[rows] gamma[columns] -> inputGradient[rows,columns]',
    attributes: [],
  },
  layerNormGammaGradient: {
    axis: 'parameters',
    split: 'columns',
    signature:
      'input[rows,columns] outputGradient[rows,columns] mean[rows] inverseDeviation[rows] -> gammaGradient[columns]',
    attributes: [],
  },
  standardize: {
    axis: 'rows',
    split: 'rows',
    signature: 'input[rows,columns] mean[columns] deviation[columns] -> output[rows,columns]',
    attributes: [],
  },

  // Residual connections ----------------------------------------------------------------------------------------------
  add: {
    axis: 'rows',
    split: 'rows',
    signature: 'first[rows,columns] second[rows,columns] -> sum[rows,columns]',
    attributes: [],
  },
} as const satisfies Record<string, KernelContract>;
