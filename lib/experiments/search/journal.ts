import { open, readFile, truncate, type FileHandle } from 'node:fs/promises';
import { FileError, FormatError, OptionError } from '../../core/errors.js';
import { reasonOf } from '../../core/files.js';
import type { Trial } from './trial.js';

/** By what a journal is recognized: another space, seed or method makes other trials. */
export interface JournalHeader {
  readonly format: 'blasnet-search';
  readonly version: 1;
  readonly space: unknown;
  readonly seed: number;
  readonly method: unknown;
  readonly direction: string;
}

/**
 * A search's diary: a line that says what is searched, and one for each trial that has ended. A line is flushed to the
 * disk before the next trial of its place begins; a last line cut off by a crash is dropped, and its trial run again.
 */
export class Journal {
  readonly #path: string;
  readonly #file: FileHandle;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /**
   * Opens or begins a journal, with the trials that it already has.
   *
   * @throws OptionError where it belongs to another search, FormatError where it is no journal, FileError
   */
  static async open(path: string, header: JournalHeader): Promise<{ journal: Journal; trials: Trial[] }> {
    const text = await readText(path);
    const whole = wholeLines(text);
    const trials = whole === '' ? [] : readLines(path, whole, header);
    try {
      if (whole.length < text.length) await truncate(path, Buffer.byteLength(whole));
      const journal = new Journal(path, await open(path, 'a'));
      if (whole === '') await journal.#append(header);
      return { journal, trials };
    } catch (cause) {
      if (cause instanceof FileError) throw cause;
      throw new FileError('ERR_FILE_WRITE', `Could not write ${path}: ${reasonOf(cause)}`, { cause });
    }
  }

  /**
   * The seed in a journal that has begun; undefined where there is none yet.
   *
   * @throws FormatError where it is no journal, FileError
   */
  static async seedOf(path: string): Promise<number | undefined> {
    const whole = wholeLines(await readText(path));
    return whole === '' ? undefined : readHeader(path, whole.slice(0, whole.indexOf('\n'))).seed;
  }

  async add(trial: Trial): Promise<void> {
    await this.#append(trial);
  }

  async close(): Promise<void> {
    await this.#turn.catch(() => undefined);
    await this.#file.close();
  }

  /** One line after the other, though trials end at the same time. */
  async #append(value: object): Promise<void> {
    const written = this.#turn.then(async () => {
      try {
        await this.#file.appendFile(`${JSON.stringify(value)}\n`);
        await this.#file.datasync();
      } catch (cause) {
        throw new FileError('ERR_FILE_WRITE', `Could not write ${this.#path}: ${reasonOf(cause)}`, { cause });
      }
    });
    this.#turn = written.catch(() => undefined);
    await written;
  }
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw new FileError('ERR_FILE_READ', `Could not read ${path}: ${reasonOf(error)}`, { cause: error });
  });
}

/** Without a last line that a crash cut off. */
function wholeLines(text: string): string {
  return text.slice(0, text.lastIndexOf('\n') + 1);
}

function readHeader(path: string, line: string): JournalHeader {
  const found = parse(path, line, 1) as Partial<JournalHeader> | null;
  if (found?.format !== 'blasnet-search' || found.version !== 1 || !Number.isSafeInteger(found.seed)) {
    throw new FormatError(`${path}: expected a journal of a search, found something else`);
  }
  return found as JournalHeader;
}

function readLines(path: string, text: string, header: JournalHeader): Trial[] {
  const [first, ...rest] = text.trimEnd().split('\n');
  const found = readHeader(path, first);
  for (const key of ['space', 'seed', 'method', 'direction'] as const) {
    if (JSON.stringify(found[key]) === JSON.stringify(header[key])) continue;
    throw new OptionError(
      'ERR_OPTION_JOURNAL',
      `Expected a journal of the same search, received ${path} of another ${key}: ${short(found[key])} there, ` +
        `${short(header[key])} here. Name another file, or remove this one`,
    );
  }
  return rest.map((line, i) => checkTrial(path, parse(path, line, i + 2), i + 2));
}

function parse(path: string, line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new FormatError(`${path}: line ${number} is no JSON`, { cause });
  }
}

function checkTrial(path: string, value: unknown, number: number): Trial {
  const trial = value as Partial<Trial> | null;
  const states = ['done', 'stopped', 'failed'];
  const valid =
    typeof trial?.key === 'string' &&
    Number.isSafeInteger(trial.id) &&
    typeof trial.values === 'object' &&
    trial.values !== null &&
    states.includes(trial.state ?? '') &&
    Array.isArray(trial.reports) &&
    trial.reports.every((report: unknown) => Array.isArray(report) && report.length === 2) &&
    (trial.state !== 'done' || typeof trial.value === 'number');
  if (!valid) throw new FormatError(`${path}: line ${number} is no trial`);
  return trial as Trial;
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 160 ? `${text.slice(0, 157)}…` : text;
}
