import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { checkInteger, checkOptions, checkString } from '../../core/checks.js';
import { FileError } from '../../core/errors.js';
import { reasonOf } from '../../core/files.js';
import { encodeEvent, encodeRecord, encodeVersion, histogramOf, type Summary } from '../event-file.js';
import type { Training } from '../training.js';
import type { Callback } from './callback.js';
import { quantityOf } from './monitor.js';

export interface TensorBoardOptions {
  /** Epochs from one histogram of every parameter to the next, at least 0; 0 for none; default 1. */
  histogramInterval?: number;
  /** Steps from one `step/loss` and `step/learningRate` to the next, at least 1; default none. */
  stepInterval?: number;
}

let files = 0;

/**
 * Writes event files for TensorBoard: all numbers of each epoch's record by the epoch, and histograms of the parameters.
 *
 * @param directory made where it is not there; each fit adds a file
 * @param options `histogramInterval` in epochs, at least 0, default 1; `stepInterval` at least 1, default none
 * @throws FileError, by which the fit rejects, where it cannot be written
 *
 * @example
 * await network.fit(train, { validation, callbacks: [tensorBoard('logs/first')] }); // tensorboard --logdir logs
 */
export function tensorBoard(directory: string, options?: TensorBoardOptions): Callback {
  const given = checkOptions<TensorBoardOptions>('tensorBoard', options, ['histogramInterval', 'stepInterval']);
  checkString('directory', directory);
  const histogramInterval = checkInteger('histogramInterval', given.histogramInterval ?? 1);
  const stepInterval =
    given.stepInterval === undefined ? undefined : checkInteger('stepInterval', given.stepInterval, { min: 1 });
  let quantities: readonly string[] = [];
  let file: FileHandle | undefined;

  const guarded = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (cause) {
      const message = `Could not write events to ${directory}: ${reasonOf(cause)}`;
      throw new FileError('ERR_FILE_WRITE', message, { cause });
    }
  };
  const write = (message: Uint8Array) => guarded(async () => file?.appendFile(encodeRecord(message)));
  const now = () => Date.now() / 1000;

  return {
    name: 'tensorBoard',
    prepare(names) {
      quantities = names;
    },
    onTrainBegin: () =>
      guarded(async () => {
        await mkdir(directory, { recursive: true });
        const started = String(Math.floor(now())).padStart(10, '0');
        const name = `events.out.tfevents.${started}.${hostname()}.${process.pid}.${files++}`;
        file = await open(join(directory, name), 'wx');
        await file.appendFile(encodeRecord(encodeVersion(now())));
      }),
    ...(stepInterval === undefined
      ? {}
      : {
          stepInterval,
          onStepEnd: ({ step, loss, learningRate }) =>
            write(
              encodeEvent(now(), step, [
                { tag: 'step/loss', scalar: loss },
                { tag: 'step/learningRate', scalar: learningRate },
              ]),
            ),
        }),
    async onEpochEnd(record, training) {
      const scalars = quantities.map((name): Summary => ({ tag: name, scalar: quantityOf(record, name) }));
      const due = histogramInterval > 0 && record.epoch % histogramInterval === 0;
      await write(encodeEvent(now(), record.epoch, due ? [...scalars, ...histograms(training)] : scalars));
    },
    async onTrainEnd() {
      const ended = file;
      file = undefined;
      await guarded(async () => ended?.close());
    },
  };
}

function histograms({ network }: Training): Summary[] {
  return network.parameterNames.map((name) => ({ tag: name, histogram: histogramOf(network.readParameter(name)) }));
}
