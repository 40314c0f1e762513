import type { KernelContract } from './kernel-contract.js';

/** What is done to gradients and parameters at the end of a step. Rows of the kernel contract. */
export const updateKernels = {
  // Regularizers: add to the gradient and return the penalty ----------------------------------------------------------
  l2: {
    axis: 'parameters',
    split: 'leading',
    signature: 'parameter[leading,inner] -> &gradient[leading,inner]',
    attributes: ['lambda'],
  },
  l1: {
    axis: 'parameters',
    split: 'leading',
    signature: 'parameter[leading,inner] -> &gradient[leading,inner]',
    attributes: ['lambda'],
  },
  activityL1: {
    axis: 'rows',
    split: 'rows',
    signature: 'output[rows,columns] outputGradient[rows,columns] -> penalizedGradient[rows,columns]',
    attributes: ['lambda'],
  },
  activityL2: {
    axis: 'rows',
    split: 'rows',
    signature: 'output[rows,columns] outputGradient[rows,columns] -> penalizedGradient[rows,columns]',
    attributes: ['lambda'],
  },

  // Clipping. `total` is the number of a total that an earlier stage of the step has summed up ------------------------
  squaredNorm: { axis: 'parameters', split: 'leading', signature: 'gradient[leading,inner] ->', attributes: [] },
  clipNorm: {
    axis: 'parameters',
    split: 'leading',
    signature: '-> &gradient[leading,inner]',
    attributes: ['limit', 'total'],
  },
  clipValue: {
    axis: 'parameters',
    split: 'leading',
    signature: '-> &gradient[leading,inner]',
    attributes: ['limit'],
  },

  // Updates. Scalars of the step come from the optimizer's `scalars(step)`; the first is the learning rate, of which a
  // parameter gets `multiplier` ---------------------------------------------------------------------------------------
  sgd: {
    axis: 'parameters',
    split: 'leading',
    signature: 'gradient[leading,inner] -> &parameter[leading,inner]',
    attributes: ['multiplier'],
    scalars: ['learningRate'],
  },
  momentum: {
    axis: 'parameters',
    split: 'leading',
    signature: 'gradient[leading,inner] -> &parameter[leading,inner] &velocity[leading,inner]',
    attributes: ['momentum', 'multiplier'],
    scalars: ['learningRate', 'gradientShare'],
  },
  rmsProp: {
    axis: 'parameters',
    split: 'leading',
    signature:
      'gradient[leading,inner] -> &parameter[leading,inner] &meanSquare[leading,inner] &mean?[leading,inner] &velocity?[leading,inner]',
    attributes: ['decay', 'epsilon', 'momentum', 'multiplier'],
    scalars: ['learningRate'],
  },
  adam: {
    axis: 'parameters',
    split: 'leading',
    signature:
      'gradient[leading,inner] -> &parameter[leading,inner] &firstMoment[leading,inner] &secondMoment[leading,inner]',
    attributes: ['beta1', 'beta2', 'epsilon', 'weightDecay', 'multiplier'],
    scalars: ['learningRate', 'firstCorrection', 'secondCorrection'],
  },
  nesterov: {
    axis: 'parameters',
    split: 'leading',
    signature: 'gradient[leading,inner] -> &parameter[leading,inner] &velocity[leading,inner]',
    attributes: ['momentum', 'multiplier'],
    scalars: ['learningRate'],
  },
  adaGrad: {
    axis: 'parameters',
    split: 'leading',
    signature: 'gradient[leading,inner] -> &parameter[leading,inner] &sumOfSquares[leading,inner]',
    attributes: ['epsilon', 'multiplier'],
    scalars: ['learningRate'],
  },
  adaDelta: {
    axis: 'parameters',
    split: 'leading',
    signature:
      'gradient[leading,inner] -> &parameter[leading,inner] &meanSquare[leading,inner] &meanSquareStep[leading,inner]',
    attributes: ['decay', 'epsilon', 'multiplier'],
    scalars: ['learningRate'],
  },
  amsGrad: {
    axis: 'parameters',
    split: 'leading',
    signature:
      'gradient[leading,inner] -> &parameter[leading,inner] &firstMoment[leading,inner] &secondMoment[leading,inner] &largestMoment[leading,inner]',
    attributes: ['beta1', 'beta2', 'epsilon', 'weightDecay', 'multiplier'],
    scalars: ['learningRate', 'firstCorrection', 'secondCorrection'],
  },
  nadam: {
    axis: 'parameters',
    split: 'leading',
    signature:
      'gradient[leading,inner] -> &parameter[leading,inner] &firstMoment[leading,inner] &secondMoment[leading,inner]',
    attributes: ['beta1', 'beta2', 'epsilon', 'multiplier'],
    scalars: ['learningRate', 'gradientFactor', 'momentFactor', 'secondCorrection'],
  },
  radam: {
    axis: 'parameters',
    split: 'leading',
    signature:
      'gradient[leading,inner] -> &parameter[leading,inner] &firstMoment[leading,inner] &secondMoment[leading,inner]',
    attributes: ['beta1', 'beta2', 'epsilon', 'multiplier'],
    scalars: ['learningRate', 'firstCorrection', 'rectification'],
  },
  adaMax: {
    axis: 'parameters',
    split: 'leading',
    signature:
      'gradient[leading,inner] -> &parameter[leading,inner] &firstMoment[leading,inner] &largest[leading,inner]',
    attributes: ['beta1', 'beta2', 'epsilon', 'multiplier'],
    scalars: ['learningRate', 'firstCorrection'],
  },

  // Constraints, on the columns of a kernel ---------------------------------------------------------------------------
  constrainNorm: {
    axis: 'columns',
    split: 'units',
    signature: '-> &parameter[inputs,units]',
    attributes: ['least', 'most', 'rate'],
  },
  nonNegative: { axis: 'columns', split: 'units', signature: '-> &parameter[inputs,units]', attributes: [] },
} as const satisfies Record<string, KernelContract>;
