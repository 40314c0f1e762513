import { activations, gelu } from '../../lib/activations/index.js';
import type { RandomStream } from '../../lib/core/random.js';
import type { KernelName } from '../../lib/kernels/contract.js';
import { fills, type Fill } from '../support/kernel-call.js';

/** What the contract suite must know of a kernel beyond its signature. A kernel without a row fails the suite. */
export interface KernelRow {
  /** Runs through programs instead, in gather.test.ts: it needs the data of a run. */
  readonly needsRun?: true;
  /** Every set of attributes to be tried; default one empty set. */
  readonly attributes?: readonly (readonly number[])[];
  /** How operands are filled; default normal numbers. */
  readonly fill?: Readonly<Record<string, Fill>>;
  /** Symbols whose extents say how many terms a sum has: its error grows with them. */
  readonly sums?: readonly string[];
  /** Least rows for which the kernel means anything; default 0 on the `rows` axis, 1 elsewhere. */
  readonly leastRows?: number;
  /** What earlier stages have summed up. */
  readonly totals?: readonly number[];
  /** Outputs that must agree to the bit. */
  readonly exact?: readonly string[];
  /** Inputs whose infinities ruin an output in one way or another: NaN for an infinity counts as the same. */
  readonly ruinedBy?: readonly string[];
  /** Inputs in which a NaN may be lost, with the reason. */
  readonly absorbsNaN?: Readonly<Record<string, string>>;
}

const everyActivation = [...Object.values(activations).map((make) => make()), gelu({ approximation: 'tanh' })].map(
  ({ id, parameter }) => [id, parameter],
);

/** A probability. */
const share = (random: RandomStream) => random.uniform();
const rates = [0, 0.2, 0.5, 0.9];
const dropoutStreams = [0x4000_0000, 0x4000_0003];
const statistics = { inverseDeviation: fills.positive };
const slots = {
  velocity: fills.normal,
  meanSquare: fills.square,
  // No larger than the root of any mean square but 0: the spread around it cancels.
  mean: (random: RandomStream) => 0.01 * random.normal(),
  secondMoment: fills.square,
  sumOfSquares: fills.square,
  meanSquareStep: fills.square,
  largestMoment: fills.square,
  largest: fills.square,
};
/** Sums of squares, steps and moments that an infinite gradient makes infinite, and what is divided by them. */
const ruined = ['gradient'];
/** Adam and its relatives: usual decays with a small epsilon, and none with a large one. */
const adaptive = {
  attributes: [
    [0.9, 0.999, 1e-8, 1],
    [0, 0, 1e-3, 0.25],
  ],
  ruinedBy: ruined,
  fill: slots,
};
const withDecay = [
  [0.9, 0.999, 1e-8, 0, 1],
  [0, 0, 1e-3, 0.1, 0.25],
];

