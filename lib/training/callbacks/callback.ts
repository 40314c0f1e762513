import { expected } from '../../core/checks.js';
import { OptionError } from '../../core/errors.js';
import type { EpochRecord } from '../history.js';
import type { Training } from '../training.js';

/** What a step came to. */
export interface StepRecord {
  /** Steps of this fit, this one included. */
  readonly step: number;
  readonly epoch: number;
  /** Penalties included, measured before the update. */
  readonly loss: number;
  readonly learningRate: number;
  /** For optimizers that clip by a norm. */
  readonly gradientNorm?: number;
}

/** How a fit ended. */
export interface Ending {
  /** `stopped` by a callback, `aborted` by its signal, `failed` with an error. */
  readonly how: 'completed' | 'stopped' | 'aborted' | 'failed';
  /** What a callback gave as its reason, or the error. */
  readonly reason?: unknown;
}

/** What a callback knows and a resumed fit must know again: anything JSON can hold, and arrays by name. */
export interface CallbackState {
  readonly values: Readonly<Record<string, string | number | boolean | null>>;
  readonly arrays?: Readonly<Record<string, Float32Array>>;
}

type Maybe = void | Promise<void>;

/**
 * Something that watches a fit and may act on it. All hooks are optional, may be asynchronous, and are waited for; a hook that
 * throws ends the fit, which rejects with that error. One callback object serves one fit at a time and may be used again.
 */
export interface Callback {
  /** For messages, and to find its state again in a checkpoint. */
  readonly name?: string;
  /** Steps from one `onStepEnd` to the next, at least 1; default 1. Slices of steps end there, so few steps cost speed. */
  readonly stepInterval?: number;
  /** Is called after the others of the same moment: it keeps what they have come to. */
  readonly last?: boolean;
  /** Called at once by `fit`, with the names of all that an epoch's record will hold. What it throws, `fit` throws. */
  prepare?(quantities: readonly string[]): void;
  onTrainBegin?(training: Training): Maybe;
  /** Epochs count from 1. */
  onEpochBegin?(epoch: number, training: Training): Maybe;
  onStepEnd?(step: StepRecord, training: Training): Maybe;
  /** After slices of steps, a few times a second. */
  onSliceEnd?(training: Training): Maybe;
  /** After validation. */
  onEpochEnd?(record: EpochRecord, training: Training): Maybe;
  /** However the fit ended. */
  onTrainEnd?(ending: Ending, training: Training): Maybe;
  state?(): CallbackState;
  /** Called after `onTrainBegin` by a fit that is resumed. */
  restore?(state: CallbackState): void;
}

const hooks = [
  'prepare',
  'onTrainBegin',
  'onEpochBegin',
  'onStepEnd',
  'onSliceEnd',
  'onEpochEnd',
  'onTrainEnd',
  'state',
  'restore',
] as const;

/** Callbacks as `fit` takes them, in the order in which they are called. */
export function checkCallbacks(value: unknown): Callback[] {
  if (value === undefined) return [];
  if (!Array.isArray(value))
    throw new OptionError('ERR_OPTION_TYPE', expected('a list of callbacks', 'callbacks', value));
  const callbacks = value.map((entry: unknown, i): Callback => {
    const name = `callbacks[${i}]`;
    if (typeof entry !== 'object' || entry === null || !hooks.some((hook) => hook in entry)) {
      throw new OptionError('ERR_OPTION_TYPE', expected('an object with hooks such as onEpochEnd', name, entry));
    }
    for (const hook of hooks) {
      const found = (entry as Record<string, unknown>)[hook];
      if (found !== undefined && typeof found !== 'function') {
        throw new OptionError('ERR_OPTION_TYPE', expected('a function', `${hook} of ${name}`, found));
      }
    }
    const { stepInterval = 1 } = entry as Callback;
    if (!Number.isSafeInteger(stepInterval) || stepInterval < 1) {
      const what = expected('a whole number of at least 1', `stepInterval of ${name}`, stepInterval);
      throw new OptionError('ERR_OPTION_RANGE', what);
    }
    return entry;
  });
  const twice = callbacks.find((callback, i) => callbacks.indexOf(callback) < i);
  if (twice !== undefined) {
    throw new OptionError('ERR_OPTION_CONFLICT', `Expected each callback once, received ${twice.name ?? 'one'} twice`);
  }
  return callbacks.sort((a, b) => Number(a.last ?? false) - Number(b.last ?? false));
}
