import { randomBytes } from 'node:crypto';
import { open, realpath, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { types } from 'node:util';
import { checkString, expected } from './checks.js';
import { FileError, OptionError } from './errors.js';

/**
 * Writes a file so that at any moment, through a crash or a power cut, its name stands for the old content or the new,
 * never for a part of either: temporary file in the same folder, flush, rename, flush of the folder.
 *
 * The content is the bytes as they are at the call; a later change to the array does not reach the file. A symbolic link
 * is followed, and the file it points to is replaced.
 *
 * @param path where to; its folder must exist
 * @param bytes the whole content
 * @throws FileError `ERR_FILE_WRITE` naming the path and the reason; the temporary file is gone and the old file stands
 *   (unless all that failed was the last flush of the folder: then the new file is there and may not survive a power cut)
 *
 * @example
 * await writeFileAtomic('model.safetensors', encodeSafetensors(tensors));
 */
export async function writeFileAtomic(path: string, bytes: Uint8Array): Promise<void> {
  checkString('path', path);
  if (!types.isUint8Array(bytes)) throw new OptionError('ERR_OPTION_TYPE', expected('a Uint8Array', 'bytes', bytes));
  // A copy of its own: an array that JavaScript transfers away while a thread writes it would be a fault in memory.
  const content = Buffer.from(bytes);
  let temporary: string | undefined;
  try {
    const target = await realpath(path).catch(() => path);
    const folder = dirname(target);
    const name = join(folder, `.${basename(target)}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`);
    const file = await open(name, 'wx');
    temporary = name;
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(name, target);
    temporary = undefined;
    await flushFolder(folder);
  } catch (cause) {
    if (temporary !== undefined) await unlink(temporary).catch(() => undefined);
    throw new FileError('ERR_FILE_WRITE', `Could not write ${path} (${content.length} bytes): ${reasonOf(cause)}`, {
      cause,
    });
  }
}

/** What a failed call of node:fs says for itself, without its path and call: "ENOSPC: no space left on device". */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split(', ')[0];
}

/** Makes a rename last. Where a folder cannot be opened or flushed (Windows, some network drives), it is as safe as it gets. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  if (handle === undefined) return;
  try {
    await handle.sync();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EIO') throw error;
  } finally {
    await handle.close();
  }
}
