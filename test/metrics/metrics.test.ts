import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OptionError } from '../../lib/core/errors.js';
import { RandomStream } from '../../lib/core/random.js';
import { Measurement, measure, metricNames, metrics, resolveMetrics, topK } from '../../lib/metrics/index.js';
import type { MeasureOptions, MetricLike, Pass } from '../../lib/metrics/index.js';
import { expectClose } from '../support/compare.js';
import { flat } from '../golden/files.js';
import { thrownBy } from '../support/errors.js';

/** Three classes, seven samples: small enough to count by hand. Class 2 is never predicted, and the last row is a tie. */
const three: MeasureOptions = {
  columns: 3,
  predictions: [0.8, 0.1, 0.1, 0.6, 0.3, 0.1, 0.2, 0.7, 0.1, 0.1, 0.5, 0.4, 0.3, 0.5, 0.2, 0.9, 0, 0.1, 0.4, 0.4, 0.2],
  labels: [0, 1, 1, 2, 1, 0, 1],
};
/** One output that decides; scores with ties between and within the classes. */
const two: MeasureOptions = { predictions: [0.9, 0.8, 0.8, 0.5, 0.3, 0.3, 0.1], labels: [1, 0, 1, 1, 0, 1, 0] };
/** Two questions for each of four samples. */
const many: MeasureOptions = {
  columns: 2,
  task: 'decisions',
  predictions: [0.9, 0.2, 0.4, 0.6, 0.7, 0.1, 0.5, 0.3],
  targets: [1, 0, 1, 1, 0, 0, 1, 0],
};
const values: MeasureOptions = {
  columns: 2,
  predictions: [1, 10, 2, 10, 4, 13],
  targets: [1, 10, 3, 10, 5, 10],
};
/** Class 1 of 2 has no samples and no predictions. */
const lonely: MeasureOptions = { columns: 2, predictions: [0.9, 0.1, 0.8, 0.2], labels: [0, 0] };

const table: readonly [what: string, metric: MetricLike, data: MeasureOptions, wanted: unknown][] = [
  ['accuracy', 'accuracy', three, 4 / 7],
  ['accuracy of decisions', 'accuracy', two, 5 / 7],
  ['accuracy of several decisions', 'accuracy', many, 6 / 8],
  ['top 1 is accuracy', topK(1), three, 4 / 7],
  ['top 2', topK(2), three, 1],
  ['top 3 of 3', topK(3), three, 1],
  [
    'confusion',
    'confusionMatrix',
    three,
    [
      [2, 0, 0],
      [2, 2, 0],
      [0, 1, 0],
    ],
  ],
  [
    'confusion of decisions',
    'confusionMatrix',
    two,
    [
      [2, 1],
      [1, 3],
    ],
  ],
  ['precision', 'precision', three, { perClass: [2 / 4, 2 / 3, 0], macro: (2 / 4 + 2 / 3) / 3 }],
  ['recall', 'recall', three, { perClass: [1, 2 / 4, 0], macro: 1.5 / 3 }],
  ['f1', 'f1', three, { perClass: [4 / 6, 4 / 7, 0], macro: (4 / 6 + 4 / 7) / 3 }],
  ['precision of questions', 'precision', many, { perClass: [2 / 3, 1], macro: 5 / 6 }],
  ['recall of questions', 'recall', many, { perClass: [2 / 3, 1], macro: 5 / 6 }],
  ['f1 of an empty class', 'f1', lonely, { perClass: [1, 0], macro: 0.5 }],
  ['recall of an empty class', 'recall', lonely, { perClass: [1, 0], macro: 0.5 }],
  // Pairs won by the yes of 12: 0.9 beats 3; 0.8 beats 2 and ties 1; 0.5 beats 2; 0.3 beats 1 and ties 1.
  ['auc', 'auc', two, (3 + 2.5 + 2 + 1.5) / 12],
  ['auc of an empty class', 'auc', lonely, 0],
  ['squared error', 'meanSquaredError', values, 11 / 6],
  ['absolute error', 'meanAbsoluteError', values, 5 / 6],
  // Column 0: mean 3, squares 8, residual 2. Column 1 is constant and not met.
  ['r2', 'r2', values, (1 - 2 / 8 + 0) / 2],
  ['r2 of a constant that is met', 'r2', { predictions: [2, 2], targets: [2, 2] }, 1],
  ['no samples', 'accuracy', { columns: 2, predictions: [], labels: [] }, 0],
];

