import { FileError } from '../core/errors.js';
import { reasonOf } from '../core/files.js';

/** Why `path` could not be read, for a failed call of node:fs. `what` was expected there, such as `a file`. */
export function readFailure(what: string, path: string, cause: unknown): FileError {
  const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  return missing
    ? new FileError('ERR_FILE_MISSING', `Expected ${what} at ${path}, found none`, { cause })
    : new FileError('ERR_FILE_READ', `Could not read ${path}: ${reasonOf(cause)}`, { cause });
}
