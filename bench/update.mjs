// @ts-check
/**
 * Optimizer updates by the native engine: how near they come to the memory's bandwidth, which bounds them. A program of
 * nothing but the update runs as training would run it, on all threads.
 */
import { Stop } from '../dist/engine/engine.js';
import { selectEngine } from '../dist/engine/select.js';
import { adam, dataset, momentum, rmsProp, sgd } from '../dist/index.js';
import { ProgramBuilder } from '../dist/program/builder.js';
import { ParameterClaims } from '../dist/program/parameters.js';
import { number, percent, table } from './format.mjs';
import { measurePeak } from './machine.mjs';
import { median } from './statistics.mjs';

/** A million lie in a large last-level cache, eight million do not. Both are [leading, 1000]. */
const leadingExtents = [1000, 8000];
const INNER = 1000;
const WINDOWS = 5;

/** Arrays read and written: gradient and parameter, and each slot twice. */
const optimizers = [
  { optimizer: sgd({ learningRate: 1e-6 }), passes: 3 },
  { optimizer: momentum({ learningRate: 1e-6 }), passes: 5 },
  { optimizer: rmsProp({ learningRate: 1e-6 }), passes: 5 },
  { optimizer: adam({ learningRate: 1e-6 }), passes: 7 },
];

/** @param {Pick<import('./arguments.mjs').BenchArguments, 'threads' | 'seconds'>} options */
export async function measure({ threads, seconds }) {
  const engine = selectEngine({ engine: 'native', threads });
  const copy = Math.max(
    ...Array.from({ length: 3 }, () => measurePeak(seconds / 10, threads)?.gigabytesPerSecond ?? NaN),
  );
  const rows = [];
  for (const leading of leadingExtents) {
    for (const { optimizer, passes } of optimizers) {
      const microseconds = await timeUpdate(engine, optimizer, leading, seconds / 3);
      const gigabytesPerSecond = (passes * leading * INNER * 4) / microseconds / 1000;
      const shareOfBandwidth = gigabytesPerSecond / copy;
      const name = optimizer.name;
      rows.push({ name, parameters: leading * INNER, microseconds, gigabytesPerSecond, shareOfBandwidth });
    }
  }
  const cells = rows.map((row) => [
    row.name,
    number(row.parameters),
    number(row.microseconds),
    number(row.gigabytesPerSecond),
    percent(row.shareOfBandwidth),
  ]);
  const text = [
    table(['<optimizer', 'parameters', 'µs', 'GB/s', 'of copy bandwidth'], cells),
    `  Copying 64 MB: ${number(copy)} GB/s on ${threads} threads. What fits the last-level cache may exceed it.`,
  ].join('\n');
  return { text, rows: rows.map((row) => ({ ...row, copyGigabytesPerSecond: copy })) };
}

/**
 * @param {import('../dist/engine/engine.js').Engine} engine
 * @param {import('../dist/index.js').Optimizer} optimizer
 * @param {number} leading
 * @param {number} seconds
 * @returns {Promise<number>} median microseconds of one update
 */
async function timeUpdate(engine, optimizer, leading, seconds) {
  const claims = new ParameterClaims();
  claims.enter('update');
  const parameter = claims.claim('kernel', [leading, INNER], { role: 'kernel', initialize: () => undefined });
  const builder = new ProgramBuilder('train', 1);
  // Nothing computes a gradient here: the update reads what lies in the arena.
  builder.keepGradients = true;
  optimizer.update(builder, parameter);
  const { scalarCount, slots } = optimizer;
  const program = engine.compile(builder.finish({ scalars: scalarCount, slots, parameters: claims.size }));
  const store = engine.createStore(claims.size, slots);
  store.write('gradients', 0, new Float32Array(claims.size).fill(0.01));
  const data = engine.createData(dataset({ features: new Uint8Array(1), width: 1 }));
  const run = async (/** @type {number} */ steps) => {
    const scalars = Float64Array.from({ length: steps * scalarCount }, (_, i) => {
      return optimizer.scalars(Math.floor(i / scalarCount))[i % scalarCount];
    });
    const order = new Uint32Array(steps);
    const outcome = await program.run(store, {
      ...{ data, order, firstSample: 0, count: steps, scalars, seed: 1, firstStep: 0, stop: new Stop() },
    });
    return outcome.seconds / steps;
  };
  const first = await run(10);
  const steps = Math.max(5, Math.round(seconds / WINDOWS / first));
  const times = [];
  for (let window = 0; window < WINDOWS; window++) times.push((await run(steps)) * 1e6);
  for (const resource of [program, data, store]) resource.dispose();
  return median(times);
}
