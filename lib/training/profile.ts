import { augmenterOf, type Augmentation } from '../augmentation/index.js';
import { checkInteger, checkOptions } from '../core/checks.js';
import { toDataset } from '../data/index.js';
import type { EngineName } from '../engine/engine.js';
import { measurePeak, type Peak } from '../engine/peak.js';
import { compileTraining } from '../network/index.js';
import { resolveOptimizer, type OptimizerLike } from '../optimizers/index.js';
import type { Program } from '../program/program.js';
import { kernelOf, workOf } from '../program/work.js';
import { checkData } from './fit-checks.js';
import type { Data } from './fit-options.js';
import type { Network } from './network.js';
import { explain } from './profile-text.js';

export interface ProfileOptions {
  /** Samples in one step, 1 to the number of samples; default 128, or all where there are fewer. */
  batchSize?: number;
  /** Default `adam`. */
  optimizer?: OptimizerLike;
  /** As of `fit`. */
  augmentation?: readonly Augmentation[];
  /** Steps that are timed, 1 to 100,000; default 200. As many as a twentieth of them come before, to warm up. */
  steps?: number;
}

/** Where time goes in one kernel of one layer. Seconds are those of all threads together. */
export interface KernelTime {
  /** Kernels that run as one are joined by "+". */
  readonly kernel: string;
  readonly layer: string;
  readonly secondsPerStep: number;
  /** Of the time of all threads, waiting included. */
  readonly share: number;
  /** Of the matrix product; undefined for kernels that are none. */
  readonly gflops?: number;
  /** Of what one thread can do at most. */
  readonly shareOfPeak?: number;
  /** What the kernel reads and writes, wherever it lies: what stays in a core's cache goes faster than memory. */
  readonly gigabytesPerSecond: number;
  readonly shareOfBandwidth?: number;
}

export interface LayerTime {
  readonly layer: string;
  readonly secondsPerStep: number;
  readonly share: number;
}

export interface Profile {
  readonly engine: EngineName;
  readonly threads: number;
  readonly batchSize: number;
  readonly steps: number;
  /** By the clock. */
  readonly secondsPerStep: number;
  readonly samplesPerSecond: number;
  /** Of the matrix products of a step, by the clock. */
  readonly gflops: number;
  /** Share of `limits.gflops` that is reached. */
  readonly shareOfPeak?: number;
  /** What the machine can do at most; undefined on the reference engine. */
  readonly limits?: Peak;
  /** Longest first. */
  readonly kernels: readonly KernelTime[];
  readonly layers: readonly LayerTime[];
  /** Share of the threads' time that they wait for each other. */
  readonly waiting: number;
  /** One sentence on what bounds the training. */
  readonly summary: string;
}

/** See {@link Network.profile}. */
export async function profile(network: Network, data: Data, options?: ProfileOptions): Promise<Profile> {
  const given = checkOptions<ProfileOptions>('profile', options, ['batchSize', 'optimizer', 'augmentation', 'steps']);
  const source = toDataset(data, 'data');
  checkData(network, source, 'data');
  const batchSize = checkInteger('batchSize', given.batchSize ?? Math.min(128, source.length), {
    min: 1,
    max: source.length,
  });
  const steps = checkInteger('steps', given.steps ?? 200, { min: 1, max: 100_000 });
  const optimizer = resolveOptimizer('optimizer', given.optimizer ?? 'adam');
  const { engine, architecture } = network;
  const weighted = source.weights !== undefined;
  const { augmentation } = given;
  const augment = augmentation && augmenterOf('augmentation', augmentation, source.imageShape);
  const program = engine.compile(compileTraining(architecture, optimizer, batchSize, { weighted, augment }));
  // A store of its own: the network stays as it is.
  const store = engine.createStore(architecture.arenaSize, optimizer.slots);
  const samples = engine.createData(source);
  try {
    store.write('parameters', 0, network.store.read('parameters', 0, architecture.arenaSize));
    const run = (count: number, timed: boolean) =>
      program.run(store, {
        data: samples,
        order: cycle(count * batchSize, source.length - (source.length % batchSize)),
        firstSample: 0,
        count: count * batchSize,
        scalars: Float64Array.from(Array.from({ length: count }, () => optimizer.scalars(0)).flat()),
        seed: network.seed,
        firstStep: 0,
        timed,
      });
    await run(Math.ceil(steps / 20), false);
    const { seconds, callSeconds, steps: done } = await run(steps, true);
    const limits = engine.name === 'native' ? measurePeak({ seconds: 0.1, threads: engine.threads }) : undefined;
    const measured = { seconds, callSeconds: callSeconds ?? new Float64Array(0), steps: Math.max(1, done), limits };
    return summarize(network, program.program, batchSize, measured);
  } finally {
    samples.dispose();
    program.dispose();
    store.dispose();
  }
}

