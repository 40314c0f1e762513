// @ts-check
/**
 * A model of how long a step takes: every item of the program's plan costs so much for each thing that it does, threads take
 * items in turn as the runner has them do, and stages end at a barrier and go no faster than memory. Costs are fitted.
 */
import { signatures } from '../dist/kernels/signature.js';
import { tiles } from '../dist/program/program.js';

/** @typedef {import('../dist/program/program.js').Program} Program */
/** @typedef {import('../dist/program/program.js').Group} Group */

/**
 * What is fitted, and what is known of the machine.
 *
 * @typedef {object} Model
 * @property {Record<string, number[]>} costs seconds of a feature of a kernel, in the order of `featuresOf`
 * @property {number} lanes floats of a register
 * @property {number} coreCacheBytes of the last level that a core has for itself
 * @property {number} cacheBytes of the last level of all, as far as a step finds its own numbers there again: fitted
 * @property {number} stageSeconds what a stage costs on one thread, beside its items
 * @property {number} barrierSeconds the same on the threads that were measured
 * @property {number} movedSeconds what a step on several threads pays for a parameter that is in another core's cache
 * @property {number} slowdown of an item when all measured threads work
 * @property {number} threads that were measured
 */

/** Adding to one counter from another core of a large machine: an assumption, as there is none to measure it on. */
export const ARRIVAL_SECONDS = 100e-9;

/** Times that a parameter's bytes pass through memory: in a product once; in an update it and two moments, there and back. */
const PASSES = { product: 1, update: 6 };

const GRADIENT = 'denseKernelGradient';

/**
 * The units of work of a group: its calls, but a kernel's gradient and update together, which run as one.
 *
 * @param {Program} program
 * @param {Group} group
 * @returns {{ kernel: string, calls: number[], dimensions: readonly number[] }[]}
 */
export function unitsOf(program, { callStart, callEnd }) {
  const calls = Array.from({ length: callEnd - callStart }, (_, i) => callStart + i);
  const nameOf = (/** @type {number} */ call) => signatures[program.calls[call].kernel].kernel;
  const units = nameOf(callStart) === GRADIENT ? [calls] : calls.map((call) => [call]);
  return units.map((joined) => ({
    kernel: nameOf(joined[0]),
    calls: joined,
    dimensions: program.calls[joined[0]].dimensions,
  }));
}

/**
 * Where a step finds the parameters that it left there one step ago: shares of them that come from the cache of all cores
 * and from memory. What lies in a core's own cache costs nothing beside the arithmetic.
 *
 * @typedef {{ shared: number, memory: number }} Home
 */

/**
 * @param {number} parameters
 * @param {Pick<Model, 'cacheBytes' | 'coreCacheBytes'>} caches
 * @param {number} threads
 * @returns {{ weights: Home, state: Home }} of the weights alone, as products of rows read them, and with both moments
 */
export function homesOf(parameters, { cacheBytes, coreCacheBytes }, threads) {
  const beyond = (/** @type {number} */ bytes, /** @type {number} */ cache) =>
    Math.min(1, Math.max(0, (bytes - cache) / cache));
  const memory = beyond(12 * parameters, cacheBytes);
  // With several threads, every step moves parameters to the core that has use for them now.
  const left = (/** @type {number} */ bytes) => (threads > 1 ? 1 : beyond(bytes, coreCacheBytes));
  const home = (/** @type {number} */ bytes) => ({ shared: left(bytes) * (1 - memory), memory });
  return { weights: home(4 * parameters), state: home(12 * parameters) };
}

/**
 * Lanes of the last register of a row that stay empty; none where few columns run along another extent, as
 * native/kernels/few_columns.h has it.
 *
 * @param {number} extent
 * @param {number} lanes
 */
function emptyLanes(extent, lanes) {
  const rest = extent % lanes;
  const areFew = lanes === 16 && extent > lanes && rest <= 4;
  return rest === 0 || areFew ? 0 : lanes - rest;
}

/**
 * What a kernel does on a tile of `count`. Products: multiply-adds with the empty lanes counted in, elements of the kernel
 * matrix that come from the cache of all cores and from memory, elements that are copied or walked through once more, and
 * one for the call. Anything else: elements, and one for the call.
 *
 * @param {string} kernel
 * @param {readonly number[]} dimensions
 * @param {{ rows: number, count: number, homes: ReturnType<typeof homesOf>, lanes: number }} tile
 * @returns {number[]}
 */
