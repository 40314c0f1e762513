import { checkNumber, checkOptions } from '../core/checks.js';
import { OptionError } from '../core/errors.js';
import type { History } from '../training/index.js';

/** Shares of mistakes, from 0 to 1. */
export interface Errors {
  /** On the training data. */
  train: number;
  /** On the development (validation) data. */
  dev: number;
}

export interface DiagnoseOptions {
  /** Share of mistakes of a person, or the best known; in [0, 1), default 0. */
  humanError?: number;
  /** On data of the training distribution that was not trained on; tells a mismatch of distributions from variance. */
  trainDevError?: number;
  /** On the training data with dropout off; the history's is measured while training and is too high with dropout. */
  trainError?: number;
  /** From which difference on something is called a problem; in (0, 1), default 0.01. */
  tolerance?: number;
}

/** What keeps a network from being better, with the numbers it was concluded from. */
export interface Diagnosis {
  readonly bias: Part;
  readonly variance: Part;
  /** Present where `trainDevError` was given. */
  readonly mismatch?: Part;
  /** The largest of the problems, or `none`. */
  readonly main: 'bias' | 'variance' | 'mismatch' | 'none';
  /** Everything in sentences. */
  readonly text: string;
  /** What to try, for the largest problem first. */
  readonly nextSteps: readonly string[];
}

export interface Part {
  readonly amount: number;
  readonly isProblem: boolean;
  /** Such as "Training error 12.0 % against 1.0 % for people". */
  readonly because: string;
}

const remedies = {
  bias: [
    'a larger network: more layers or more units',
    'longer training, or a better optimizer and learning-rate schedule (Adam, momentum, cosine)',
    'less regularization',
    'another architecture or better inputs: normalize them, use BatchNorm and the initialization of the activation',
  ],
  variance: [
    'more data, or augmentation',
    'regularization: weight decay, dropout, early stopping',
    'a smaller network, or another architecture',
  ],
  mismatch: [
    'look at development samples that go wrong, and at how they differ from training samples',
    'training data that is more like the development data: collect it, or make it (noise, distortion)',
  ],
  none: ['nothing here stands out; compare with a test set that no decision was made on'],
} as const;

/**
 * Says in words whether a network underfits, overfits, or was trained on other data than it is tested on, and what to try
 * next: the basic recipe of training.
 *
 *     bias = train error - human error
 *     variance = train-dev error - train error     (dev error - train error without train-dev data)
 *     mismatch = dev error - train-dev error
 *
 * @param history of a fit with `validation`, whose last epoch counts; or the two errors
 * @param options see {@link DiagnoseOptions}
 * @throws OptionError for errors outside [0, 1], or a history without accuracies on both
 *
 * @example
 * const { text, nextSteps } = diagnose(history, { humanError: 0.002 });
 *
 * Source: Ng, "Machine learning yearning", 2018.
 */
export function diagnose(history: History | Errors, options?: DiagnoseOptions): Diagnosis {
  const known = ['humanError', 'trainDevError', 'trainError', 'tolerance'] as const;
  const given = checkOptions<DiagnoseOptions>('diagnose', options, known);
  const human = checkNumber('humanError', given.humanError ?? 0, { min: 0, below: 1 });
  const tolerance = checkNumber('tolerance', given.tolerance ?? 0.01, { above: 0, below: 1 });
  const errors = errorsOf(history, given.trainError);
  const train = checkNumber('train error', errors.train, { min: 0, max: 1 });
  const dev = checkNumber('dev error', errors.dev, { min: 0, max: 1 });
  const trainDev =
    given.trainDevError === undefined
      ? undefined
      : checkNumber('trainDevError', given.trainDevError, { min: 0, max: 1 });

  const reference = given.humanError === undefined ? 'none at all' : `${percent(human)} for people or the best known`;
  const part = (amount: number, because: string): Part => ({ amount, isProblem: amount > tolerance + 1e-12, because });
  const bias = part(train - human, `Training error ${percent(train)} against ${reference}`);
  const variance = part(
    (trainDev ?? dev) - train,
    trainDev === undefined
      ? `Development error ${percent(dev)} against ${percent(train)} on the training data`
      : `Error ${percent(trainDev)} on unseen data of the training kind against ${percent(train)} on the training data`,
  );
  const mismatch =
    trainDev === undefined
      ? undefined
      : part(
          dev - trainDev,
          `Development error ${percent(dev)} against ${percent(trainDev)} on unseen data of the training kind`,
        );
  const parts = { bias, variance, ...(mismatch !== undefined && { mismatch }) };
  const problems = (Object.keys(parts) as (keyof typeof parts)[])
    .filter((name) => parts[name]?.isProblem === true)
    .sort((a, b) => parts[b]!.amount - parts[a]!.amount);
  const main = problems[0] ?? 'none';
  return {
    ...parts,
    main,
    text: (Object.keys(parts) as (keyof typeof parts)[]).map((name) => sentence(name, parts[name]!)).join(' '),
    nextSteps: problems.length === 0 ? remedies.none : problems.flatMap((name) => remedies[name]),
  };
}

const names = { bias: 'bias', variance: 'variance', mismatch: 'mismatch of data' } as const;

function sentence(name: keyof typeof names, { amount, isProblem, because }: Part): string {
  return `${because}: ${isProblem ? 'high' : 'no high'} ${names[name]} (${percent(Math.max(0, amount))}).`;
}

function errorsOf(history: History | Errors, trainError: number | undefined): Errors {
  if (typeof history !== 'object' || history === null) {
    throw new OptionError('ERR_OPTION_TYPE', 'Expected a history or { train, dev } for diagnose');
  }
  if (!('epochs' in history)) {
    checkOptions<Errors>('diagnose', history, ['train', 'dev']);
    return { train: trainError ?? history.train, dev: history.dev };
  }
  const last = history.epochs.at(-1);
  if (last?.valAccuracy === undefined || (last.accuracy === undefined && trainError === undefined)) {
    throw new OptionError(
      'ERR_OPTION_TYPE',
      'Expected a history with accuracies on training and validation data for diagnose: fit a classifier with validation',
    );
  }
  return { train: trainError ?? 1 - last.accuracy!, dev: 1 - last.valAccuracy };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
