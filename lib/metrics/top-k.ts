import { checkInteger } from '../core/checks.js';
import { readClasses, unfit, type Metric } from './metric.js';

/**
 * Share of samples whose true class is among the k largest outputs. Of equal outputs the first counts as larger, so that
 * `topK(1)` is the accuracy. Its result is called `top3Accuracy` for k = 3.
 *
 * @param k at least 1, default 5, at most the number of classes
 * @throws OptionError for another k
 *
 * @example
 * const { metrics } = await network.evaluate(test, { metrics: [topK(3)] });
 * console.log(metrics?.top3Accuracy);
 */
export function topK(k = 5): Metric<number> {
  checkInteger('k', k, { min: 1 });
  const name = `top${k}Accuracy`;
  return {
    name,
    start(pass) {
      if (pass.task === 'decisions')
        throw unfit(name, 'needs an output for each class, and the network decides yes or no');
      const { classes, truth } = readClasses(name, pass);
      checkInteger('k of topK', k, { min: 1, max: classes });
      let right = 0;
      let count = 0;
      return {
        add(batch) {
          const { predictions, rows } = batch;
          for (let row = 0; row < rows; row++) {
            const offset = row * classes;
            const own = truth(batch, row);
            const score = predictions[offset + own];
            let better = 0;
            for (let j = 0; j < classes; j++) {
              const other = predictions[offset + j];
              // Not at most: a NaN that stands at the true class is no hit.
              if (j < own ? !(other < score) : j > own && !(other <= score)) better++;
            }
            if (better < k) right++;
          }
          count += rows;
        },
        result: () => (count === 0 ? 0 : right / count),
      };
    },
  };
}