export function featuresOf(kernel, dimensions, { rows, count, homes: { weights, state }, lanes }) {
  const [first = 1, second = 1] = dimensions;
  const filled = (/** @type {number} */ extent) => extent + emptyLanes(extent, lanes);
  const matrix = first * second;
  switch (kernel) {
    case 'dense':
      return [count * first * filled(second), matrix * weights.shared, matrix * weights.memory, count * second, 1];
    case 'denseInputGradient':
      return [filled(count) * matrix, matrix * weights.shared, matrix * weights.memory, count * (first + second), 1];
    case GRADIENT: {
      const block = count * second;
      const copied = rows * second;
      return [rows * count * filled(second), block * state.shared, block * state.memory, copied, 1, block];
    }
    default: {
      const { split, operands, symbols } = signatures.find((one) => one.kernel === kernel) ?? signatures[0];
      const sums = split !== 'rows' && operands.some(({ shape }) => shape.includes('rows'));
      const others = symbols.reduce((product, symbol, i) => (symbol === split ? product : product * dimensions[i]), 1);
      return [count * others * (sums ? rows : 1), 1];
    }
  }
}

/**
 * @param {Program} program
 * @param {number} rows
 * @param {Model} model
 * @param {number} threads
 * @returns {{ kind: 'rows' | 'columns' | 'parameters', items: number[], memoryBytes: number }[]} the stages; seconds of their items
 */
export function stagesOf(program, rows, model, threads) {
  const homes = homesOf(program.parameters, model, threads);
  return program.stages.map(({ groupStart, groupEnd }) => {
    const groups = program.groups.slice(groupStart, groupEnd);
    /** @type {number[]} */
    const items = [];
    let memoryBytes = 0;
    for (const group of groups) {
      const extent = group.extent < 0 ? rows : group.extent;
      const units = unitsOf(program, group);
      const { size } = tiles(extent, group.tile);
      for (let first = 0; first < extent; first += size) {
        const count = Math.min(size, extent - first);
        let seconds = 0;
        for (const { kernel, dimensions } of units) {
          const features = featuresOf(kernel, dimensions, { rows, count, homes, lanes: model.lanes });
          seconds += dot(features, model.costs[kernel]);
          if (kernel === GRADIENT && threads > 1) seconds += model.movedSeconds * features[1];
          if (features.length > 2)
            memoryBytes += 4 * features[2] * (kernel === GRADIENT ? PASSES.update : PASSES.product);
        }
        items.push(seconds);
      }
    }
    const { axis } = signatures[program.calls[groups[0].callStart].kernel];
    return { kind: axis, items, memoryBytes };
  });
}

/**
 * Threads take the next item when they have none, as in native/engine/runner.cc.
 *
 * @param {readonly number[]} items seconds, in order
 * @param {number} threads
 */
export function makespan(items, threads) {
  const free = new Float64Array(Math.min(threads, Math.max(1, items.length)));
  for (const seconds of items) {
    let next = 0;
    for (let i = 1; i < free.length; i++) if (free[i] < free[next]) next = i;
    free[next] += seconds;
  }
  return Math.max(...free);
}

/** @param {readonly number[]} a @param {readonly number[] | undefined} b */
function dot(a, b) {
  if (b === undefined) throw new Error('This kernel was not measured: the model has no cost for it');
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}

/**
 * Costs that explain the times best, in relation to them: coordinate descent on the normal equations.
 *
 * @param {readonly (readonly number[])[]} features
 * @param {readonly number[]} times above 0
 * @param {readonly number[]} [least] that a cost can be; 0 where nothing is said
 * @param {readonly number[]} [weights] of the times; 1 where nothing is said
 * @returns {number[]}
 */
export function fitCosts(features, times, least = [], weights = times.map(() => 1)) {
  const width = features[0].length;
  const rows = features.map((row, i) => row.map((value) => (weights[i] * value) / times[i]));
  // Features differ by many powers of ten.
  const scale = Array.from({ length: width }, (_, k) => Math.hypot(...rows.map((row) => row[k])) || 1);
  const product = (/** @type {number} */ a, /** @type {number} */ b) =>
    rows.reduce((sum, row) => sum + (row[a] / scale[a]) * (row[b] / scale[b]), 0);
  const normal = Array.from({ length: width }, (_, a) => Array.from({ length: width }, (_, b) => product(a, b)));
  const rest = rows.map((row, i) => weights[i] - least.reduce((sum, cost, k) => sum + cost * row[k], 0));
  const right = Array.from({ length: width }, (_, k) =>
    rows.reduce((sum, row, i) => sum + (rest[i] * row[k]) / scale[k], 0),
  );
  const found = new Array(width).fill(0);
  for (let round = 0; round < 20_000; round++) {
    for (let k = 0; k < width; k++) {
      if (normal[k][k] === 0) continue;
      const others = normal[k].reduce((sum, value, other) => (other === k ? sum : sum + value * found[other]), 0);
      found[k] = Math.max(0, (right[k] - others) / normal[k][k]);
    }
  }
  return found.map((value, k) => value / scale[k] + (least[k] ?? 0));
}
