import { isYes, readClasses, type Accumulator, type Metric, type Pass } from './metric.js';

/**
 * Share of samples classified rightly, from 0 to 1. The class is that of the largest output, the first of equals; where every
 * output is a decision of its own (multi-label), the share of right decisions.
 *
 * @example
 * const { metrics } = await network.evaluate(test, { metrics: ['accuracy'] });
 */
export function accuracy(): Metric<number> {
  return { name: 'accuracy', start: (pass) => (isMultiLabel(pass) ? decisions(pass) : classes(pass)) };
}

export function isMultiLabel({ task, columns, targets }: Pass): boolean {
  return task === 'decisions' && columns > 1 && targets;
}

function classes(pass: Pass): Accumulator<number> {
  const { truth, predicted } = readClasses('accuracy', pass);
  let right = 0;
  let count = 0;
  return {
    add(batch) {
      for (let row = 0; row < batch.rows; row++) if (truth(batch, row) === predicted(batch, row)) right++;
      count += batch.rows;
    },
    result: () => (count === 0 ? 0 : right / count),
  };
}

function decisions({ columns }: Pass): Accumulator<number> {
  let right = 0;
  let count = 0;
  return {
    add({ rows, predictions, targets }) {
      for (let i = 0; i < rows * columns; i++) if (isYes(predictions[i]) === isYes(targets![i])) right++;
      count += rows * columns;
    },
    result: () => (count === 0 ? 0 : right / count),
  };
}
