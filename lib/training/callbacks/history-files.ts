import { appendFile } from 'node:fs/promises';
import { checkString } from '../../core/checks.js';
import { FileError } from '../../core/errors.js';
import { reasonOf, writeFileAtomic } from '../../core/files.js';
import type { EpochRecord } from '../history.js';
import type { Callback } from './callback.js';
import { quantityOf } from './monitor.js';

/**
 * Keeps a CSV file of a fit: a header and one line an epoch, written when the epoch ends. Columns are `epoch`, `steps`, and all
 * numbers of the epoch's record; a number that is not finite is an empty field. A file of the same name is replaced when
 * the fit begins; a fit that is resumed writes the epochs it has behind it anew.
 *
 * @param path where to; its folder must exist
 * @throws FileError, by which the fit rejects, where it cannot be written
 *
 * @example
 * await network.fit(train, { validation, callbacks: [historyToCsv('history.csv')] });
 */
export function historyToCsv(path: string): Callback {
  let columns: string[] = [];
  const line = (record: EpochRecord) =>
    columns
      .map((name) => (Number.isFinite(quantityOf(record, name)) ? String(quantityOf(record, name)) : ''))
      .join(',');
  return historyFile('historyToCsv', path, {
    prepare: (quantities) => {
      columns = ['epoch', 'steps', ...quantities];
    },
    header: () => `${columns.join(',')}\n`,
    line: (record) => `${line(record)}\n`,
  });
}

/**
 * Keeps a file of JSON lines of a fit: each epoch's record as one line, written when the epoch ends. Otherwise as
 * {@link historyToCsv}.
 *
 * @param path where to; its folder must exist
 * @throws FileError, by which the fit rejects, where it cannot be written
 *
 * @example
 * await network.fit(train, { callbacks: [historyToJsonLines('history.jsonl')] });
 */
export function historyToJsonLines(path: string): Callback {
  return historyFile('historyToJsonLines', path, {
    prepare: () => undefined,
    header: () => '',
    line: (record) => `${JSON.stringify(record)}\n`,
  });
}

interface Form {
  readonly prepare: (quantities: readonly string[]) => void;
  readonly header: () => string;
  readonly line: (record: EpochRecord) => string;
}

function historyFile(name: string, path: string, { prepare, header, line }: Form): Callback {
  checkString('path', path);
  let begun = false;
  const begin = async (records: readonly EpochRecord[]) => {
    begun = true;
    await writeFileAtomic(path, Buffer.from(header() + records.map(line).join('')));
  };
  return {
    name,
    prepare,
    onTrainBegin() {
      begun = false;
    },
    async onEpochBegin(_epoch, { records }) {
      if (!begun) await begin(records);
    },
    async onEpochEnd(record, { records }) {
      if (!begun) return begin(records);
      try {
        await appendFile(path, line(record));
      } catch (cause) {
        throw new FileError('ERR_FILE_WRITE', `Could not write ${path}: ${reasonOf(cause)}`, { cause });
      }
    },
  };
}
