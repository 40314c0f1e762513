import { availableParallelism } from 'node:os';
import { checkInteger, checkNumber, checkOptions } from '../core/checks.js';
import { loadAddon } from './load.js';

export interface PeakOptions {
  /** How long to measure each of the two, above 0, at most 60; default 0.2. */
  seconds?: number;
  /** Threads that measure at once, 1 to 1024; default one for each core. */
  threads?: number;
}

/** What the machine can do at most, in float32. */
export interface Peak {
  /** Multiply-adds from registers only, in 10⁹ operations a second; a multiply-add counts two. */
  readonly gflops: number;
  /** Reading one large array and writing another, in 10⁹ bytes a second, both counted. */
  readonly gigabytesPerSecond: number;
  readonly threads: number;
}

/**
 * Measures what no program on this machine can beat: the yardstick of every share of peak that blasnet reports. Other
 * work on the machine lowers it.
 *
 * Blocks the calling thread for twice `seconds`.
 *
 * @returns undefined where the native addon does not load: the reference engine has no such limit of its own
 * @throws OptionError for options that are unknown or out of range
 *
 * @example
 * console.log(measurePeak({ threads: 1 })?.gflops);
 */
export function measurePeak(options?: PeakOptions): Peak | undefined {
  const given = checkOptions<PeakOptions>('measurePeak', options, ['seconds', 'threads']);
  const seconds = checkNumber('seconds', given.seconds ?? 0.2, { above: 0, max: 60 });
  const threads = checkInteger('threads', given.threads ?? availableParallelism(), { min: 1, max: 1024 });
  const { addon } = loadAddon();
  return addon === undefined ? undefined : { ...addon.measurePeak(seconds, threads), threads };
}
