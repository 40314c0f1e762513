import { unfit, type Metric, type Pass } from './metric.js';

/**
 * Mean squared difference between predictions and targets, over samples and columns. For probabilities it is the Brier score.
 *
 * @example
 * const { metrics } = await network.evaluate(test, { metrics: ['meanSquaredError', 'r2'] });
 */
export function meanSquaredError(): Metric<number> {
  return meanOf('meanSquaredError', (difference) => difference * difference);
}

/** Mean absolute difference between predictions and targets, over samples and columns. */
export function meanAbsoluteError(): Metric<number> {
  return meanOf('meanAbsoluteError', Math.abs);
}

export function needTargets(name: string, { targets }: Pass): void {
  if (!targets) throw unfit(name, 'needs targets, and the data has none of the width of the predictions');
}

function meanOf(name: string, value: (difference: number) => number): Metric<number> {
  return {
    name,
    start(pass) {
      needTargets(name, pass);
      let sum = 0;
      let count = 0;
      return {
        add({ rows, predictions, targets }) {
          for (let i = 0; i < rows * pass.columns; i++) sum += value(predictions[i] - targets![i]);
          count += rows * pass.columns;
        },
        result: () => (count === 0 ? 0 : sum / count),
      };
    },
  };
}
