import { readdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { CheckpointError, FileError } from '../core/errors.js';
import { reasonOf, writeFileAtomic } from '../core/files.js';
import { decodeCheckpoint, type CheckpointContent } from './checkpoint-format.js';
import type { Safetensors } from '../core/safetensors.js';

const NAME = /^step-(\d{9,})\.safetensors$/;
export const BEST = 'best.safetensors';
const TEMPORARY = /^\.(?:step-\d{9,}|best)\.safetensors\.(\d+)\.[0-9a-f]+\.tmp$/;
const LARGEST_FILE = 2 ** 31 - 1;

export interface ReadCheckpoint {
  readonly path: string;
  readonly file: Safetensors;
  readonly content: CheckpointContent;
}

/** A folder of checkpoints: one file a generation, named by its step; a file, once there, is complete and never changed. */
export class CheckpointFolder {
  constructor(readonly path: string) {}

  /** Files of checkpoints, newest first. */
  async list(): Promise<string[]> {
    const names = await readdir(this.path);
    const steps = names.flatMap((name) => (NAME.test(name) ? [{ name, step: stepOf(name) }] : []));
    return steps.sort((a, b) => b.step - a.step).map(({ name }) => name);
  }

  /**
   * Writes a generation and lets go of the oldest when it is safe: at any moment there is one that is complete.
   *
   * @throws FileError when it could not be written; the others stand
   */
  async save(step: number, bytes: Uint8Array, keep: number): Promise<string> {
    const path = join(this.path, `step-${String(step).padStart(9, '0')}.safetensors`);
    await writeFileAtomic(path, bytes);
    for (const name of (await this.list()).slice(keep)) await unlink(join(this.path, name));
    return path;
  }

  /** Sets aside what is newer than the generation that a fit went on from, and damaged; removes what killed processes left. */
  async tidy(resumedFrom: string | undefined): Promise<void> {
    for (const name of await readdir(this.path)) {
      const owner = TEMPORARY.exec(name)?.[1];
      if (owner !== undefined && !isAlive(Number(owner))) await unlink(join(this.path, name)).catch(() => undefined);
    }
    if (resumedFrom === undefined) return;
    for (const name of await this.list()) {
      if (join(this.path, name) === resumedFrom) return;
      const path = join(this.path, name);
      await rename(path, `${path}.damaged`).catch(() => undefined);
    }
  }
}

/**
 * The checkpoint to go on from: the file named, or the newest of a folder that is in order; `undefined` where the folder has
 * none, or is not there. A damaged one with a predecessor is passed over, and said once.
 *
 * @throws CheckpointError for one that cannot be used, FileError for one that cannot be read
 */
export async function readCheckpoint(path: string): Promise<ReadCheckpoint | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() === true) return readOne(path);
  if (found === undefined && path.endsWith('.safetensors')) {
    throw new CheckpointError('ERR_CHECKPOINT_MISSING', `There is no checkpoint ${path}`);
  }
  const names =
    found === undefined
      ? []
      : await new CheckpointFolder(path).list().catch((error: unknown) => cannotRead(path, error));
  const damaged: CheckpointError[] = [];
  for (const name of names) {
    try {
      const checkpoint = await readOne(join(path, name));
      if (damaged.length > 0) sayFallback(damaged, name);
      return checkpoint;
    } catch (error) {
      if (!(error instanceof CheckpointError && error.code === 'ERR_CHECKPOINT_CORRUPT')) throw error;
      damaged.push(error);
    }
  }
  if (damaged.length > 0) throw damaged[0];
  return undefined;
}

async function readOne(path: string): Promise<ReadCheckpoint> {
  let bytes: Uint8Array;
  try {
    const { size } = await stat(path);
    if (size > LARGEST_FILE) throw new Error(`${size} bytes are too many`);
    bytes = await readFile(path);
  } catch (error) {
    return cannotRead(path, error);
  }
  try {
    return { path, ...(await decodeCheckpoint(bytes)) };
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    throw new CheckpointError(error.code, `The checkpoint ${path} cannot be used. ${error.message}`, { cause: error });
  }
}

function cannotRead(path: string, cause: unknown): never {
  throw new FileError('ERR_FILE_READ', `Cannot read the checkpoint ${path}: ${reasonOf(cause)}`, { cause });
}

function stepOf(name: string): number {
  return Number(NAME.exec(name)?.[1]);
}

function isAlive(process_: number): boolean {
  try {
    process.kill(process_, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function sayFallback(damaged: readonly Error[], name: string): void {
  process.emitWarning(`${damaged.map(({ message }) => message).join(' ')} Going on from ${name}, the one before.`, {
    code: 'BLASNET_CHECKPOINT_FALLBACK',
  });
}
