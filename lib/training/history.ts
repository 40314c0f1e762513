import type { EngineName } from '../engine/engine.js';
import type { MetricValues } from '../metrics/index.js';
import { GRADIENT_NORM } from '../optimizers/index.js';
import type { Settings } from './fit-checks.js';
import type { Trainer } from './trainer.js';

/** What one epoch of training came to. Means are over samples. */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  /** Mean loss over the epoch's steps, each measured before its update, penalties included. */
  readonly loss: number;
  /** The same without penalties. */
  readonly dataLoss: number;
  /** Mean penalty of the regularizers. */
  readonly penalty: number;
  /** Share of samples classified rightly while training (with dropout on); for classification only. */
  readonly accuracy?: number;
  /** Loss on the validation data after the epoch, without penalties. */
  readonly valLoss?: number;
  readonly valAccuracy?: number;
  /** On the validation data, those that `metrics` asked for. */
  readonly valMetrics?: MetricValues;
  /** Of the epoch's last step. */
  readonly learningRate: number;
  /** Mean norm of all gradients together before they are clipped; for optimizers that clip by a norm. */
  readonly gradientNorm?: number;
  readonly steps: number;
  /** Time spent training, without validation. */
  readonly seconds: number;
  readonly samplesPerSecond: number;
}

/** What a fit did, and all that is needed to repeat it. */
export interface History {
  readonly epochs: readonly EpochRecord[];
  /** Loss of every step, without and with penalties. */
  readonly stepDataLoss: Float64Array;
  readonly stepLoss: Float64Array;
  /** Norm of all gradients of every step before they are clipped; for optimizers that clip by a norm. */
  readonly stepGradientNorm?: Float64Array;
  readonly seed: number;
  readonly engine: EngineName;
  readonly threads: number;
  readonly batchSize: number;
  readonly optimizer: Readonly<Record<string, unknown>>;
  /** Steps of this fit. */
  readonly steps: number;
  readonly seconds: number;
  readonly samplesPerSecond: number;
  /** Why a callback ended the fit before its last epoch, where one did. */
  readonly stopped?: string;
}

/** Means over data, by the name of the total. */
export interface Scores {
  readonly loss: number;
  readonly accuracy?: number;
  readonly metrics?: MetricValues;
}

/** What the program summed up in the steps of a fit: one row of `names.length` numbers a step. */
export interface StepSums {
  readonly names: readonly string[];
  readonly sums: ArrayLike<number>;
}

/** The history of a fit that has come to its end. */
export function historyOf(
  { network: { engine }, optimizer }: Trainer,
  { seed, batchSize }: Settings,
  epochs: readonly EpochRecord[],
  { names, sums }: StepSums,
  { stopped, unfinished }: { stopped: string | undefined; unfinished: EpochSums },
): History {
  const width = names.length;
  const [loss, penalty] = [names.indexOf('loss'), names.indexOf('penalty')];
  const steps = sums.length / width;
  const column = (valueOf: (step: number) => number) => Float64Array.from({ length: steps }, (_, i) => valueOf(i));
  const lossOf = (step: number) => sums[step * width + loss];
  const penaltyOf = (step: number) => (penalty < 0 ? 0 : sums[step * width + penalty]);
  const normOf = (step: number) => gradientNormOf(names, sums, step * width);
  const seconds = epochs.reduce((sum, record) => sum + record.seconds, unfinished.seconds);
  const samples = epochs.reduce((sum, record) => sum + record.samplesPerSecond * record.seconds, unfinished.samples);
  return {
    epochs,
    stepDataLoss: column(lossOf),
    stepLoss: column((step) => lossOf(step) + penaltyOf(step)),
    ...(normOf(0) === undefined ? {} : { stepGradientNorm: column((step) => normOf(step) ?? NaN) }),
    seed,
    engine: engine.name,
    threads: engine.threads,
    batchSize,
    optimizer: optimizer.config,
    steps,
    seconds,
    samplesPerSecond: samples / seconds,
    ...(stopped === undefined ? {} : { stopped }),
  };
}

