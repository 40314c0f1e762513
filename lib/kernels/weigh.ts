import type { FloatArray, ReferenceKernel, Run } from './call.js';
import { dataOf, sampleAt } from './gather.js';

/** What a row is weighed by besides the weight of its sample: see `gatherWeights` in the contract. */
export const weighedBy = { nothing: 0, label: 1, targets: 2 } as const;

/** Weight of the sample at `row` of the batch; 1 where the data has none. */
function weightOf(run: Run, row: number, by: number, classWeights: FloatArray): number {
  const data = dataOf(run);
  const sample = sampleAt(run, row);
  const weight = data.weights === undefined ? 1 : data.weights[sample];
  if (by === weighedBy.label) return weight * classWeights[data.labels?.[sample] ?? NaN];
  if (by !== weighedBy.targets) return weight;
  let sum = 0;
  for (let j = 0; j < classWeights.length; j++) {
    sum += classWeights[j] * (data.targets?.[sample * classWeights.length + j] ?? NaN);
  }
  return weight * sum;
}

export const gatherWeights: ReferenceKernel = ({ operands, attributes }, start, end, run) => {
  const [classWeights, weights] = operands;
  for (let row = start; row < end; row++) weights[row] = weightOf(run, row, attributes[0], classWeights);
  return 0;
};

/** sum = Σ weights of the whole batch, by which a weighted mean is divided; also the partial sum. */
export const gatherWeightSum: ReferenceKernel = ({ operands, attributes }, start, end, run) => {
  const [classWeights, sum] = operands;
  let total = 0;
  for (let row = 0; row < run.rows; row++) total += weightOf(run, row, attributes[0], classWeights);
  sum.fill(total, start, end);
  return start === 0 ? total : 0;
};

/**
 * Makes the mean over the batch a weighted one: gradient ·= weight · rows / weightSum, and the sum of the losses by the
 * same factor. A batch without any weight counts nothing.
 */
export const weighLosses: ReferenceKernel = ({ operands, dimensions }, start, end, { rows }) => {
  const [losses, weights, weightSum, gradient] = operands;
  const [, columns] = dimensions;
  const share = weightSum[0] === 0 ? 0 : rows / weightSum[0];
  let total = 0;
  for (let row = start; row < end; row++) {
    const factor = weights.length > 0 ? weights[row] * share : share;
    total += factor * losses[row];
    if (gradient.length === 0) continue;
    for (let i = row * columns; i < (row + 1) * columns; i++) gradient[i] *= factor;
  }
  return total;
};
