// @ts-check
/** Steps on machines that are not here: the stages of a real program on any number of threads, by a fitted model. */
import { ARRIVAL_SECONDS, makespan } from './scaling-model.mjs';

/** @typedef {import('./scaling-model.mjs').Model} Model */

/**
 * Seconds of a step, and where they go beyond an even share of the work.
 *
 * @typedef {object} Simulated
 * @property {number} seconds
 * @property {number} evenly what all the work takes when each thread has an equal part
 * @property {number} rows lost because a batch has few row tiles
 * @property {number} columns lost because statistics of a batch have few tiles
 * @property {number} parameters lost because kernels have few blocks
 * @property {number} memory lost waiting for it
 * @property {number} barriers lost at them
 */

/**
 * @param {Pick<ReturnType<typeof import("./scaling-model.mjs").stagesOf>[number], 'kind' | 'items' | 'memoryBytes'>[]} stages
 * @param {number} threads
 * @param {Model} model
 * @param {number} bandwidth bytes a second of so many threads
 * @returns {Simulated}
 */
export function simulate(stages, threads, model, bandwidth) {
  // No more threads are started than the largest stage has items.
  const team = Math.min(threads, Math.max(...stages.map(({ items }) => items.length)));
  const found = { seconds: 0, evenly: 0, rows: 0, columns: 0, parameters: 0, memory: 0, barriers: 0 };
  const slowdown = team > 1 ? model.slowdown : 1;
  for (const { kind, items, memoryBytes } of stages) {
    const work = slowdown * items.reduce((sum, seconds) => sum + seconds, 0);
    const scheduled = slowdown * makespan(items, team);
    const inMemory = team > 1 ? memoryBytes / bandwidth : 0;
    const barrier = barrierSeconds(team, model);
    found.evenly += work / threads;
    found[kind] += scheduled - work / threads;
    found.memory += Math.max(0, inMemory - scheduled);
    found.barriers += barrier;
    found.seconds += Math.max(scheduled, inMemory) + barrier;
  }
  return found;
}

/** @param {number} threads @param {Model} model */
function barrierSeconds(threads, model) {
  if (threads === 1) return model.stageSeconds;
  return model.barrierSeconds + Math.max(0, threads - model.threads) * ARRIVAL_SECONDS;
}

/** What stops a step, in words that a table has room for. */
const reasons = /** @type {const} */ ({
  rows: 'row tiles of the batch',
  columns: 'column tiles of statistics',
  parameters: 'blocks of kernels',
  memory: 'memory bandwidth',
  barriers: 'barriers',
});

/**
 * The fewest threads that come within 5 % of the best speed up to `most`, and what holds the step back there.
 *
 * @param {(threads: number) => Simulated} at
 * @param {number} most
 * @returns {{ threads: number, reason: string, lost: number }} `lost`: share of the step at `most` threads
 */
export function limitOf(at, most) {
  const all = Array.from({ length: most }, (_, i) => at(i + 1));
  const best = Math.min(...all.map(({ seconds }) => seconds));
  const threads = 1 + all.findIndex(({ seconds }) => seconds <= 1.05 * best);
  const last = all[most - 1];
  const kinds = /** @type {(keyof typeof reasons)[]} */ (Object.keys(reasons));
  const worst = kinds.reduce((a, b) => (last[b] > last[a] ? b : a));
  return { threads, reason: reasons[worst], lost: last[worst] / last.seconds };
}
