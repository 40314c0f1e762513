import { readClasses, type Metric } from './metric.js';

/**
 * How often each class was taken for each: counts by `[true class][predicted class]`, so that the diagonal is what is right,
 * a row is a class's samples and a column its predictions. A network with one output that decides has the classes 0 and 1.
 *
 * @example
 * const { metrics } = await network.evaluate(test, { metrics: ['confusionMatrix'] });
 * console.table(metrics?.confusionMatrix);
 */
export function confusionMatrix(): Metric<readonly (readonly number[])[]> {
  return {
    name: 'confusionMatrix',
    start(pass) {
      const { classes, truth, predicted } = readClasses('confusionMatrix', pass);
      const counts = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0));
      return {
        add(batch) {
          for (let row = 0; row < batch.rows; row++) counts[truth(batch, row)][predicted(batch, row)]++;
        },
        result: () => counts.map((row) => [...row]),
      };
    },
  };
}
