import type { KernelContract } from './kernel-contract.js';

/** What brings samples into a program and out of it. Rows of the kernel contract. */
export const dataKernels = {
  // Data ------------------------------------------------------------------------------------------------------------
  gatherFeatures: { axis: 'rows', split: 'rows', signature: '-> features[rows,inputs]', attributes: [] },
  gatherLabels: { axis: 'rows', split: 'rows', signature: '-> labels[rows]', attributes: [] },
  gatherTargets: { axis: 'rows', split: 'rows', signature: '-> targets[rows,outputs]', attributes: [] },
  emit: { axis: 'rows', split: 'rows', signature: 'values[rows,columns] ->', attributes: [] },
  // `by` says what a row is weighed by besides its sample's weight: 0 nothing, 1 its label's class, 2 its targets.
  gatherWeights: {
    axis: 'rows',
    split: 'rows',
    signature: 'classWeights?[classes] -> weights[rows]',
    attributes: ['by'],
  },
  gatherWeightSum: {
    axis: 'columns',
    split: 'columns',
    signature: 'classWeights?[classes] -> sum[columns]',
    attributes: ['by'],
  },

  // Augmentation. `columns` is an image's width; `operations` are those of warpOperations in augment.ts -----------------
  warpImage: {
    axis: 'rows',
    split: 'rows',
    signature: 'input[rows,pixels] operations?[numbers] -> output[rows,pixels]',
    attributes: ['columns', 'sigma', 'alpha', 'stream'],
  },
  eraseRectangle: {
    axis: 'rows',
    split: 'rows',
    signature: 'input[rows,pixels] -> output[rows,pixels]',
    attributes: ['columns', 'probability', 'least', 'most', 'stream'],
  },
} as const satisfies Record<string, KernelContract>;
