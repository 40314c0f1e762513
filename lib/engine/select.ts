import { availableParallelism } from 'node:os';
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { checkChoice, checkInteger, checkOptions } from '../core/checks.js';
import { EngineError } from '../core/errors.js';
import { simdLevels } from './addon.js';
import type { Engine, EngineName } from './engine.js';
import { loadAddon, type LoadAttempt } from './load.js';
import { NativeEngine } from './native.js';
import { ReferenceEngine } from './reference.js';

export const engineNames: readonly EngineName[] = ['native', 'reference'];
const MOST_THREADS = 1024;

export interface EngineOptions {
  /** Which engine; by default `native` where its addon loads, `reference` otherwise. */
  engine?: EngineName;
  /** Most threads of the native engine, 1 to 1024; default one for each core. Never more than there are cores. */
  threads?: number;
}

/** What `engineInfo()` tells. */
export interface EngineInfo {
  /** The engine that a network gets by default. */
  readonly engine: EngineName;
  /** Why it is this one, in a sentence. */
  readonly reason: string;
  readonly threads: number;
  /** SIMD level of the element-wise kernels, such as `AVX-512`; `none` for the reference engine. */
  readonly simd: string;
  /** The BLAS library with its version, and the kernel it picked for this processor. */
  readonly blas: string;
  readonly blasCore: string;
  /** Every place where the addon was looked for, with what was wrong there. */
  readonly attempts: readonly LoadAttempt[];
}

/**
 * The engine that runs programs: native where its addon loads, else the reference engine, said once on standard error.
 *
 * The environment variable `BLASNET_ENGINE` (`native` or `reference`) decides where the option does not. Asking for
 * `native` where it cannot be had is an error.
 *
 * @throws EngineError `ERR_ENGINE_UNAVAILABLE` when `native` was asked for and does not load
 * @throws OptionError for an unknown engine or `threads` out of range
 */
export function selectEngine(options: EngineOptions = {}): Engine {
  const { engine, threads } = checkOptions<EngineOptions>('selectEngine', options, ['engine', 'threads']);
  if (threads !== undefined) checkInteger('threads', threads, { min: 1, max: MOST_THREADS });
  // Threads that share a processor wait for each other at every barrier; the bits do not depend on their number.
  const count = Math.min(threads ?? Infinity, availableParallelism());
  const wish = wishedEngine(engine);
  if (wish === 'reference') return new ReferenceEngine();
  const { addon, attempts } = loadAddon();
  if (addon !== undefined) return new NativeEngine(addon, count, wishedSimdLevel());
  if (wish === 'native') {
    throw new EngineError(
      'ERR_ENGINE_UNAVAILABLE',
      `The native engine was asked for and does not load: ${explain(attempts)}`,
    );
  }
  sayOnce(attempts);
  return new ReferenceEngine();
}

/** Which engine a network gets by default, why, and everything that went wrong while looking for the addon. */
export function engineInfo(): EngineInfo {
  const wish = wishedEngine(undefined);
  const { addon, attempts } = loadAddon();
  if (wish === 'reference' || addon === undefined) {
    const reason = wish === 'reference' ? 'BLASNET_ENGINE asks for it' : explain(attempts);
    return { engine: 'reference', reason, threads: 1, simd: 'none', blas: 'none', blasCore: '', attempts };
  }
  const { blas, blasCore, simd } = addon.info();
  const reason = wish === 'native' ? 'BLASNET_ENGINE asks for it' : 'its addon loads and passes its self-test';
  return { engine: 'native', reason, threads: availableParallelism(), simd, blas, blasCore, attempts };
}

function wishedEngine(option: EngineName | undefined): EngineName | undefined {
  if (option !== undefined) return checkChoice('engine', option, engineNames);
  const wish = process.env['BLASNET_ENGINE'];
  if (wish === undefined || wish === '') return undefined;
  return checkChoice('the environment variable BLASNET_ENGINE', wish, engineNames);
}

/** For tests: `BLASNET_SIMD` holds the native kernels to a lower level than the processor has. */
function wishedSimdLevel(): number | undefined {
  const wish = process.env['BLASNET_SIMD'];
  if (wish === undefined || wish === '') return undefined;
  return simdLevels.indexOf(checkChoice('the environment variable BLASNET_SIMD', wish, simdLevels));
}

function explain(attempts: readonly LoadAttempt[]): string {
  return attempts.map(({ path, error }) => `${path}: ${error ?? 'loaded'}`).join('; ');
}

const NOTICE = 'blasnet reference engine notice';

/** Once per process: worker threads that start after the notice know of it. */
function sayOnce(attempts: readonly LoadAttempt[]): void {
  if (getEnvironmentData(NOTICE) === true) return;
  setEnvironmentData(NOTICE, true);
  process.emitWarning(
    `blasnet runs on its reference engine, which is far slower than the native one (${explain(attempts)}). ` +
      'To build the native engine: npx blasnet build-native. To accept this silently: BLASNET_ENGINE=reference',
    { code: 'BLASNET_REFERENCE' },
  );
}