/** 0, 1, 2, … and again from 0. */
function cycle(count: number, length: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, place) => place % length);
}

interface Measured {
  readonly seconds: number;
  readonly callSeconds: Float64Array;
  readonly steps: number;
  readonly limits: Peak | undefined;
}

function summarize({ engine }: Network, program: Program, batchSize: number, measured: Measured): Profile {
  const { seconds, callSeconds, steps, limits } = measured;
  const all = callSeconds.reduce((sum, value) => sum + value, 0);
  const kernels = kernelTimes(program, batchSize, measured, all, engine.threads);
  const flops = program.calls.reduce((sum, call) => sum + workOf(call, program, batchSize).flops, 0);
  const gflops = (flops * steps) / seconds / 1e9;
  const layers = new Map<string, number>();
  for (const { layer, secondsPerStep } of kernels) layers.set(layer, (layers.get(layer) ?? 0) + secondsPerStep);
  const found = {
    engine: engine.name,
    threads: engine.threads,
    batchSize,
    steps,
    secondsPerStep: seconds / steps,
    samplesPerSecond: (steps * batchSize) / seconds,
    gflops,
    ...(limits === undefined ? {} : { limits, shareOfPeak: gflops / limits.gflops }),
    kernels,
    layers: [...layers].map(([layer, time]) => ({ layer, secondsPerStep: time, share: (time * steps) / all })),
    waiting: (callSeconds.at(-1) ?? 0) / all,
  };
  return { ...found, summary: explain(found) };
}

function kernelTimes(
  program: Program,
  rows: number,
  { callSeconds, steps, limits }: Measured,
  all: number,
  threads: number,
): KernelTime[] {
  const times: KernelTime[] = [];
  for (const { callStart, callEnd } of program.groups) {
    for (let i = callStart; i < callEnd;) {
      let end = i + 1;
      // The native engine runs some calls as one and counts them as the first.
      while (end < callEnd && callSeconds[end] === 0) end++;
      const joined = program.calls.slice(i, end);
      const work = joined.map((call) => workOf(call, program, rows));
      const secondsPerStep = callSeconds[i] / steps;
      const gflops = work.reduce((sum, { flops }) => sum + flops, 0) / secondsPerStep / 1e9;
      const gigabytesPerSecond = work.reduce((sum, { bytes }) => sum + bytes, 0) / secondsPerStep / 1e9;
      times.push({
        kernel: joined.map(kernelOf).join('+'),
        layer: joined[0].layer,
        secondsPerStep,
        share: callSeconds[i] / all,
        ...(gflops === 0 ? {} : { gflops }),
        ...(gflops === 0 || limits === undefined ? {} : { shareOfPeak: (gflops * threads) / limits.gflops }),
        gigabytesPerSecond,
        ...(limits === undefined
          ? {}
          : { shareOfBandwidth: (gigabytesPerSecond * threads) / limits.gigabytesPerSecond }),
      });
      i = end;
    }
  }
  return times.filter(({ share }) => share > 0).sort((a, b) => b.share - a.share);
}