const rows: Record<KernelName, KernelRow> = {
  gatherFeatures: { needsRun: true },
  gatherLabels: { needsRun: true },
  gatherTargets: { needsRun: true },
  emit: { needsRun: true },
  gatherWeights: { needsRun: true },
  gatherWeightSum: { needsRun: true },
  warpImage: {
    attributes: [
      [7, 4, 34, 0x6000_0000],
      [5, 1.3, -6, 0x6000_0100],
      [3, 0, 2, 0x6000_0000],
      [8, 0, 0, 0x6000_0000],
      [100, 30, 9, 0x6000_0000],
    ],
    // Codes of operations, and numbers that make sense for each of them.
    fill: { operations: (random) => [1, 2, 3, 4, 5, 6, 0.4, 0.8][random.integer(8)] },
    // A place is off by an ulp of itself, and the value there by the slope: more than a rounding of the value.
    sums: ['pixels'],
    absorbsNaN: {
      input: 'a pixel may be moved out of the image',
      operations: 'what is nowhere in the image is 0',
    },
  },
  eraseRectangle: {
    attributes: [
      [7, 0.5, 1, 4, 0x6000_0000],
      [5, 1, 2, 200, 0x6000_0001],
      [28, 0, 1, 3, 0x6000_0000],
    ],
    exact: ['output'],
    absorbsNaN: { input: 'what is erased is 0' },
  },
  dense: {
    attributes: everyActivation,
    sums: ['inputs'],
  },
  denseInputGradient: { sums: ['units'] },
  denseKernelGradient: { sums: ['rows'] },
  denseBiasGradient: { sums: ['rows'] },
  activation: { attributes: everyActivation },
  activationGradient: {
    attributes: everyActivation,
    absorbsNaN: { saved: 'a comparison with NaN is false: piecewise derivatives are constants' },
  },
  softmax: { sums: ['columns'] },
  softmaxGradient: { fill: { output: (random) => random.uniform() }, sums: ['columns'] },
  prelu: {},
  preluInputGradient: { absorbsNaN: { input: 'a comparison with NaN is false' } },
  preluSlopeGradient: { sums: ['rows'] },
  dropout: {
    attributes: rates.flatMap((rate) => dropoutStreams.map((stream) => [rate, stream])),
    exact: ['mask', 'output'],
  },
  dropoutGradient: {
    fill: { mask: (random) => (random.uniform() < 0.3 ? 0 : Math.fround(1 / 0.7)) },
  },
  alphaDropout: {
    attributes: rates.flatMap((rate) => dropoutStreams.map((stream) => [rate, stream])),
    exact: ['mask'],
  },
  gaussianNoise: {
    attributes: [0, 0.1, 1].flatMap((deviation) => dropoutStreams.map((stream) => [deviation, stream])),
  },
  batchNormStatistics: { attributes: [[1e-5], [1e-3]], sums: ['rows'] },
  runningStatistics: {
    attributes: [[0.9], [0], [0.99]],
    fill: { variance: fills.square, runningVariance: fills.square },
  },
  batchNorm: { fill: statistics },
  batchNormInference: { attributes: [[1e-5], [1e-3]], fill: { runningVariance: fills.positive } },
  batchNormParameterGradients: { fill: statistics, sums: ['rows'] },
  batchNormInputGradient: { fill: statistics, leastRows: 1 },
  batchNormInferenceGradient: { attributes: [[1e-5], [1e-3]], fill: { runningVariance: fills.positive } },
  layerNorm: { attributes: [[1e-5], [1e-3]], sums: ['columns'] },
  layerNormInputGradient: { fill: statistics, sums: ['columns'] },
  layerNormGammaGradient: { fill: statistics, sums: ['rows'] },
  standardize: { fill: { deviation: fills.positive } },
  add: {},
  softmaxCrossEntropy: { fill: { labels: fills.label }, sums: ['rows'] },
  meanSquaredError: { sums: ['rows'] },
  accuracy: {
    // Few different numbers, so that there are ties.
    fill: { labels: fills.label, scores: (random) => random.integer(5) },
    absorbsNaN: { scores: 'it counts' },
  },
  targetAccuracy: {
    fill: { targets: (random) => random.integer(5), scores: (random) => random.integer(5) },
    absorbsNaN: { scores: 'it counts', targets: 'it counts' },
  },
  decisionAccuracy: { fill: { targets: share }, absorbsNaN: { logits: 'it counts', targets: 'it counts' } },
  smoothLabels: { attributes: [[0], [0.1]], fill: { labels: fills.label, classWeights: fills.positive } },
  smoothTargets: { attributes: [[0], [0.1]], fill: { targets: share, classWeights: fills.positive } },
  softCrossEntropy: { fill: { targets: share }, sums: ['rows', 'classes'] },
  binaryCrossEntropy: {
    attributes: [[0], [0.2]],
    fill: { targets: share, classWeights: fills.positive },
    sums: ['rows'],
  },
  multiclassHinge: { attributes: [[1], [0.3]], fill: { labels: fills.label }, sums: ['rows', 'classes'] },
  meanAbsoluteError: { sums: ['rows'] },
  huber: { attributes: [[1], [0.25]], sums: ['rows'] },
  weighLosses: {
    fill: { weights: fills.positive, weightSum: fills.positive },
    absorbsNaN: { weightSum: 'the first is the sum; in a network there is only one' },
    sums: ['rows'],
  },
  l2: { attributes: [[0], [1e-4], [0.5]], sums: ['leading', 'inner'] },
  l1: { attributes: [[0], [1e-4], [0.5]], sums: ['leading', 'inner'] },
  activityL1: { attributes: [[0], [1e-3], [0.5]], sums: ['columns'], leastRows: 1 },
  activityL2: { attributes: [[0], [1e-3], [0.5]], sums: ['columns'], leastRows: 1 },
  squaredNorm: { sums: ['leading', 'inner'] },
  clipNorm: {
    // The norm is 5 by the first total, and 0.5 by the second.
    attributes: [
      [1, 0],
      [1, 1],
      [0.001, 1],
    ],
    totals: [25, 0.25],
  },
  clipValue: { attributes: [[0.5], [10]] },
  sgd: { attributes: [[1], [0.25]] },
  momentum: {
    attributes: [
      [0, 1],
      [0.9, 0.25],
    ],
    fill: slots,
  },
  rmsProp: {
    attributes: [
      [0.99, 1e-8, 0.9, 1],
      [0.9, 1e-3, 0, 0.25],
    ],
    ruinedBy: [...ruined, 'mean'],
    fill: slots,
  },
  adam: { ...adaptive, attributes: withDecay },
  nesterov: {
    attributes: [
      [0, 1],
      [0.9, 0.25],
    ],
    fill: slots,
  },
  adaGrad: {
    attributes: [
      [1e-10, 1],
      [1e-3, 0.25],
    ],
    ruinedBy: ruined,
    fill: slots,
  },
  adaDelta: {
    attributes: [
      [0.9, 1e-6, 1],
      [0, 1e-3, 0.25],
    ],
    ruinedBy: ruined,
    fill: slots,
  },
  amsGrad: { ...adaptive, attributes: withDecay },
  nadam: adaptive,
  radam: adaptive,
  adaMax: adaptive,
  constrainNorm: {
    attributes: [
      [0, 1, 1],
      [1, 1, 1],
      [2, 3, 0.7],
    ],
    leastRows: 1,
  },
  nonNegative: {},
};

export const kernelRows: Readonly<Record<string, KernelRow | undefined>> = rows;

/** A number of the step, by its name in the contract. */
export function scalarFor(name: string, random: RandomStream): number {
  if (name === 'learningRate') return Math.fround(0.001 + 0.1 * random.uniform());
  // Half of RAdam's steps are plain.
  if (name === 'rectification') return random.uniform() < 0.5 ? 0 : random.uniform();
  return 0.1 + 9 * random.uniform();
}
