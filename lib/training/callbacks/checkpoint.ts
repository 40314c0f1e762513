import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { checkInteger, checkNumber, checkOptions, checkString, expected } from '../../core/checks.js';
import { CheckpointError, FileError, OptionError } from '../../core/errors.js';
import { reasonOf, writeFileAtomic } from '../../core/files.js';
import { BEST, CheckpointFolder } from '../checkpoint-files.js';
import type { Training } from '../training.js';
import type { Callback } from './callback.js';
import { Monitor, monitorOptions, type MonitorOptions } from './monitor.js';
import { SavedValues } from './saved-values.js';

export interface CheckpointOptions extends Omit<MonitorOptions, 'monitor'> {
  /** When: after so many `steps`, `epochs` or `minutes`, one of them; default every epoch. And always when the fit ends. */
  every?: { readonly steps?: number; readonly epochs?: number; readonly minutes?: number };
  /** How many of the newest are kept, at least 2, so that a damaged one has a predecessor; default 2. */
  keep?: number;
  /** A quantity such as `valLoss`: the epoch with its best value is kept as `best.safetensors`. Default none. */
  best?: string;
  /** Hears of a checkpoint that could not be written; training goes on. Without it, a warning says so, once a fit. */
  onError?: (error: Error) => void;
}

/**
 * Keeps checkpoints in a folder, from which `fit(…, { resume: folder })` goes on to exactly the bits of a fit that was never
 * interrupted. A checkpoint is one safetensors file, which `Network.load` reads as well: parameters, the optimizer's arrays,
 * places in schedule, epoch and data, seed, history, and the SHA-256 of it all.
 *
 * At any moment, through a crash or a power cut, the folder holds a complete checkpoint: a new one is written beside the others,
 * flushed, given its name, and only then is the oldest removed. An error (a full disk) is reported, and training goes on.
 *
 * @param directory made where it is not there
 * @param options `every`, default `{ epochs: 1 }`; `keep` at least 2, default 2; `best`, with `mode` and `minimumChange`;
 *   `onError`
 * @throws OptionError for options that are unknown or out of range; the fit rejects with CheckpointError
 *   `ERR_CHECKPOINT_EXISTS` where the folder has checkpoints and the fit was not resumed from it
 *
 * @example
 * const callbacks = [checkpoint('runs/digits', { every: { minutes: 5 }, best: 'valLoss' })];
 * await network.fit(train, { epochs: 50, validation, callbacks, resume: 'runs/digits' });
 *
 * Keras' `BackupAndRestore` resumes at the start of an epoch and writes two files without flushing them.
 */
export function checkpoint(directory: string, options?: CheckpointOptions): Callback {
  const known = ['every', 'keep', 'best', 'onError', ...monitorOptions.slice(1)] as const;
  const given = checkOptions<CheckpointOptions>('checkpoint', options, known as readonly (keyof CheckpointOptions)[]);
  const folder = new CheckpointFolder(resolve(checkString('directory', directory)));
  const { steps, epochs, minutes } = checkEvery(given.every);
  const keep = checkInteger('keep', given.keep ?? 2, { min: 2 });
  const { onError } = given;
  if (onError !== undefined && typeof onError !== 'function') {
    throw new OptionError('ERR_OPTION_TYPE', expected('a function', 'onError', onError));
  }
  const monitor = given.best === undefined ? undefined : new Monitor('checkpoint', { ...given, monitor: given.best });
  let best: number | undefined;
  let savedStep = -1;
  let savedAt = 0;
  let warned = false;

  const attempt = async (write: () => Promise<void>) => {
    try {
      await write();
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      onError?.(failure);
      if (onError === undefined && !warned) {
        process.emitWarning(`${failure.message}. Training goes on; the checkpoints before stand.`, {
          code: 'BLASNET_CHECKPOINT_FAILED',
        });
      }
      warned = true;
    }
  };
  const save = (training: Training) =>
    attempt(async () => {
      savedAt = performance.now();
      await folder.save(training.step, await training.encodeCheckpoint(), keep);
      savedStep = training.step;
    });

  return {
    name: 'checkpoint',
    last: true,
    ...(steps === undefined ? {} : { stepInterval: steps, onStepEnd: (_step, training) => save(training) }),
    prepare: (quantities) => monitor?.prepare(quantities),
    async onTrainBegin({ resumedFrom }) {
      [best, savedStep, savedAt, warned] = [undefined, -1, performance.now(), false];
      const own = resumedFrom !== undefined && dirname(resumedFrom) === folder.path ? resumedFrom : undefined;
      try {
        await mkdir(folder.path, { recursive: true });
        await folder.tidy(own);
        if (own !== undefined || (await folder.list()).length === 0) return;
      } catch (cause) {
        const message = `Could not make the folder ${folder.path} for checkpoints: ${reasonOf(cause)}`;
        throw new FileError('ERR_FILE_WRITE', message, { cause });
      }
      throw new CheckpointError(
        'ERR_CHECKPOINT_EXISTS',
        `The folder ${folder.path} has checkpoints already: go on from them by resume, or choose another folder`,
      );
    },
    async onSliceEnd(training) {
      if (minutes !== undefined && performance.now() - savedAt >= minutes * 60_000) await save(training);
    },
    async onEpochEnd(record, training) {
      const value = monitor?.valueOf(record) ?? NaN;
      if (monitor?.isBetter(value, best) === true) {
        const before = best;
        best = value;
        await attempt(async () => {
          const written = training.encodeCheckpoint().then((bytes) => writeFileAtomic(join(folder.path, BEST), bytes));
          await written.catch((error: unknown) => {
            best = before;
            throw error;
          });
        });
      }
      if (epochs !== undefined && record.epoch % epochs === 0) await save(training);
    },
    async onTrainEnd({ how }, training) {
      if (how !== 'failed' && training.step !== savedStep) await save(training);
    },
    state: () => ({ values: { best: best ?? null } }),
    restore(state) {
      best = new SavedValues('checkpoint', state).best();
    },
  };
}

function checkEvery(every: unknown): {
  steps?: number | undefined;
  epochs?: number | undefined;
  minutes?: number | undefined;
} {
  if (every === undefined) return { epochs: 1 };
  const units = ['steps', 'epochs', 'minutes'] as const;
  const given = checkOptions<NonNullable<CheckpointOptions['every']>>('every', every, units);
  const chosen = units.filter((unit) => given[unit] !== undefined);
  if (chosen.length !== 1) {
    const received = chosen.length === 0 ? 'none' : chosen.join(' and ');
    throw new OptionError(
      'ERR_OPTION_CONFLICT',
      `Expected one of steps, epochs and minutes for every, received ${received}`,
    );
  }
  if (given.minutes !== undefined) return { minutes: checkNumber('minutes', given.minutes, { above: 0 }) };
  return { [chosen[0]]: checkInteger(chosen[0], given[chosen[0]], { min: 1 }) };
}
