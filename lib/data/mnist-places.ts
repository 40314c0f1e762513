import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { checkOptions, checkString } from '../core/checks.js';
import { findQuartet } from './idx-folder.js';

export interface FindMnistOptions {
  /** The only folder to look into. */
  directory?: string;
  /** Where downloaded files are kept; default the user's cache folder, `…/blasnet/mnist`. */
  cacheDirectory?: string;
}

/** A folder where {@link mnist} looks, and what is there. */
export interface MnistPlace {
  readonly directory: string;
  /** What names the folder: the option, the environment variable BLASNET_DATA, or neither. */
  readonly named: 'directory' | 'BLASNET_DATA' | 'cache';
  /** Names of the files found, of the four. */
  readonly found: readonly string[];
  readonly missing: readonly string[];
}

/**
 * The folders where `mnist` looks before it downloads, in its order, each with the files that are there. Reads no file.
 *
 * @throws OptionError
 *
 * @example
 * const place = (await findMnist()).find(({ missing }) => missing.length === 0);
 */
export async function findMnist(options?: FindMnistOptions): Promise<MnistPlace[]> {
  const given = checkOptions<FindMnistOptions>('findMnist', options, ['directory', 'cacheDirectory']);
  const cache = checkString('cacheDirectory', given.cacheDirectory ?? defaultCache());
  const candidates: [string, MnistPlace['named']][] =
    given.directory === undefined
      ? [...namedByEnvironment().map((folder): [string, 'BLASNET_DATA'] => [folder, 'BLASNET_DATA']), [cache, 'cache']]
      : [[checkString('directory', given.directory), 'directory']];
  return Promise.all(
    candidates.map(async ([directory, named]) => {
      const { paths, missing } = await findQuartet(directory);
      return { directory, named, found: Object.values(paths).map((path) => basename(path)), missing };
    }),
  );
}

/** The folder that BLASNET_DATA names and its subfolder `mnist`; none where it is not set. */
export function namedByEnvironment(): string[] {
  const folder = process.env['BLASNET_DATA'];
  return folder === undefined || folder === '' ? [] : [folder, join(folder, 'mnist')];
}

/** Where downloaded files are kept. */
export function defaultCache(): string {
  return join(userCache(), 'blasnet', 'mnist');
}

/** Where programs of this user keep what they can fetch again. */
function userCache(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (process.platform === 'win32') return LOCALAPPDATA || join(homedir(), 'AppData', 'Local');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  return XDG_CACHE_HOME || join(homedir(), '.cache');
}
