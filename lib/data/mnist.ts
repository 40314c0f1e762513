import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkBoolean, checkNumber, checkOptions, checkString, expected } from '../core/checks.js';
import { BlasnetError, FileError, FormatError, OptionError } from '../core/errors.js';
import { reasonOf } from '../core/files.js';
import type { TrainAndTest } from './make-dataset.js';
import { findQuartet, loadQuartet } from './idx-folder.js';
import { defaultCache, namedByEnvironment } from './mnist-places.js';
import { syntheticDigits } from './synthetic.js';

export interface MnistOptions {
  /** The folder that holds the four files. When given, nothing else is tried. */
  directory?: string;
  /** Never download; default false. */
  offline?: boolean;
  /** Where downloaded files are kept; default the user's cache folder, `…/blasnet/mnist`. */
  cacheDirectory?: string;
  /** Use synthetic digits where MNIST cannot be had; default true. */
  fallback?: boolean;
  /** Where to download from, each with the four files; https only, or http on this machine. */
  mirrors?: readonly string[];
  /** Milliseconds in which a server must have answered; above 0, default 5000. */
  connectTimeout?: number;
  /** Milliseconds without progress after which a download is given up; above 0, default 30,000. */
  stallTimeout?: number;
}

const optionNames = [
  'directory',
  'offline',
  'cacheDirectory',
  'fallback',
  'mirrors',
  'connectTimeout',
  'stallTimeout',
] as const;

/** Two operators, so that one outage does not stop anybody. */
const mirrors = [
  'https://storage.googleapis.com/cvdf-datasets/mnist/',
  'https://ossci-datasets.s3.amazonaws.com/mnist/',
] as const;

/** The original files, as published in 1998. */
const files = [
  ['train-images-idx3-ubyte.gz', 9912422, '80ddc37787bd75b21a60355b43d722ed6b5c99ede5fdb353ab21406db7cbebf1'],
  ['train-labels-idx1-ubyte.gz', 28881, '61f8bc9275354e928f3eaca751097d188a61a43a85dad53d4f682d1545417ed3'],
  ['t10k-images-idx3-ubyte.gz', 1648877, 'f85b07b55cc422c6d1971cbbc484e5a84fc6dca8c37186580a80e1e79065b73e'],
  ['t10k-labels-idx1-ubyte.gz', 4542, 'f359b9074d7b7e00eff5d1300b9bf0b9cd66ecb61d85da55f3c3ed9741ede783'],
] as const;

/**
 * MNIST: 60,000 training and 10,000 test images of handwritten digits, 28 x 28 bytes, in ten classes.
 *
 * Looks into `directory`; else into the folder named by the environment variable BLASNET_DATA, or its subfolder `mnist`;
 * else into the user's cache folder; else downloads the four files there (11.6 MB, verified by SHA-256). Where none of
 * that works it says why in a warning with the code `BLASNET_SYNTHETIC`, and gives {@link syntheticDigits} instead:
 * `source` is then "synthetic", otherwise the folder.
 *
 * @param options see {@link MnistOptions}
 * @throws FileError naming the files expected where `directory` lacks them; or, with `fallback: false`, why there is none
 * @throws FormatError for a file that is not what it should be; OptionError
 *
 * @example
 * const { train, test, source } = await mnist();
 *
 * Source: LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition", Proceedings of the
 * IEEE 86 (11), 1998. Licence of the data: CC BY-SA 3.0.
 */
