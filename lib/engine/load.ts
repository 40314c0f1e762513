import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { contractText } from '../kernels/signature.js';
import type { Addon } from './addon.js';
import { platformPackages } from './platform-packages.js';
import { selfTest } from './self-test.js';

/** One place where the addon was looked for, and why it was not taken from there. */
export interface LoadAttempt {
  readonly path: string;
  readonly error: string | undefined;
}

export interface LoadResult {
  readonly addon: Addon | undefined;
  readonly attempts: readonly LoadAttempt[];
}

let loaded: LoadResult | undefined;

/** Loads the addon, once per JavaScript environment. Never throws: what went wrong stands in the attempts. */
export function loadAddon(): LoadResult {
  loaded ??= tryAll(candidates());
  return loaded;
}

/** A place where the addon may be: what it is called, and how its path is found, which may fail. */
interface Candidate {
  readonly name: string;
  readonly find: () => string;
}

/** Where this file is; a bundler that makes CommonJS of it leaves that out, and the program's own place has to do. */
const here = (import.meta.url as string | undefined) ?? pathToFileURL(process.argv[1] ?? 'index.js').href;

/**
 * Where the addon may be, in order: where the environment says, built on this machine, in the package of this platform.
 * `lib/` and `dist/` are both one folder below the package.
 */
function candidates(): Candidate[] {
  const given = process.env['BLASNET_NATIVE_PATH'];
  if (given !== undefined && given !== '') return [{ name: given, find: () => given }];
  const built = fileURLToPath(new URL('../../build/Release/blasnet.node', here));
  return [{ name: built, find: () => built }, ...platformPackages(createRequire(here))];
}

function tryAll(places: readonly Candidate[]): LoadResult {
  const attempts: LoadAttempt[] = [];
  for (const { name, find } of places) {
    let path = name;
    try {
      path = find();
      const addon = loadOne(path);
      attempts.push({ path, error: undefined });
      return { addon, attempts };
    } catch (error) {
      attempts.push({ path, error: error instanceof Error ? error.message.split('\n')[0] : String(error) });
    }
  }
  return { addon: undefined, attempts };
}

/** Loading a damaged file can kill the process where no `catch` helps, so its sum is compared first. */
function loadOne(path: string): Addon {
  if (!existsSync(path)) throw new Error('The file does not exist');
  checkManifest(path);
  if (Number(process.versions['napi'] ?? 0) < 8) throw new Error('This Node.js is too old: Node-API 8 is needed');
  const addon = createRequire(here)(path) as Addon;
  if (addon.contract() !== contractText()) throw new Error('The addon was built from another version of blasnet');
  selfTest(addon);
  return addon;
}

function checkManifest(path: string): void {
  const manifestPath = `${path}.json`;
  if (!existsSync(manifestPath)) throw new Error(`There is no ${manifestPath} to check the addon against`);
  const { size, sha256 } = readManifest(manifestPath);
  const bytes = readFileSync(path);
  if (bytes.length !== size) {
    throw new Error(`The addon is damaged: ${bytes.length} bytes where ${size} were built`);
  }
  if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
    throw new Error('The addon is damaged: its SHA-256 differs from the one noted when it was built');
  }
}

function readManifest(path: string): { size: number; sha256: string } {
  let manifest: { size?: unknown; sha256?: unknown } | null;
  try {
    manifest = JSON.parse(readFileSync(path, 'utf8')) as typeof manifest;
  } catch (error) {
    throw new Error(`The addon's manifest ${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  const { size, sha256 } = manifest ?? {};
  if (typeof size !== 'number' || typeof sha256 !== 'string') {
    throw new Error(`The addon's manifest ${path} does not hold its size and SHA-256`);
  }
  return { size, sha256 };
}
