// @ts-check
/** The results of the suite `scaling` for people. */
import { number, percent, table, times } from './format.mjs';

/**
 * @typedef {object} Found
 * @property {{ what: string, threads: number, points: number, median: number, most: number }[]} errors
 * @property {import('./scaling-model.mjs').Model} model
 * @property {ReadonlyMap<number, number>} copy bytes a second, by threads
 * @property {Simulated[]} simulated
 * @property {readonly number[]} machines cores
 * @property {number} bandwidth GB/s of the larger ones
 * @property {{ name: string, ratio: number }[]} crowded
 * @property {number} finer rows of the smaller tiles
 */

/**
 * @typedef {object} Simulated
 * @property {string} name
 * @property {number} rowTiles
 * @property {number} blocks
 * @property {number} milliseconds measured, on one thread
 * @property {number[]} gains over one core, by machine
 * @property {number[]} finerGains the same with smaller tiles
 * @property {number} threads from which on more bring nothing
 * @property {string} reason
 * @property {number} lost
 */

/** @param {Found} found */
export function scalingReport({ errors, model, copy, simulated, machines, bandwidth, crowded, finer }) {
  return [
    errorTable(errors),
    modelText(model, copy),
    `  Simulated, memory of at most ${bandwidth} GB/s:\n${simulationTable(simulated, machines)}`,
    `  The same with tiles of ${finer} rows:\n${finerTable(simulated, machines)}`,
    table(
      [`<${2 * model.threads} threads against ${model.threads}`, 'time'],
      crowded.map(({ name, ratio }) => [name, times(ratio)]),
    ),
  ].join('\n\n');
}

/** @param {Found['errors']} rows */
function errorTable(rows) {
  const cells = rows.map((row) => [
    row.what,
    `${row.threads}`,
    `${row.points}`,
    percent(row.median),
    percent(row.most),
  ]);
  return table(['<error of the model', 'threads', 'points', 'median', '9 of 10 within'], cells);
}

/** @param {Found['model']} model @param {Found['copy']} copy */
function modelText({ costs, lanes, cacheBytes, stageSeconds, barrierSeconds, movedSeconds, slowdown, threads }, copy) {
  const rate = (/** @type {string} */ kernel) => `${kernel} ${number(2e-9 / (costs[kernel]?.[0] ?? NaN))}`;
  const products = ['dense', 'denseInputGradient', 'denseKernelGradient'].map(rate).join(', ');
  const microseconds = (/** @type {number} */ seconds) => `${number(seconds * 1e6)} µs`;
  return [
    `  GFLOP/s of one core once a product runs, ${lanes} lanes: ${products}`,
    `  a stage costs ${microseconds(stageSeconds)} on one thread, ${microseconds(barrierSeconds)} with its barrier on ${threads}; items take ${times(slowdown)} as long on ${threads}`,
    `  a million parameters moved from core to core cost ${microseconds(movedSeconds * 1e6)} of one thread`,
    `  parameters and moments come from memory beyond ${number(cacheBytes / 2 ** 20)} MB`,
    `  copying memory: ${[...copy].map(([count, bytes]) => `${number(bytes / 1e9)} GB/s on ${count}`).join(', ')}`,
  ].join('\n');
}

/** @param {readonly Simulated[]} rows @param {readonly number[]} machines */
function simulationTable(rows, machines) {
  const most = Math.max(...machines);
  const cells = rows.map((row) => [
    row.name,
    `${row.rowTiles}`,
    `${row.blocks}`,
    number(row.milliseconds),
    ...row.gains.map(times),
    `${row.threads}`,
    `${row.reason} (${percent(row.lost)} of the step on ${most})`,
  ]);
  const gains = machines.map((count) => `${count} cores`);
  return table(['<workload', 'row tiles', 'blocks', 'ms on 1 core', ...gains, 'full at', '<stopped by'], cells);
}

/** @param {readonly Simulated[]} rows @param {readonly number[]} machines */
function finerTable(rows, machines) {
  return table(
    ['<workload', ...machines.map((count) => `${count} cores`)],
    rows.map(({ name, finerGains }) => [name, ...finerGains.map(times)]),
  );
}
