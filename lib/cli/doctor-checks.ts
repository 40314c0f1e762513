import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { engineInfo, findMnist, measurePeak, type EngineInfo, type MnistPlace } from '../index.js';
import { narrowKernel } from './blas-kernel.js';
import { toolsAdvice } from './build-tools.js';
import { manifest } from './package-info.js';
import { counted, tilde } from './terminal/format.js';
import { printable } from './terminal/text.js';

/** What one look at the machine found. `warn`: works, not as well as it could; `problem`: broken. */
export interface Check {
  readonly name: string;
  readonly status: 'ok' | 'warn' | 'problem';
  readonly detail: string;
  /** What to do about it: commands and sentences; empty where nothing is to be done. */
  readonly advice: readonly string[];
}

const ok = (name: string, detail: string): Check => ({ name, status: 'ok', detail, advice: [] });
const warn = (name: string, detail: string, ...advice: string[]): Check => ({ name, status: 'warn', detail, advice });
const problem = (name: string, detail: string, ...advice: string[]): Check => {
  return { name, status: 'problem', detail, advice };
};

/** All checks in the order of the report; undefined where one has nothing to say. */
export const allChecks: readonly (() => Check | undefined | Promise<Check | undefined>)[] = [
  () => checkNode(process.versions.node, manifest().engines.node),
  () => checkEngine(infoOrError()),
  () => checkBlas(infoOrError(), process.env),
  () => checkSimd(infoOrError()),
  () => checkThreads(availableParallelism(), cpuQuota()),
  () => checkPeak(infoOrError()),
  async () => checkData(await findMnist()),
  () => checkEnvironment(process.env),
];

export function checkNode(version: string, required: string): Check {
  const [major, minor] = version.split('.').map(Number);
  const [needMajor, needMinor] = required.replace('>=', '').split('.').map(Number);
  const detail = `${version} on ${process.platform} ${process.arch}`;
  if (major > needMajor || (major === needMajor && minor >= needMinor)) return ok('Node.js', detail);
  return problem('Node.js', `${detail}; blasnet needs ${required}`, 'install a current Node.js: https://nodejs.org');
}