it('has a case for every metric', () => {
  const named = new Set(table.map(([, metric]) => (typeof metric === 'string' ? metric : 'topK')));
  expect([...named].sort()).toEqual([...metricNames].sort());
});

it.each(table)('%s, counted by hand', (_what, metric, data, wanted) => {
  const [result] = Object.values(measure([metric], data));
  expectClose(flat(numbersOf(result)), flat(numbersOf(wanted)), { rtol: 1e-12, atol: 0 });
});

function numbersOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'perClass' in value ? Object.values(value) : value;
}

const sizes = { numRuns: 60, seed: 20260701 };
const cases = fc.record({
  rows: fc.integer({ min: 1, max: 90 }),
  columns: fc.integer({ min: 2, max: 6 }),
  levels: fc.constantFrom(2, 5, 1000),
  seed: fc.nat(10_000),
});
type Case = { rows: number; columns: number; levels: number; seed: number };

function dataFor({ rows, columns, levels, seed }: Case) {
  const random = new RandomStream(seed, 3);
  return {
    columns,
    // Few levels make many ties.
    predictions: Float32Array.from({ length: rows * columns }, () => random.integer(levels) / levels),
    labels: Int32Array.from({ length: rows }, () => random.integer(columns)),
    targets: Float32Array.from({ length: rows * columns }, () => random.normal()),
  };
}

describe('against brute force', () => {
  it('top k by sorting, the first of equals first', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const { columns, predictions, labels } = dataFor(given);
        for (let k = 1; k <= columns; k++) {
          let hits = 0;
          labels.forEach((label, row) => {
            const scores = Array.from(predictions.subarray(row * columns, (row + 1) * columns));
            const order = scores.map((_, j) => j).sort((a, b) => scores[b] - scores[a] || a - b);
            if (order.slice(0, k).includes(label)) hits++;
          });
          expect(measure([topK(k)], { columns, predictions, labels })[`top${k}Accuracy`]).toBe(hits / labels.length);
        }
      }),
      sizes,
    );
  });

  it('auc over all pairs', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const { predictions, labels } = dataFor({ ...given, columns: 2 });
        for (const probabilities of [true, false]) {
          const score = (row: number) => predictions[2 * row + 1] - (probabilities ? 0 : predictions[2 * row]);
          let [wins, pairs] = [0, 0];
          for (const [i, yes] of labels.entries()) {
            for (const [j, no] of labels.entries()) {
              if (yes !== 1 || no !== 0) continue;
              pairs++;
              wins += score(i) > score(j) ? 1 : score(i) === score(j) ? 0.5 : 0;
            }
          }
          const { auc } = measure(['auc'], { columns: 2, predictions, labels, probabilities });
          expectClose([auc!], [pairs === 0 ? 0 : wins / pairs], { rtol: 1e-12, atol: 0 });
        }
      }),
      sizes,
    );
  });

  it('precision, recall and f1 from the confusion matrix, and r2 from its definition', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const { columns, predictions, labels, targets } = dataFor(given);
        const found = measure(['confusionMatrix', 'precision', 'recall', 'f1', 'accuracy'], {
          columns,
          predictions,
          labels,
        });
        const counts = found.confusionMatrix!;
        const right = counts.map((row, i) => row[i]);
        const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);
        const samples = counts.map((row) => row.reduce((a, b) => a + b, 0));
        const predicted = counts.map((_, j) => counts.reduce((sum, row) => sum + row[j], 0));
        const precision = right.map((n, i) => share(n, predicted[i]));
        const recall = right.map((n, i) => share(n, samples[i]));
        expectClose(found.precision!.perClass, precision, { rtol: 1e-12, atol: 0 });
        expectClose(found.recall!.perClass, recall, { rtol: 1e-12, atol: 0 });
        const f1 = precision.map((p, i) => share(2 * p * recall[i], p + recall[i]));
        expectClose(found.f1!.perClass, f1, { rtol: 1e-12, atol: 0 });
        expect(found.accuracy).toBe(right.reduce((a, b) => a + b, 0) / labels.length);
        const { r2 } = measure(['r2'], { columns, predictions, targets });
        const rows = labels.length;
        const column = (of: Float32Array, j: number) => Array.from({ length: rows }, (_, row) => of[row * columns + j]);
        const explained = Array.from({ length: columns }, (_, j) => {
          const [t, p] = [column(targets, j), column(predictions, j)];
          const mean = t.reduce((a, b) => a + b, 0) / rows;
          const variance = t.reduce((sum, value) => sum + (value - mean) ** 2, 0);
          return variance === 0 ? 0 : 1 - t.reduce((sum, value, i) => sum + (value - p[i]) ** 2, 0) / variance;
        });
        expectClose([r2!], [explained.reduce((a, b) => a + b, 0) / columns], { rtol: 1e-9, atol: 1e-12 });
      }),
      sizes,
    );
  });

  it('a pass is the same however it is cut', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const { columns, predictions, labels, targets } = dataFor({ ...given, columns: 2 });
        const pass: Pass = { columns, task: 'classes', probabilities: true, labels: true, targets: true };
        const all = Object.values(metrics).map((make) => (make === metrics.topK ? topK(2) : make()));
        const [whole, parts] = [new Measurement(all, pass), new Measurement(all, pass)];
        whole.add({ rows: labels.length, predictions, labels, targets });
        for (let first = 0; first < labels.length; first += 7) {
          const end = Math.min(labels.length, first + 7);
          parts.add({
            rows: end - first,
            predictions: predictions.subarray(first * columns, end * columns),
            labels: labels.subarray(first, end),
            targets: targets.subarray(first * columns, end * columns),
          });
        }
        expect(parts.result()).toEqual(whole.result());
      }),
      sizes,
    );
  });
});

