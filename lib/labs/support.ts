import {
  activation as activationLayer,
  batchNorm,
  dense,
  dropout,
  Network,
  NonFiniteError,
  normal,
  Trainer,
  type ActivationName,
  type BatchNormOptions,
  type ConstraintLike,
  type Dataset,
  type FitOptions,
  type History,
  type Initializer,
  type InitializerLike,
  type LayerDescription,
  type RegularizerLike,
} from '../index.js';
import type { Series } from '../report/index.js';
import type { LabContext } from './lab.js';

export interface HiddenOptions {
  readonly activation?: ActivationName;
  readonly initializer?: InitializerLike;
  readonly batchNorm?: boolean | BatchNormOptions;
  /** Share dropped behind each hidden layer, or one for each. */
  readonly dropout?: number | readonly number[];
  readonly regularizer?: RegularizerLike;
  readonly constraint?: ConstraintLike;
}

/** Hidden layers and ten outputs, as the courses build them: one initializer for all kernels, ReLU unless said. */
export function digitLayers(hidden: readonly number[], options: HiddenOptions = {}): LayerDescription[] {
  const { activation = 'relu', initializer, regularizer, constraint, batchNorm: norm = false } = options;
  const rates = hidden.map((_, i) =>
    typeof options.dropout === 'object' ? options.dropout[i] : (options.dropout ?? 0),
  );
  const layers = hidden.flatMap((units, i) => [
    ...(norm === false
      ? [dense(units, { activation, initializer, regularizer, constraint })]
      : [
          dense(units, { initializer, regularizer, constraint }),
          batchNorm(norm === true ? {} : norm),
          activationLayer(activation),
        ]),
    ...(rates[i] > 0 ? [dropout(rates[i])] : []),
  ]);
  return [...layers, dense(10, { initializer, regularizer })];
}

export function mean(values: ArrayLike<number>, from = 0, to = values.length): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i];
  return sum / (to - from);
}

/** The first `steps` losses as a line of at most 250 points, each the mean of the `window` steps around it. */
export function smoothedLoss(name: string, losses: ArrayLike<number>, steps: number, window = 25): Series {
  const stride = Math.max(1, Math.floor(steps / 250));
  const points: [number, number][] = [];
  for (let step = 0; step < steps; step += stride) {
    // Short where the curve is steepest, at its start.
    const half = Math.min(Math.floor(window / 2), step);
    points.push([step + 1, mean(losses, step - half, Math.min(steps, step + half + 1))]);
  }
  return { name, points };
}

/** A number of logarithmic steps from 10^first to 10^last. */
export function logSteps(first: number, last: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => 10 ** (first + ((last - first) * i) / Math.max(1, count - 1)));
}

export interface Watched {
  /** After each epoch looked at, with dropout off. */
  readonly train: [epoch: number, accuracy: number][];
  readonly test: [epoch: number, accuracy: number][];
  readonly trainLoss: [epoch: number, loss: number][];
  readonly testLoss: [epoch: number, loss: number][];
  /** Mean accuracy of the last tenth of the looks. */
  readonly finalTrain: number;
  readonly finalTest: number;
}

/** Trains and evaluates on both sets every few epochs, as a reader would: with dropout off. */
export async function trainAndWatch(
  context: LabContext,
  network: Network,
  data: { train: Dataset; test: Dataset },
  options: FitOptions & { epochs: number; looks?: number },
): Promise<Watched> {
  const { epochs, looks = context.size(50, 12), optimizer, learningRate, ...rest } = options;
  const trainer = new Trainer(network, { optimizer, learningRate });
  const every = Math.max(1, Math.floor(epochs / looks));
  const seen: Omit<Watched, 'finalTrain' | 'finalTest'> = { train: [], test: [], trainLoss: [], testLoss: [] };
  for (let epoch = 0; epoch < epochs;) {
    const count = Math.min(every, epochs - epoch);
    await trainer.fit(data.train, { ...rest, epochs: count, signal: context.signal });
    epoch += count;
    const [train, test] = [await network.evaluate(data.train), await network.evaluate(data.test)];
    seen.train.push([epoch, train.accuracy ?? NaN]);
    seen.test.push([epoch, test.accuracy ?? NaN]);
    seen.trainLoss.push([epoch, train.loss]);
    seen.testLoss.push([epoch, test.loss]);
  }
  const last = Math.max(1, Math.round(seen.train.length / 10));
  const finalOf = (points: readonly [number, number][]) => mean(points.slice(-last).map(([, y]) => y));
  return { ...seen, finalTrain: finalOf(seen.train), finalTest: finalOf(seen.test) };
}

/** A fit whose loss may stop being a number: then undefined. */
export async function fitOrDiverge(network: Network, data: Dataset, options: FitOptions): Promise<History | undefined> {
  try {
    return await network.fit(data, options);
  } catch (error) {
    if (error instanceof NonFiniteError) return undefined;
    throw error;
  }
}

/** Standard normal numbers, `[rows, columns]` row-major. */
export function normalNumbers(rows: number, columns: number, seed: number): Float32Array {
  return randomNumbers(normal({ standardDeviation: 1 }), rows, columns, seed);
}

/** Numbers of an initializer, `[rows, columns]` row-major. */
export function randomNumbers(initializer: Initializer, rows: number, columns: number, seed: number): Float32Array {
  const holder = new Network({
    inputs: rows,
    layers: [dense(columns, { bias: false, initializer })],
    seed,
    engine: 'reference',
  });
  return holder.readParameter('dense1.kernel');
}

export function percent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)} %`;
}

/** 0.00012 as 1.2e-4, 0.1234 as 0.123. */
export function short(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  return Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5
    ? value.toExponential(1)
    : String(Number(value.toPrecision(3)));
}

/** An activation as papers write it. */
export function properName(activation: ActivationName): string {
  return ({ relu: 'ReLU', selu: 'SELU' } as Partial<Record<ActivationName, string>>)[activation] ?? activation;
}
