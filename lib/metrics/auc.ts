import { readClasses, unfit, type Metric } from './metric.js';

/**
 * Area under the ROC curve for two classes: the probability that a sample of class 1 is scored above one of class 0.
 *
 *     auc = (Σ ranks of class 1 - n₁ · (n₁ + 1) / 2) / (n₀ · n₁)    equal scores share their mean rank
 *
 * Exact over all samples, ties counting one half; no thresholds are chosen. The score is the one output that decides, or the
 * probability of class 1 of two (for scores that are no probabilities, the lead over class 0). Without samples of one class
 * there is nothing to compare and it is 0. It keeps all scores: 9 bytes a sample.
 *
 * @throws OptionError for other than two classes
 *
 * @example
 * const { metrics } = await network.evaluate(test, { metrics: ['auc'] });
 *
 * Source: Hanley and McNeil, "The meaning and use of the area under a receiver operating characteristic curve",
 * Radiology 143 (1982). As scikit-learn's roc_auc_score; Keras' AUC is an approximation by 200 thresholds.
 */
export function auc(): Metric<number> {
  return {
    name: 'auc',
    start(pass) {
      const { classes, truth } = readClasses('auc', pass);
      if (classes !== 2) throw unfit('auc', `is for two classes, and the network has ${classes}`);
      const chunks: Scored[] = [];
      return {
        add(batch) {
          const { predictions, rows } = batch;
          const scores = new Float64Array(rows);
          const positive = new Uint8Array(rows);
          for (let row = 0; row < rows; row++) {
            if (pass.columns === 1) scores[row] = predictions[row];
            else scores[row] = predictions[2 * row + 1] - (pass.probabilities ? 0 : predictions[2 * row]);
            positive[row] = truth(batch, row);
          }
          chunks.push({ scores, positive });
        },
        result: () => areaOf(chunks),
      };
    },
  };
}

interface Scored {
  readonly scores: Float64Array;
  readonly positive: Uint8Array;
}

function areaOf(chunks: readonly Scored[]): number {
  const pairs = chunks.map(({ scores, positive }) => [
    scores.filter((_, i) => positive[i] === 1),
    scores.filter((_, i) => positive[i] !== 1),
  ]);
  const yes = joined(pairs.map(([first]) => first)).sort();
  const no = joined(pairs.map(([, second]) => second)).sort();
  if (yes.length === 0 || no.length === 0) return 0;
  // For every yes, the noes below it and half of those beside it, in one walk along both sorted lists.
  let below = 0;
  let upTo = 0;
  let wins = 0;
  for (const score of yes) {
    // Scores that are no numbers have no place in the order.
    if (Number.isNaN(score)) return NaN;
    while (below < no.length && no[below] < score) below++;
    while (upTo < no.length && no[upTo] <= score) upTo++;
    wins += (below + upTo) / 2;
  }
  return Number.isNaN(no[no.length - 1]) ? NaN : wins / (yes.length * no.length);
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
