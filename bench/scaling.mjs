// @ts-check
/**
 * How the time of a step grows with width, depth, batch and threads: measured on a grid, fitted by a model whose terms are
 * things that happen, checked on points that the fit has not seen, and carried on to machines that are not here.
 */
import { existsSync, readFileSync } from 'node:fs';
import { engineInfo } from '../dist/index.js';
import { measurePeak } from './machine.mjs';
import { fitModel, predict } from './scaling-fit.mjs';
import { stagesOf } from './scaling-model.mjs';
import { Grid, gridOf } from './scaling-grid.mjs';
import { scalingReport } from './scaling-report.mjs';
import { limitOf, simulate } from './scaling-simulation.mjs';
import { median, quantile } from './statistics.mjs';
import { netName } from './workloads.mjs';

/** @typedef {import('./scaling-grid.mjs').Point} Point */
/** @typedef {import('./scaling-model.mjs').Model} Model */

/** Cores of the machines that are simulated. */
const machines = [2, 8, 32, 64];
/** One point in so many is kept from the fit. */
const HELD_OUT = 4;
/** Rows of the smaller tiles that are simulated as well. */
const FINER_ROW_TILE = 16;

/** @param {import('./arguments.mjs').BenchArguments} options */
export async function measure({ threads, seconds, rounds, workloads, bandwidth }) {
  const several = Math.max(2, threads);
  const runs = { seconds: seconds / 60, rounds };
  const grid = new Grid({ threads: [1, several], ...runs });
  const all = await grid.measureAll([...workloads, ...gridOf()]);
  const ours = workloads.map((workload, i) => ({ workload, point: all[i] }));
  const points = all.slice(workloads.length);
  const limits = new Map([1, several].map((count) => [count, limitsOf(seconds / 30, count)]));
  const copy = new Map([...limits].map(([count, { bytes }]) => [count, bytes]));
  const seen = points.filter((_, i) => i % HELD_OUT !== 1);
  const coreCacheBytes = cacheBytesOf(2) ?? 2 ** 20;
  const model = fitModel(seen, {
    lanes: { 'AVX-512': 16, AVX2: 8 }[engineInfo().simd] ?? 4,
    coreCacheBytes,
    lastCacheBytes: cacheBytesOf(3) ?? 32 * coreCacheBytes,
    peak: limits.get(1)?.operations ?? Infinity,
    threads: several,
    copy,
  });
  const checked = points.filter((_, i) => i % HELD_OUT === 1);
  const errors = [1, several].flatMap((count) => [
    errorRow('points of the grid that were fitted', seen, count, model, copy),
    errorRow('points that were not', checked, count, model, copy),
    errorRow(
      'the workloads, not fitted either',
      ours.map(({ point }) => point),
      count,
      model,
      copy,
    ),
  ]);
  const crowded = await oversubscribed(
    ours.map(({ workload }) => workload),
    several,
    runs,
  );
  const total = (/** @type {number} */ count) => Math.min(count * (copy.get(1) ?? 0), bandwidth * 1e9);
  const simulated = ours.map(({ workload, point }) => simulatedRow(workload, point, model, total));
  const text = scalingReport({ errors, model, copy, simulated, machines, bandwidth, crowded, finer: FINER_ROW_TILE });
  const measured = points.map(({ net, seconds: found }) => ({
    net: netName(net.sizes),
    batchSize: net.batchSize,
    batchNorm: net.batchNorm,
    dropout: net.dropout,
    seconds: Object.fromEntries(found),
  }));
  return { text, rows: [{ model, errors, simulated, crowded, measured, copy: Object.fromEntries(copy) }] };
}

/**
 * @param {string} what
 * @param {readonly Point[]} points
 * @param {number} threads
 * @param {Model} model
 * @param {ReadonlyMap<number, number>} copy
 */
function errorRow(what, points, threads, model, copy) {
  const errors = points.map((point) =>
    Math.abs(predict(point, threads, model, copy) / (point.seconds.get(threads) ?? NaN) - 1),
  );
  return { what, threads, points: points.length, median: median(errors), most: quantile(errors, 0.9) };
}

/**
 * @param {import('./workloads.mjs').Workload} workload
 * @param {Point} point
 * @param {Model} model
 * @param {(threads: number) => number} bandwidth bytes a second
 */
function simulatedRow({ name, batchSize }, { program, seconds }, model, bandwidth) {
  const at = simulatedBy(program, batchSize, model, bandwidth);
  const finer = simulatedBy(withRowTile(program, FINER_ROW_TILE), batchSize, model, bandwidth);
  const stages = stagesOf(program, batchSize, model, model.threads);
  const itemsOf = (/** @type {string} */ kind) =>
    Math.max(0, ...stages.filter((one) => one.kind === kind).map(({ items }) => items.length));
  return {
    name,
    rowTiles: itemsOf('rows'),
    blocks: itemsOf('parameters'),
    milliseconds: (seconds.get(1) ?? NaN) * 1000,
    gains: machines.map((threads) => at(1).seconds / at(threads).seconds),
    finerGains: machines.map((threads) => at(1).seconds / finer(threads).seconds),
    ...limitOf(at, Math.max(...machines)),
  };
}

/**
 * @param {import('../dist/program/program.js').Program} program
 * @param {number} rows
 * @param {Model} model
 * @param {(threads: number) => number} bandwidth
 */
function simulatedBy(program, rows, model, bandwidth) {
  const [alone, together] = [1, model.threads].map((threads) => stagesOf(program, rows, model, threads));
  return (/** @type {number} */ threads) =>
    simulate(threads === 1 ? alone : together, threads, model, bandwidth(threads));
}

/**
 * What a plan with smaller tiles would give.
 *
 * @param {import('../dist/program/program.js').Program} program
 * @param {number} tile
 */
function withRowTile(program, tile) {
  const groups = program.groups.map((group) => (group.extent < 0 ? { ...group, tile } : group));
  return { ...program, groups };
}

/**
 * Twice as many threads as are measured, in alternation with those.
 *
 * @param {readonly import('./workloads.mjs').Workload[]} workloads
 * @param {number} several
 * @param {{ seconds: number, rounds: number }} runs
 */
async function oversubscribed(workloads, several, { seconds, rounds }) {
  const grid = new Grid({ threads: [several, 2 * several], seconds: 4 * seconds, rounds });
  const points = await grid.measureAll(workloads);
  return points.map(({ seconds: found }, i) => {
    return { name: workloads[i].name, ratio: (found.get(2 * several) ?? NaN) / (found.get(several) ?? NaN) };
  });
}

/** @param {number} level @returns {number | undefined} bytes; undefined where the system does not say */
function cacheBytesOf(level) {
  const file = `/sys/devices/system/cpu/cpu0/cache/index${level}/size`;
  return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) * 1024 : undefined;
}

/**
 * What the machine can do at most, of a few tries: other programs can only lower it.
 *
 * @param {number} seconds
 * @param {number} threads
 */
function limitsOf(seconds, threads) {
  const found = Array.from({ length: 3 }, () => measurePeak(seconds, threads));
  const most = (/** @type {'gflops' | 'gigabytesPerSecond'} */ what) =>
    1e9 * Math.max(...found.map((one) => one?.[what] ?? NaN));
  return { operations: most('gflops'), bytes: most('gigabytesPerSecond') };
}
