import { RandomStream } from '../../lib/core/random.js';
import {
  binaryCrossEntropy,
  huber,
  meanAbsoluteError,
  meanSquaredError,
  multiclassHinge,
  softmaxCrossEntropy,
  type Loss,
} from '../../lib/losses/index.js';
import type { LossData } from '../support/run-loss.js';

/** What a row of the table knows of a batch's row. */
export interface Row {
  readonly z: readonly number[];
  readonly label: number;
  readonly t: readonly number[];
}

export interface LossRow {
  readonly what: string;
  readonly make: () => Loss;
  readonly truth: 'labels' | 'probabilities' | 'shares' | 'values';
  /** The formula as a book has it, for one row: what is summed, and by what the sum is divided. */
  readonly formula: (row: Row) => { readonly sum: number; readonly weight: number };
}

export const classes = 4;
const k = [0.5, 2, 0, 1.25];

const probabilities = (z: readonly number[]) => {
  const sum = z.reduce((total, value) => total + Math.exp(value), 0);
  return z.map((value) => Math.exp(value) / sum);
};
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]) => sum(values) / values.length;
const oneHot = (label: number) => Array.from({ length: classes }, (_, j) => (j === label ? 1 : 0));
const smooth = (t: readonly number[], epsilon: number) => t.map((share) => (1 - epsilon) * share + epsilon / t.length);
const crossEntropy = (z: readonly number[], t: readonly number[], weights = z.map(() => 1)) =>
  sum(probabilities(z).map((p, j) => -weights[j] * t[j] * Math.log(p)));
const binary = (z: number, t: number) => {
  const p = 1 / (1 + Math.exp(-z));
  return -t * Math.log(p) - (1 - t) * Math.log(1 - p);
};
const hinge = (z: readonly number[], label: number, margin: number) =>
  sum(z.map((score, j) => (j === label ? 0 : Math.max(0, score - z[label] + margin))));
const huberOf = (d: number, delta: number) => (Math.abs(d) <= delta ? (d * d) / 2 : delta * (Math.abs(d) - delta / 2));
const alike = (value: number) => ({ sum: value, weight: 1 });

/** Every loss, and every option of it. */
export const lossTable: readonly LossRow[] = [
  {
    what: 'softmaxCrossEntropy',
    make: softmaxCrossEntropy,
    truth: 'labels',
    formula: ({ z, label }) => alike(-Math.log(probabilities(z)[label])),
  },
  {
    what: 'softmaxCrossEntropy with label smoothing',
    make: () => softmaxCrossEntropy({ labelSmoothing: 0.3 }),
    truth: 'labels',
    formula: ({ z, label }) => alike(crossEntropy(z, smooth(oneHot(label), 0.3))),
  },
  {
    what: 'softmaxCrossEntropy with class weights',
    make: () => softmaxCrossEntropy({ classWeights: k }),
    truth: 'labels',
    formula: ({ z, label }) => ({ sum: -k[label] * Math.log(probabilities(z)[label]), weight: k[label] }),
  },
  {
    what: 'softmaxCrossEntropy with label smoothing and class weights',
    make: () => softmaxCrossEntropy({ labelSmoothing: 0.3, classWeights: Float32Array.from(k) }),
    truth: 'labels',
    formula: ({ z, label }) => ({ sum: crossEntropy(z, smooth(oneHot(label), 0.3), k), weight: k[label] }),
  },
  {
    what: 'softmaxCrossEntropy with soft targets',
    make: () => softmaxCrossEntropy({ targets: 'soft' }),
    truth: 'probabilities',
    formula: ({ z, t }) => alike(crossEntropy(z, t)),
  },
  {
    what: 'softmaxCrossEntropy with smoothed soft targets and class weights',
    make: () => softmaxCrossEntropy({ targets: 'soft', labelSmoothing: 0.1, classWeights: k }),
    truth: 'probabilities',
    formula: ({ z, t }) => ({
      sum: crossEntropy(z, smooth(t, 0.1), k),
      weight: sum(t.map((share, j) => share * k[j])),
    }),
  },
  {
    what: 'binaryCrossEntropy',
    make: binaryCrossEntropy,
    truth: 'shares',
    formula: ({ z, t }) => alike(mean(z.map((value, j) => binary(value, t[j])))),
  },
  {
    what: 'binaryCrossEntropy with label smoothing and class weights',
    make: () => binaryCrossEntropy({ labelSmoothing: 0.2, classWeights: k }),
    truth: 'shares',
    formula: ({ z, t }) => alike(sum(z.map((value, j) => k[j] * binary(value, 0.8 * t[j] + 0.1))) / sum(k)),
  },
  {
    what: 'multiclassHinge',
    make: multiclassHinge,
    truth: 'labels',
    formula: ({ z, label }) => alike(hinge(z, label, 1)),
  },
  {
    what: 'multiclassHinge with a margin and class weights',
    make: () => multiclassHinge({ margin: 0.4, classWeights: k }),
    truth: 'labels',
    formula: ({ z, label }) => ({ sum: k[label] * hinge(z, label, 0.4), weight: k[label] }),
  },
  {
    what: 'meanSquaredError',
    make: meanSquaredError,
    truth: 'values',
    formula: ({ z, t }) => alike(mean(z.map((value, j) => (value - t[j]) ** 2))),
  },
  {
    what: 'meanAbsoluteError',
    make: meanAbsoluteError,
    truth: 'values',
    formula: ({ z, t }) => alike(mean(z.map((value, j) => Math.abs(value - t[j])))),
  },
  {
    what: 'huber',
    make: huber,
    truth: 'values',
    formula: ({ z, t }) => alike(mean(z.map((value, j) => huberOf(value - t[j], 1)))),
  },
  {
    what: 'huber with delta 0.3',
    make: () => huber({ delta: 0.3 }),
    truth: 'values',
    formula: ({ z, t }) => alike(mean(z.map((value, j) => huberOf(value - t[j], 0.3)))),
  },
];

/** A batch that a row of the table can be tried on; numbers that float32 holds exactly. */
export function batchFor({ truth }: LossRow, rows: number, seed = 1, weighted = false): LossData {
  const random = new RandomStream(seed, 9);
  const matrix = (value: () => number) =>
    Array.from({ length: rows }, () => Array.from({ length: classes }, () => Math.fround(value())));
  const logits = matrix(() => 1.5 * random.normal());
  const labels = Array.from({ length: rows }, () => random.integer(classes));
  const shares = matrix(() => random.uniform());
  const targets = {
    labels: undefined,
    probabilities: shares.map((row) => row.map((share) => share / sum(row))),
    shares,
    values: matrix(() => random.normal()),
  }[truth];
  const weights = weighted ? Array.from({ length: rows }, () => Math.fround(random.integer(4) / 2)) : undefined;
  return {
    logits,
    ...(truth === 'labels' ? { labels } : { targets }),
    ...(weights === undefined ? {} : { weights }),
  };
}

/** The weighted mean by the book. */
export function wantedLoss({ formula }: LossRow, { logits, labels, targets, weights }: LossData): number {
  const parts = logits.map((z, row) => formula({ z, label: labels?.[row] ?? -1, t: targets?.[row] ?? [] }));
  const of = (row: number) => weights?.[row] ?? 1;
  return sum(parts.map((part, row) => of(row) * part.sum)) / sum(parts.map(({ weight }, row) => of(row) * weight));
}