it('r2 keeps its digits around a large mean', () => {
  const targets = Float64Array.from({ length: 1000 }, (_, i) => 1e8 + Math.sin(i));
  const predictions = targets.map((value) => value + 0.01);
  const { r2 } = measure(['r2'], { predictions, targets });
  expect(r2).toBeGreaterThan(0.9997);
  expect(r2).toBeLessThan(0.9999);
});

it('predictions that are no numbers are seen, not counted as right', () => {
  const broken = { columns: 2, predictions: [NaN, NaN, 0.4, 0.6], labels: [0, 1] };
  expect(measure([topK(1)], broken).top1Accuracy).toBe(0.5);
  expect(measure(['auc'], broken).auc).toBeNaN();
});

describe('what makes no sense', () => {
  it.each<[string, () => unknown, RegExp]>([
    [
      'an unknown name',
      () => resolveMetrics('metrics', ['acuracy']),
      /metrics\[0\], received "acuracy"; did you mean "accuracy"/,
    ],
    ['no list', () => resolveMetrics('metrics', 'accuracy'), /array of metrics, .* for metrics, received "accuracy"/],
    ['no metric', () => resolveMetrics('metrics', [{}]), /metrics\[0\], received an object/],
    [
      'one twice',
      () => resolveMetrics('metrics', [topK(3), topK(3)]),
      /each metric once .* received top3Accuracy twice/,
    ],
    ['k 0', () => topK(0), /at least 1 for k, received 0/],
    ['k above the classes', () => measure([topK(4)], three), /from 1 to 3 for k of topK, received 4/],
    ['auc of three', () => measure(['auc'], three), /auc is for two classes, and the network has 3/],
    ['errors without targets', () => measure(['r2'], three), /r2 needs targets/],
    ['classes of values', () => measure(['accuracy'], { predictions: [1], targets: [1] }), /predicts one value/],
    ['classes of questions', () => measure(['confusionMatrix'], many), /needs one class per sample/],
    ['top k of questions', () => measure([topK(1)], many), /decides yes or no/],
    ['nothing to compare with', () => measure(['accuracy'], { columns: 2, predictions: [1, 0] }), /has none that fit/],
  ])('%s', (_what, call, message) => {
    const error = thrownBy(call);
    expect(error).toBeInstanceOf(OptionError);
    expect(error.message).toMatch(message);
  });

  it.each<[string, MeasureOptions, RegExp]>([
    ['ragged predictions', { columns: 2, predictions: [1, 2, 3], labels: [0] }, /multiple of 2 .* received 3/],
    [
      'too few labels',
      { columns: 2, predictions: [1, 2, 3, 4], labels: [0] },
      /Expected 2 values for labels, received 1/,
    ],
    [
      'labels out of range',
      { columns: 2, predictions: [1, 2], labels: [2] },
      /from 0 to 1 for labels\[0\], received 2/,
    ],
    ['half a class', { columns: 2, predictions: [1, 2], labels: [0.5] }, /labels\[0\], received 0.5/],
    ['no predictions', { labels: [1] } as never, /for predictions, received none/],
  ])('%s', (_what, data, message) => {
    expect(thrownBy(() => measure(['accuracy'], data)).message).toMatch(message);
  });
});