const isNorm = (name: string) => name.startsWith(GRADIENT_NORM);

/** Totals that are one number a step; all others are sums over the samples of the step. */
export function isPerStep(name: string): boolean {
  return name === 'penalty' || isNorm(name);
}

/** The norm of all gradients in the totals of a step, which hold squares: of all, or of each tensor. */
export function gradientNormOf(names: readonly string[], totals: ArrayLike<number>, first = 0): number | undefined {
  if (!names.some(isNorm)) return undefined;
  return Math.sqrt(names.reduce((sum, name, i) => (isNorm(name) ? sum + totals[first + i] : sum), 0));
}

export interface EpochSumsState {
  readonly samples: number;
  readonly steps: number;
  readonly seconds: number;
  readonly sums: readonly number[];
  readonly gradientNorms: number | null;
}

/** Adds up what the steps of an epoch report. */
export class EpochSums {
  samples = 0;
  steps = 0;
  seconds = 0;
  readonly #sums: Float64Array;
  readonly #names: readonly string[];
  /** Place of the total by which a weighted mean loss was divided; -1 where samples count alike. */
  readonly #weight: number;
  #gradientNorms: number | undefined;

  constructor(names: readonly string[]) {
    this.#names = names;
    this.#sums = new Float64Array(names.length);
    this.#weight = names.indexOf('weight');
  }

  /**
   * Adds the totals of one step of `rows` samples. Losses and metrics are sums over samples; a penalty is one number a
   * step, and counts for each of its samples. A weighted loss is `rows` times the step's weighted mean, and counts by the
   * step's weight, so that the mean over the epoch is as exact as over one batch.
   */
  add(totals: ArrayLike<number>, rows: number): void {
    this.samples += rows;
    this.steps++;
    const weight = this.#weight < 0 ? rows : totals[this.#weight];
    this.#names.forEach((name, i) => {
      if (isPerStep(name)) this.#sums[i] += totals[i] * rows;
      else this.#sums[i] += name === 'loss' && this.#weight >= 0 ? (totals[i] / rows) * weight : totals[i];
    });
    const norm = gradientNormOf(this.#names, totals);
    if (norm !== undefined) this.#gradientNorms = (this.#gradientNorms ?? 0) + norm;
  }

  mean(name: string): number | undefined {
    const index = this.#names.indexOf(name);
    if (index < 0) return undefined;
    if (name !== 'loss' || this.#weight < 0) return this.#sums[index] / this.samples;
    const weight = this.#sums[this.#weight];
    return weight > 0 ? this.#sums[index] / weight : 0;
  }

  /** What a checkpoint keeps of an epoch that is not over. */
  state(): EpochSumsState {
    const { samples, steps, seconds } = this;
    return { samples, steps, seconds, sums: Array.from(this.#sums), gradientNorms: this.#gradientNorms ?? null };
  }

  restore({ samples, steps, seconds, sums, gradientNorms }: EpochSumsState): void {
    Object.assign(this, { samples, steps, seconds });
    this.#sums.set(sums);
    this.#gradientNorms = gradientNorms ?? undefined;
  }

  record(epoch: number, learningRate: number, validation: Scores | undefined): EpochRecord {
    const dataLoss = this.mean('loss') ?? NaN;
    const penalty = this.mean('penalty') ?? 0;
    const accuracy = this.mean('accuracy');
    return {
      epoch,
      loss: dataLoss + penalty,
      dataLoss,
      penalty,
      ...(accuracy === undefined ? {} : { accuracy }),
      ...(validation === undefined ? {} : { valLoss: validation.loss }),
      ...(validation?.accuracy === undefined ? {} : { valAccuracy: validation.accuracy }),
      ...(validation?.metrics === undefined ? {} : { valMetrics: validation.metrics }),
      learningRate,
      ...(this.#gradientNorms === undefined ? {} : { gradientNorm: this.#gradientNorms / this.steps }),
      steps: this.steps,
      seconds: this.seconds,
      samplesPerSecond: this.samples / this.seconds,
    };
  }
}
