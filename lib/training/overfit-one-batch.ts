import { checkInteger, checkNumber, checkOptions } from '../core/checks.js';
import { NonFiniteError } from '../core/errors.js';
import { toDataset } from '../data/index.js';
import { hooks } from './callbacks/hooks.js';
import type { Data } from './fit-options.js';
import type { Network } from './network.js';

export interface OverfitOneBatchOptions {
  /** Samples, at least 1: the first of the data; default 32, or all where there are fewer. */
  batchSize?: number;
  /** The most steps, at least 1; default 1000. */
  steps?: number;
  /** Of Adam, above 0; default 0.003. */
  learningRate?: number;
}

export interface OverfitReport {
  /** Whether the batch was learned by heart: every class right, or the loss below a hundredth of what it was. */
  readonly learned: boolean;
  readonly steps: number;
  /** On the batch, with dropout off, before and after. */
  readonly before: { readonly loss: number; readonly accuracy?: number };
  readonly after: { readonly loss: number; readonly accuracy?: number };
  /** What follows from it, in a sentence. */
  readonly verdict: string;
}

/** Steps between two looks at the batch. */
const INTERVAL = 20;
const SMALL = 0.01;

/**
 * First aid for a network that does not learn: can a copy of it learn a single batch by heart? One that cannot has a fault in its
 * architecture, loss, labels or scale of inputs, which no amount of data will mend. The network itself is left as it is.
 *
 * @param options `batchSize` at least 1, default 32; `steps` at least 1, default 1000; `learningRate` above 0, default 0.003
 * @throws OptionError for options that are unknown or out of range, ShapeError, DataError for data that does not fit
 *
 * @example
 * const { learned, verdict } = await overfitOneBatch(network, train);
 * if (!learned) console.log(verdict);
 */
export async function overfitOneBatch(
  network: Network,
  data: Data,
  options?: OverfitOneBatchOptions,
): Promise<OverfitReport> {
  const known = ['batchSize', 'steps', 'learningRate'] as const;
  const given = checkOptions<OverfitOneBatchOptions>('overfitOneBatch', options, known);
  const whole = toDataset(data, 'data');
  const batchSize = checkInteger('batchSize', given.batchSize ?? Math.min(32, whole.length), {
    min: 1,
    max: whole.length,
  });
  const epochs = checkInteger('steps', given.steps ?? 1000, { min: 1 });
  const learningRate = checkNumber('learningRate', given.learningRate ?? 0.003, { above: 0 });
  const batch = whole.take(batchSize);
  const copy = network.copy();
  const before = await copy.evaluate(batch);
  let after = before;
  const look = async () => {
    after = await copy.evaluate(batch);
    return after.accuracy === undefined ? after.loss < SMALL * before.loss : after.accuracy === 1;
  };
  const watch = hooks({
    stepInterval: INTERVAL,
    async onStepEnd(_step, training) {
      if (await look()) training.stop('The batch is learned');
    },
  });
  const fit = copy.fit(batch, { epochs, batchSize, optimizer: 'adam', learningRate, callbacks: [watch] });
  const diverged = await fit.then(
    () => false,
    (error: unknown) => {
      if (error instanceof NonFiniteError) return true;
      throw error;
    },
  );
  const learned = !diverged && (await look());
  return { learned, steps: copy.step - network.step, before, after, verdict: verdictOf(learned, diverged, batchSize) };
}

function verdictOf(learned: boolean, diverged: boolean, samples: number): string {
  if (learned) return `The network learns ${samples} samples by heart: architecture, loss and labels fit together.`;
  if (diverged)
    return 'Training diverged on a single batch: the inputs are not scaled, or the learning rate is too high.';
  return (
    `The network cannot learn ${samples} samples by heart. Look for labels that contradict each other, a loss that does not fit ` +
    'the task, inputs that are not scaled, units that are dead, or penalties and dropout that are too strong.'
  );
}
