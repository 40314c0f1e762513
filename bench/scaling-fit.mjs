// @ts-check
/** The numbers of the model, from a grid of measured nets. */
import { tiles } from '../dist/program/program.js';
import { featuresOf, fitCosts, homesOf, stagesOf } from './scaling-model.mjs';
import { simulate } from './scaling-simulation.mjs';

/** @typedef {import('./scaling-grid.mjs').Point} Point */
/** @typedef {import('./scaling-model.mjs').Model} Model */

/**
 * What is known of the machine that measured.
 *
 * @typedef {object} Machine
 * @property {number} lanes floats of a register
 * @property {number} coreCacheBytes
 * @property {number} lastCacheBytes as the processor has it
 * @property {number} peak operations a second of one core
 * @property {number} threads of the runs that were not on one
 * @property {ReadonlyMap<number, number>} copy bytes a second, by threads
 */

const SMALLEST_COST = 1e-9;
/** Of the last cache, those that are tried. */
const CACHE_SHARES = [0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.75, 1];

/**
 * Kernels from the timed runs on one thread; what stages and other threads cost from the whole steps.
 *
 * @param {readonly Point[]} points
 * @param {Machine} machine
 * @returns {Model}
 */
export function fitModel(points, { lanes, coreCacheBytes, lastCacheBytes, peak, threads: several, copy }) {
  // Other programs, and other machines on the same chip, leave some of the last cache: how much is fitted, too.
  const fits = CACHE_SHARES.map((share) =>
    fitKernels(points, { lanes, coreCacheBytes, cacheBytes: share * lastCacheBytes }, peak),
  );
  const { costs, ...known } = fits.reduce((a, b) => (b.error < a.error ? b : a));
  const start = { ...known, costs, stageSeconds: 0, barrierSeconds: 0, movedSeconds: 0, slowdown: 1, threads: several };
  // seconds = slowdown · what the items take + cost · stages + cost · parameters moved: for one thread, for several.
  const stepFit = (/** @type {number} */ threads) =>
    fitMost(
      points.map((point) => {
        const { memory } = homesOf(point.program.parameters, known, threads).state;
        const moved = threads === 1 ? 0 : (point.program.parameters * (1 - memory)) / threads;
        return [predict(point, threads, start, copy), point.program.stages.length, moved];
      }),
      points.map(({ seconds }) => seconds.get(threads) ?? NaN),
    );
  const [scale, stageSeconds] = stepFit(1);
  const [together, barrierSeconds, moved] = stepFit(several);
  const slowdown = together / scale;
  // Timing each call costs a little, which whole steps do not pay: costs are those of whole steps.
  const scaled = Object.fromEntries(
    Object.entries(costs).map(([kernel, all]) => [kernel, all.map((cost) => cost * scale)]),
  );
  return { ...start, costs: scaled, stageSeconds, barrierSeconds, movedSeconds: moved / slowdown, slowdown };
}

/**
 * Costs that most of the times agree on: a few that another program has disturbed count little.
 *
 * @param {readonly (readonly number[])[]} features
 * @param {readonly number[]} times
 */
function fitMost(features, times) {
  let found = fitCosts(features, times);
  for (let round = 0; round < 20; round++) {
    const weights = features.map((row, i) => {
      const predicted = row.reduce((sum, value, k) => sum + value * found[k], 0);
      return 1 / Math.sqrt(Math.max(0.01, Math.abs(predicted / times[i] - 1)));
    });
    found = fitCosts(features, times, [], weights);
  }
  return found;
}

/**
 * @param {readonly Point[]} points
 * @param {Pick<Model, 'lanes' | 'coreCacheBytes' | 'cacheBytes'>} known
 * @param {number} peak operations a second of one core
 */
function fitKernels(points, known, peak) {
  /** @type {Map<string, { features: number[][], times: number[] }>} */
  const samples = new Map();
  for (const { program, net, units } of points) {
    const homes = homesOf(program.parameters, known, 1);
    for (const { kernel, group, dimensions, seconds } of units) {
      const { extent, tile } = program.groups[group];
      const { count, size } = tiles(extent < 0 ? net.batchSize : extent, tile);
      const features = featuresOf(kernel, dimensions, { rows: net.batchSize, count: size, homes, lanes: known.lanes });
      const found = samples.get(kernel) ?? { features: [], times: [] };
      found.features.push(features.map((value) => value * count));
      found.times.push(Math.max(seconds, SMALLEST_COST));
      samples.set(kernel, found);
    }
  }
  const costs = Object.fromEntries(
    [...samples].map(([kernel, { features, times }]) => {
      // No product is faster than the multiply-adds of its core.
      return [kernel, fitCosts(features, times, features[0].length > 2 ? [2 / peak] : [])];
    }),
  );
  const bare = { stageSeconds: 0, barrierSeconds: 0, movedSeconds: 0, slowdown: 1, threads: 1 };
  const fitted = { ...known, ...bare, costs };
  const error = points.reduce((sum, { program, net, units }) => {
    const measured = units.reduce((total, { seconds }) => total + seconds, 0);
    const { seconds } = simulate(stagesOf(program, net.batchSize, fitted, 1), 1, fitted, Infinity);
    return sum + (seconds / measured - 1) ** 2;
  }, 0);
  return { ...known, costs, error };
}

/**
 * @param {Point} point
 * @param {number} threads
 * @param {Model} model
 * @param {ReadonlyMap<number, number>} copy
 */
export function predict({ program, net }, threads, model, copy) {
  return simulate(stagesOf(program, net.batchSize, model, threads), threads, model, copy.get(threads) ?? Infinity)
    .seconds;
}