export async function mnist(options?: MnistOptions): Promise<TrainAndTest> {
  const settings = checkMnistOptions(options);
  if (settings.directory !== undefined) return load(settings.directory);

  const reasons: string[] = [];
  const named = namedByEnvironment();
  for (const folder of named) {
    if ((await findQuartet(folder)).complete) return load(folder);
  }
  if (named.length > 0) reasons.push(`BLASNET_DATA names ${named[0]}, which does not hold it`);
  try {
    return await loadCached(settings);
  } catch (error) {
    if (!(error instanceof BlasnetError)) throw error;
    reasons.push(error.message);
  }
  const message = `MNIST cannot be had: ${reasons.join('; ')}`;
  if (!settings.fallback) throw new FileError('ERR_FILE_MISSING', message);
  process.emitWarning(`${message}. Using synthetic digits instead, on which results differ from MNIST's.`, {
    code: 'BLASNET_SYNTHETIC',
  });
  return syntheticDigits();
}

function checkMnistOptions(options: MnistOptions | undefined) {
  const given = checkOptions<MnistOptions>('mnist', options, optionNames);
  const settings = {
    directory: given.directory,
    offline: checkBoolean('offline', given.offline ?? false),
    cacheDirectory: checkString('cacheDirectory', given.cacheDirectory ?? defaultCache()),
    fallback: checkBoolean('fallback', given.fallback ?? true),
    mirrors: checkMirrors(given.mirrors ?? mirrors),
    connectTimeout: checkNumber('connectTimeout', given.connectTimeout ?? 5000, { above: 0, max: 2 ** 31 - 1 }),
    stallTimeout: checkNumber('stallTimeout', given.stallTimeout ?? 30_000, { above: 0, max: 2 ** 31 - 1 }),
  };
  if (settings.directory !== undefined) checkString('directory', settings.directory);
  return settings;
}

/** The mirrors' addresses, each ending in a slash. */
function checkMirrors(mirrors: unknown): string[] {
  if (!Array.isArray(mirrors) || mirrors.length === 0) {
    throw new OptionError('ERR_OPTION_TYPE', expected('an array with at least one address', 'mirrors', mirrors));
  }
  return mirrors.map((mirror: unknown, index) => {
    const name = `mirrors[${index}]`;
    const text = checkString(name, mirror);
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const here = url !== undefined && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
    if (url === undefined || !(url.protocol === 'https:' || (url.protocol === 'http:' && here))) {
      throw new OptionError('ERR_OPTION_RANGE', expected('an https address', name, mirror));
    }
    return text.endsWith('/') ? text : `${text}/`;
  });
}

function load(directory: string): Promise<TrainAndTest> {
  return loadQuartet(directory, { name: 'mnist', classes: 10 });
}

/** From the cache folder; what is missing there or damaged is downloaded first. */
async function loadCached(settings: ReturnType<typeof checkMnistOptions>): Promise<TrainAndTest> {
  const { cacheDirectory, offline } = settings;
  if ((await findQuartet(cacheDirectory)).complete) {
    try {
      return await load(cacheDirectory);
    } catch (error) {
      if (offline || !(error instanceof FormatError)) throw error;
    }
  }
  if (offline)
    throw new FileError('ERR_FILE_MISSING', `${cacheDirectory} does not hold it, and downloading is turned off`);
  try {
    await mkdir(cacheDirectory, { recursive: true });
  } catch (cause) {
    throw new FileError('ERR_FILE_WRITE', `Could not make the folder ${cacheDirectory}: ${reasonOf(cause)}`, { cause });
  }
  await Promise.all(files.map((file) => fetchIntoCache(file, settings)));
  return load(cacheDirectory);
}

async function fetchIntoCache(
  [name, size, sha256]: (typeof files)[number],
  { cacheDirectory, mirrors, connectTimeout, stallTimeout }: ReturnType<typeof checkMnistOptions>,
): Promise<void> {
  const path = join(cacheDirectory, name);
  const present = await readFile(path).catch(() => undefined);
  if (present !== undefined && createHash('sha256').update(present).digest('hex') === sha256) return;
  const urls = mirrors.map((mirror) => mirror + name);
  // Its parts of Node.js take longer to load than the rest of this room.
  const { download } = await import('./download.js');
  await download({ urls, path, size, sha256, connectTimeout, stallTimeout });
}