/** Wrong values of BLASNET_ENGINE make it throw. */
function infoOrError(): EngineInfo | Error {
  try {
    return engineInfo();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

export function checkEngine(info: EngineInfo | Error, wish = process.env['BLASNET_ENGINE']): Check {
  const name = 'Engine';
  if (info instanceof Error) return problem(name, info.message, 'unset BLASNET_ENGINE');
  const { engine, reason, attempts } = info;
  if (engine === 'native') return ok(name, `native: ${reason}`);
  const unset = 'unset BLASNET_ENGINE';
  if (wish === 'reference') return warn(name, `reference, many times slower than native: ${reason}`, unset);
  const failed = attempts.filter(({ error }) => error !== undefined);
  const missing = failed.every(({ error }) => error?.includes('does not exist'));
  const why = failed.map(({ path, error }) => `${tilde(path)}: ${printable(error ?? '')}`).join('; ');
  if (wish === 'native')
    return problem(name, `native was asked for by BLASNET_ENGINE and does not load. ${why}`, ...toolsAdvice());
  if (missing)
    return warn(name, `reference, many times slower than native, which is not built. ${why}`, ...toolsAdvice());
  return problem(name, `reference, because the native engine is there and does not load. ${why}`, ...toolsAdvice());
}

export function checkBlas(info: EngineInfo | Error, environment: NodeJS.ProcessEnv): Check | undefined {
  if (info instanceof Error || info.engine !== 'native') return undefined;
  const { blas, blasCore } = info;
  const version = blas.split(' ').slice(0, 2).join(' ');
  const detail = blasCore === '' ? version : `${version}, ${blasCore} kernel`;
  const narrow = narrowKernel(info, environment);
  if (narrow?.forcedBy !== undefined) {
    const why = `OPENBLAS_CORETYPE=${narrow.forcedBy} forces it on a processor with ${narrow.simd}`;
    return warn('BLAS', `${detail}: up to twice as slow as it could be; ${why}`, 'unset OPENBLAS_CORETYPE');
  }
  if (narrow !== undefined) {
    const advice = 'a newer OpenBLAS may know this processor; then: npx blasnet build-native';
    return warn('BLAS', `${detail} on a processor with ${narrow.simd}: slower than it could be`, advice);
  }
  if (version === 'CBLAS') {
    return warn('BLAS', 'a BLAS library of unknown make, perhaps the slow reference one', ...toolsAdvice());
  }
  return ok('BLAS', detail);
}

export function checkSimd(info: EngineInfo | Error, forced = process.env['BLASNET_SIMD']): Check | undefined {
  if (info instanceof Error || info.engine !== 'native') return undefined;
  if (forced === undefined || forced === '') return ok('SIMD', info.simd);
  return warn(
    'SIMD',
    `BLASNET_SIMD=${printable(forced)} holds the kernels to it; the processor has ${info.simd}`,
    'unset BLASNET_SIMD',
  );
}

export function checkThreads(cores: number, quota: number | undefined): Check {
  const detail = `${counted(cores, 'thread')} by default`;
  if (quota === undefined || quota >= cores) return ok('Threads', detail);
  const threads = Math.max(1, Math.floor(quota));
  const advice = `give fewer: --threads ${threads}, or { threads: ${threads} } in code`;
  return warn('Threads', `${detail}, but this container may use ${quota.toFixed(1)} processors`, advice);
}

/** Processors' worth of time that a Linux container may use. */
function cpuQuota(): number | undefined {
  try {
    const [quota, period] = readFileSync('/sys/fs/cgroup/cpu.max', 'utf8').trim().split(' ').map(Number);
    return quota > 0 && period > 0 ? quota / period : undefined;
  } catch {
    return undefined;
  }
}

export function checkPeak(info: EngineInfo | Error, measure = measurePeak, load = loadavg()[0]): Check | undefined {
  if (info instanceof Error || info.engine !== 'native') return undefined;
  const peak = measure();
  if (peak === undefined) return undefined;
  const { gflops, gigabytesPerSecond, threads } = peak;
  const measured = `${gflops.toFixed(0)} GFLOP/s in float32, ${gigabytesPerSecond.toFixed(0)} GB/s`;
  const detail = `${measured}, measured on ${counted(threads, 'thread')}`;
  if (load <= threads / 2) return ok('Peak', detail);
  return ok('Peak', `${detail}; too low, as other programs are at work (load ${load.toFixed(1)})`);
}

export function checkData(places: readonly MnistPlace[]): Check {
  const complete = places.find(({ missing }) => missing.length === 0);
  if (complete !== undefined) return ok('Data', `MNIST in ${tilde(complete.directory)} (all four files)`);
  const looked = places.map(({ directory, found, missing }) => {
    if (found.length === 0) return `none of the four files in ${tilde(directory)}`;
    return `${tilde(directory)} has ${found.join(', ')} and lacks ${missing.join(', ')}`;
  });
  const advice = [
    'npx blasnet train mnist  (downloads it once, 11.6 MB; without network it trains on synthetic digits)',
    'or: export BLASNET_DATA=FOLDER  (a folder with the four files of MNIST)',
  ];
  return warn('Data', `no MNIST: ${looked.join('; ')}`, ...advice);
}

/** The variables that change what blasnet does, for whoever reads a report of somebody else's machine. */
export function checkEnvironment(environment: NodeJS.ProcessEnv): Check | undefined {
  const names = Object.keys(environment).filter((name) => /^(BLASNET|OPENBLAS)_/.test(name));
  if (names.length === 0) return undefined;
  const set = names.sort().map((name) => `${name}=${printable(environment[name] ?? '')}`);
  return ok('Environment', set.join(' '));
}
