import { needTargets } from './errors.js';
import type { Metric } from './metric.js';

/**
 * Coefficient of determination: the share of the targets' variance that predictions explain. 1 is perfect, 0 is no better
 * than predicting the mean, and worse is below.
 *
 *     r² = 1 - Σ (target - prediction)² / Σ (target - mean)²    for each column; the mean over columns
 *
 * Where all targets of a column are equal there is no variance to explain: 1 if predictions meet them exactly, else 0.
 *
 * @example
 * const { metrics } = await network.evaluate(test, { metrics: ['r2'] });
 *
 * As scikit-learn's r2_score.
 */
export function r2(): Metric<number> {
  return {
    name: 'r2',
    start(pass) {
      needTargets('r2', pass);
      const { columns } = pass;
      let count = 0;
      const mean = new Float64Array(columns);
      const squares = new Float64Array(columns);
      const residual = new Float64Array(columns);
      return {
        add({ rows, predictions, targets }) {
          for (let row = 0; row < rows; row++) {
            count++;
            for (let j = 0; j < columns; j++) {
              // Welford's update: subtracting squares of large means would lose the digits that matter.
              const target = targets![row * columns + j];
              const distance = target - mean[j];
              mean[j] += distance / count;
              squares[j] += distance * (target - mean[j]);
              residual[j] += (target - predictions[row * columns + j]) ** 2;
            }
          }
        },
        result() {
          const values = squares.map((square, j) => explained(square, residual[j]));
          return values.reduce((sum, value) => sum + value, 0) / columns;
        },
      };
    },
  };
}

function explained(square: number, residual: number): number {
  if (square > 0) return 1 - residual / square;
  return residual === 0 ? 1 : residual > 0 ? 0 : NaN;
}
