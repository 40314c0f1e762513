import type { KernelContract } from './kernel-contract.js';

/** Losses and metrics, each returning the sum over its rows, and what prepares their targets. Rows of the kernel contract. */
export const lossKernels = {
  softmaxCrossEntropy: {
    axis: 'rows',
    split: 'rows',
    signature: 'logits[rows,classes] labels[rows] -> gradient?[rows,classes] losses?[rows]',
    attributes: [],
  },
  meanSquaredError: {
    axis: 'rows',
    split: 'rows',
    signature: 'output[rows,columns] targets[rows,columns] -> gradient?[rows,columns] losses?[rows]',
    attributes: [],
  },
  accuracy: { axis: 'rows', split: 'rows', signature: 'scores[rows,classes] labels[rows] ->', attributes: [] },
  targetAccuracy: {
    axis: 'rows',
    split: 'rows',
    signature: 'scores[rows,classes] targets[rows,classes] ->',
    attributes: [],
  },
  decisionAccuracy: {
    axis: 'rows',
    split: 'rows',
    signature: 'logits[rows,columns] targets[rows,columns] ->',
    attributes: [],
  },
  smoothLabels: {
    axis: 'rows',
    split: 'rows',
    signature: 'labels[rows] classWeights?[classes] -> targets[rows,classes]',
    attributes: ['smoothing'],
  },
  smoothTargets: {
    axis: 'rows',
    split: 'rows',
    signature: 'targets[rows,classes] classWeights?[classes] -> smoothed[rows,classes]',
    attributes: ['smoothing'],
  },
  softCrossEntropy: {
    axis: 'rows',
    split: 'rows',
    signature: 'logits[rows,classes] targets[rows,classes] -> gradient?[rows,classes] losses?[rows]',
    attributes: [],
  },
  binaryCrossEntropy: {
    axis: 'rows',
    split: 'rows',
    signature:
      'logits[rows,columns] targets[rows,columns] classWeights?[columns] -> gradient?[rows,columns] losses?[rows]',
    attributes: ['smoothing'],
  },
  multiclassHinge: {
    axis: 'rows',
    split: 'rows',
    signature: 'scores[rows,classes] labels[rows] -> gradient?[rows,classes] losses?[rows]',
    attributes: ['margin'],
  },
  meanAbsoluteError: {
    axis: 'rows',
    split: 'rows',
    signature: 'output[rows,columns] targets[rows,columns] -> gradient?[rows,columns] losses?[rows]',
    attributes: [],
  },
  huber: {
    axis: 'rows',
    split: 'rows',
    signature: 'output[rows,columns] targets[rows,columns] -> gradient?[rows,columns] losses?[rows]',
    attributes: ['delta'],
  },
  weighLosses: {
    axis: 'rows',
    split: 'rows',
    signature: 'losses[rows] weights?[rows] weightSum[one] -> &gradient?[rows,columns]',
    attributes: [],
  },
} as const satisfies Record<string, KernelContract>;
