// @ts-check
/** Which kernels are counted, at which shapes: those that training the workloads runs, a tile or block of each. */
import { signatures } from '../dist/kernels/signature.js';
import { tiles } from '../dist/program/program.js';
import { predictionProgram, trainingProgram } from './programs.mjs';

/**
 * @typedef {object} KernelCase
 * @property {string} kernel those that run as one joined by `+`
 * @property {string} shape
 * @property {number} operations multiply-adds of a product, elements of anything else
 * @property {string} line what the native program reads
 */

/** @typedef {import('../dist/program/program.js').Program} Program */
/** @typedef {import('../dist/program/program.js').CallPlan} CallPlan */

/** An update alone is counted on the block that it has in common with its gradient. */
const JOINED = 'denseKernelGradient';

/**
 * Every kernel and shape once.
 *
 * @param {readonly import('./programs.mjs').Net[]} nets
 * @returns {KernelCase[]}
 */
export function instructionCases(nets) {
  const training = nets.flatMap((net) => casesOf(trainingProgram(net), net.batchSize));
  const prediction = nets.flatMap((net) => casesOf(predictionProgram(net), 1));
  const all = [...training, ...prediction.filter(({ kernel }) => kernel === 'dense')];
  const found = new Map();
  for (const one of all) if (!found.has(nameOfCase(one))) found.set(nameOfCase(one), one);
  return [...found.values()];
}

/** @param {Pick<KernelCase, 'kernel' | 'shape'>} one */
export function nameOfCase({ kernel, shape }) {
  return `${kernel} ${shape}`;
}

/**
 * @param {Program} program
 * @param {number} rows of the batch
 */
function casesOf(program, rows) {
  return program.groups.flatMap(({ callStart, callEnd, extent, tile }) => {
    const calls = program.calls.slice(callStart, callEnd);
    const { size } = tiles(extent < 0 ? rows : extent, tile);
    const alone = calls.map((call) => caseOf([call], rows, size));
    const joined = calls.length === 2 && signatures[calls[0].kernel].kernel === JOINED;
    return joined ? [caseOf(calls, rows, size), ...alone] : alone;
  });
}

/**
 * @param {readonly CallPlan[]} calls
 * @param {number} rows
 * @param {number} count elements of the axis that is cut
 * @returns {KernelCase}
 */
function caseOf(calls, rows, count) {
  const { symbols, split, operands } = signatures[calls[0].kernel];
  const dimensions = calls[0].dimensions;
  const attributes = calls.flatMap((call) => call.attributes);
  // The axis that is cut stands as long as the tile is.
  const extents = symbols.map((symbol, i) => (symbol === split ? count : dimensions[i]));
  if (split === 'rows') extents.unshift(count);
  const sumsOverRows = split !== 'rows' && operands.some(({ shape }) => shape.includes('rows'));
  const kernel = calls.map((call) => signatures[call.kernel].kernel).join('+');
  const numbers = [rows, count, dimensions.length, ...dimensions, attributes.length, ...attributes];
  return {
    kernel,
    shape: extents.join('×') + (sumsOverRows ? ` over ${rows}` : ''),
    operations: extents.reduce((product, extent) => product * extent, sumsOverRows ? rows : 1),
    line: `${kernel} ${numbers.join(' ')}`,
  };
}
