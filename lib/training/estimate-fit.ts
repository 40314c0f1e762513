import { checkOptions } from '../core/checks.js';
import { Dataset, ShardedDataset, toDataset } from '../data/index.js';
import { timeLimit } from './callbacks/time-limit.js';
import { checkFit } from './fit-checks.js';
import { optionNames, type Data, type FitOptions } from './fit-options.js';
import type { Network } from './network.js';
import { Trainer } from './trainer.js';

export interface FitEstimate {
  readonly steps: number;
  /** Of the whole fit, validation included. */
  readonly seconds: number;
  readonly samplesPerSecond: number;
  /** Memory while it trains. The engine's copy of the samples is in `data`; what the caller holds comes on top. */
  readonly bytes: {
    /** Parameters, the copies that predictions read meanwhile, and one to go back to the last good step from. */
    readonly parameters: number;
    /** What it keeps between steps, and a copy of that to go back. */
    readonly optimizer: number;
    readonly data: number;
    /** Activations and gradients of a batch, for all threads. */
    readonly batch: number;
    readonly total: number;
  };
}

const TRIAL_SECONDS = 0.5;
const TRIAL_SAMPLES = 8192;
const BYTES = 4;

/**
 * Time and memory that a fit will take, from half a second's training of a copy of the network. Nothing of the fit itself is
 * done; everything is checked as `fit` does.
 *
 * @param options as for `fit`
 * @throws what `fit` throws
 *
 * @example
 * const { seconds, bytes } = await estimateFit(network, train, { epochs: 100 });
 * console.log(`${Math.round(seconds)} s, ${Math.round(bytes.total / 1e6)} MB`);
 *
 * Callbacks are not counted. Other work on the machine, now or then, makes the estimate wrong.
 */
export async function estimateFit(network: Network, data: Data, options: FitOptions = {}): Promise<FitEstimate> {
  const { optimizer, learningRate, ...rest } = checkOptions<FitOptions>('fit', options, optionNames);
  const train = toDataset(data, 'train');
  const copy = network.copy();
  const trainer = new Trainer(copy, { optimizer, learningRate });
  const { epochs, batchSize, samples, validation } = checkFit(trainer, train, { ...rest, whenBusy: 'wait' });
  const steps = epochs * Math.ceil(samples / batchSize);

  const few = train.take(Math.min(train.length, Math.max(batchSize, TRIAL_SAMPLES)));
  const trial = await trainer.fit(few, {
    epochs: 1000,
    batchSize,
    partialBatch: 'drop',
    callbacks: [timeLimit(TRIAL_SECONDS)],
  });
  const training = (epochs * samples) / trial.samplesPerSecond;
  const validating = validation === undefined ? 0 : epochs * (await secondsToEvaluate(copy, validation));

  const { arenaSize } = copy.architecture;
  const { batch, fixed, tile, block } = copy.plan(trainer.optimizer, batchSize).sizes;
  const bytes = {
    // Live, two copies for those who read meanwhile, and one to go back from.
    parameters: 4 * arenaSize * BYTES,
    optimizer: 2 * trainer.optimizer.slots * arenaSize * BYTES,
    data: bytesOf(train) + (validation instanceof Dataset ? bytesOf(validation) : 0),
    batch: (batch + fixed + copy.engine.threads * (tile + block)) * BYTES,
  };
  const total = bytes.parameters + bytes.optimizer + bytes.data + bytes.batch;
  return {
    steps,
    seconds: training + validating,
    samplesPerSecond: trial.samplesPerSecond,
    bytes: { ...bytes, total },
  };
}

async function secondsToEvaluate(network: Network, data: Dataset | ShardedDataset): Promise<number> {
  const count = Math.min(data.length, TRIAL_SAMPLES);
  const few = data instanceof ShardedDataset ? await data.read(0, count) : data.take(count);
  await network.evaluate(few);
  const start = performance.now();
  await network.evaluate(few);
  return ((performance.now() - start) / 1000) * (data.length / few.length);
}

function bytesOf({ features, labels, targets, weights }: Dataset): number {
  return [features, labels, targets, weights].reduce((sum, array) => sum + (array?.byteLength ?? 0), 0);
}
