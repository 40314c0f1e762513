import { isMultiLabel } from './accuracy.js';
import { isYes, readClasses, type Accumulator, type Metric, type Pass, type PerClass } from './metric.js';

/**
 * Precision: of the samples taken for a class, the share that are of it.
 *
 *     precision = right / predicted    per class; `macro` is the plain mean over all classes
 *
 * A class that was never predicted has precision 0. Where every output is a decision of its own (multi-label), the classes
 * are the outputs.
 *
 * @example
 * const { metrics } = await network.evaluate(test, { metrics: ['precision', 'recall', 'f1'] });
 *
 * As scikit-learn's precision_score with zero_division=0; its macro mean leaves out classes that are neither in the data nor
 * predicted, ours counts them with 0.
 */
export function precision(): Metric<PerClass> {
  return perClass('precision', ({ right, predicted }) => share(right, predicted));
}

/**
 * Recall: of the samples of a class, the share that were taken for it.
 *
 *     recall = right / samples    per class; `macro` is the plain mean over all classes
 *
 * A class without samples has recall 0. See {@link precision}.
 */
export function recall(): Metric<PerClass> {
  return perClass('recall', ({ right, samples }) => share(right, samples));
}

/**
 * F1: the harmonic mean of precision and recall.
 *
 *     f1 = 2 · right / (predicted + samples)    per class; `macro` is the plain mean over all classes
 *
 * A class without samples and predictions has F1 0. See {@link precision}.
 */
export function f1(): Metric<PerClass> {
  return perClass('f1', ({ right, predicted, samples }) => share(2 * right, predicted + samples));
}

interface Counts {
  right: number;
  predicted: number;
  samples: number;
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

function perClass(name: string, of: (counts: Counts) => number): Metric<PerClass> {
  return {
    name,
    start(pass) {
      const { counts, add } = isMultiLabel(pass) ? countDecisions(pass) : countClasses(name, pass);
      return {
        add,
        result() {
          const values = counts.map(of);
          return { perClass: values, macro: values.reduce((sum, value) => sum + value, 0) / values.length };
        },
      };
    },
  };
}

interface Counting {
  readonly counts: Counts[];
  readonly add: Accumulator['add'];
}

const noCounts = (length: number): Counts[] => Array.from({ length }, () => ({ right: 0, predicted: 0, samples: 0 }));

function countClasses(name: string, pass: Pass): Counting {
  const { classes, truth, predicted } = readClasses(name, pass);
  const counts = noCounts(classes);
  const add: Counting['add'] = (batch) => {
    for (let row = 0; row < batch.rows; row++) {
      const [own, taken] = [counts[truth(batch, row)], counts[predicted(batch, row)]];
      own.samples++;
      taken.predicted++;
      if (own === taken) own.right++;
    }
  };
  return { counts, add };
}

function countDecisions({ columns }: Pass): Counting {
  const counts = noCounts(columns);
  const add: Counting['add'] = ({ rows, predictions, targets }) => {
    for (let i = 0; i < rows * columns; i++) {
      const of = counts[i % columns];
      const [yes, taken] = [isYes(targets![i]), isYes(predictions[i])];
      of.samples += yes;
      of.predicted += taken;
      of.right += yes * taken;
    }
  };
  return { counts, add };
}
