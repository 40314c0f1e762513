import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../lib/core/random.js';
import { simdLevels } from '../../lib/engine/addon.js';
import { contractText, kernelNames, signatureOf, type Signature } from '../../lib/kernels/signature.js';
import { expectSameNonFinite, sumOf, tolerances, type Tolerance } from '../support/compare.js';
import { addon, levels } from '../support/engines.js';
import {
  expectUntouched,
  extentOf,
  fills,
  outputsOf,
  runNative,
  runReference,
  sizeOf,
  type KernelCall,
  type KernelResult,
} from '../support/kernel-call.js';
import { kernelRows, scalarFor, type KernelRow } from './table.js';

/** Zero is for rows and tiles only: layers have at least one unit, parameters at least one number. */
const extents = fc.constantFrom(1, 2, 3, 4, 5, 7, 8, 13, 16, 17, 20, 31, 32, 37, 61, 64, 67, 100);
const rowCounts = fc.constantFrom(0, 1, 2, 3, 5, 7, 8, 16, 19, 31, 33, 64, 67);

interface Shape {
  readonly rows: number;
  readonly symbols: readonly number[];
  readonly from: number;
  readonly to: number;
  readonly shift: number;
  readonly attributes: number;
  readonly without: boolean;
  readonly seed: number;
}

const shapes: fc.Arbitrary<Shape> = fc.record({
  rows: rowCounts,
  symbols: fc.array(extents, { minLength: 3, maxLength: 3 }),
  from: fc.double({ min: 0, max: 1, noNaN: true }),
  to: fc.double({ min: 0, max: 1, noNaN: true }),
  shift: fc.integer({ min: 0, max: 15 }),
  attributes: fc.nat(1000),
  without: fc.boolean(),
  seed: fc.nat(2 ** 31),
});

/** A call of that shape, its operands filled as the kernel's row says. */
function callOf(signature: Signature, row: KernelRow, shape: Shape): KernelCall {
  const random = new RandomStream(shape.seed, 1);
  const least = row.leastRows ?? (signature.axis === 'rows' ? 0 : 1);
  const named = Object.fromEntries(signature.symbols.map((symbol, i) => [symbol, shape.symbols[i]]));
  const size = { rows: Math.max(least, shape.rows), extents: named };
  const split = extentOf(size, signature.split);
  // Half of the calls take the whole axis, as small batches do.
  const whole = shape.seed % 2 === 0;
  const [low, high] = [shape.from, shape.to].sort((a, b) => a - b).map((part) => Math.round(part * split));
  const operands = Object.fromEntries(
    signature.operands.map((operand) => {
      const { name, direction, optional } = operand;
      if (optional && shape.without) return [name, undefined];
      const fill = row.fill?.[name] ?? fills.normal;
      const value = () => (direction === 'out' ? NaN : fill(random, size));
      return [name, Float32Array.from({ length: sizeOf(size, operand) }, value)];
    }),
  );
  const sets = row.attributes ?? [[]];
  return {
    ...size,
    kernel: signature.kernel,
    operands,
    attributes: sets[shape.attributes % sets.length],
    scalars: signature.scalars.map((name) => scalarFor(name, random)),
    totals: row.totals,
    seed: shape.seed * 2 ** 20 + 5,
    step: shape.seed % 3 === 0 ? 2 ** 33 + 7 : shape.seed % 1000,
    first: whole ? 0 : low,
    count: whole ? split : high - low,
    shift: shape.shift,
  };
}

function toleranceOf(row: KernelRow, call: KernelCall): Tolerance {
  const terms = (row.sums ?? []).reduce((product, symbol) => product * extentOf(call, symbol), 1);
  return sumOf(terms, tolerances.float32);
}

function agree(row: KernelRow, call: KernelCall, result: KernelResult, truth: KernelResult, ruined = false): void {
  const plain = (value: number) => (ruined && !Number.isFinite(value) ? NaN : value);
  const valuesOf = (of: KernelResult) => {
    const entries = Object.entries(outputsOf(call, of)).map(([name, values]) => [name, values.map(plain)]);
    return Object.fromEntries(entries) as Record<string, number[]>;
  };
  const [got, wanted] = [valuesOf(result), valuesOf(truth)];
  for (const name of Object.keys(wanted)) {
    const tolerance = row.exact?.includes(name) === true ? tolerances.exact : toleranceOf(row, call);
    const rounded = tolerance === tolerances.exact ? wanted[name].map(Math.fround) : wanted[name];
    expectSameNonFinite(got[name], rounded, tolerance, `${call.kernel} ${name}`);
  }
  expectSameNonFinite([result.sum], [truth.sum], toleranceOf(row, call), `${call.kernel}: partial sum`);
}

type Runner = (call: KernelCall) => KernelResult;

const runners: [string, Runner][] = [
  ['reference float32', (call) => runReference(call, Float32Array)],
  ...levels.map((level): [string, Runner] => [
    `native ${simdLevels[level]}`,
    (call) => runNative(addon as NonNullable<typeof addon>, level, call),
  ]),
];

it('has a row for every kernel of the contract, and no other', () => {
  expect(Object.keys(kernelRows).sort()).toEqual([...kernelNames].sort());
});

it.skipIf(addon === undefined)('is the same table on both sides', () => {
  expect(addon?.contract()).toBe(contractText());
});

it.skipIf(addon === undefined)('looks at memory only when every operand is at hand: a getter may take it away', () => {
  const dimensions = Float64Array.of(3, 2);
  const operands = [new Float32Array(6), new Float32Array(6), new Float32Array(2)];
  for (const taken of [dimensions, Float64Array.of(1, 0)]) {
    const attributes = taken === dimensions ? Float64Array.of(1, 0) : taken;
    Object.defineProperty(operands, 3, {
      configurable: true,
      get() {
        structuredClone(taken.buffer, { transfer: [taken.buffer] });
        return new Float32Array(4);
      },
    });
    const { id } = signatureOf('dense');
    const call = () => addon?.runKernel(0, id, operands, dimensions, attributes, 0, 2, 2, 0, 1, new Float64Array(0));
    expect(call).toThrow(/wrong number of dimensions, attributes or scalars/);
  }
});

const tested = kernelNames.filter((name) => kernelRows[name]?.needsRun !== true);

describe.each(runners)('%s', (_name, run) => {
  describe.each(tested)('%s', (kernel) => {
    const row = kernelRows[kernel] ?? {};
    const signature = signatureOf(kernel);

    it('agrees with float64 on random shapes and tiles, and touches nothing else', () => {
      fc.assert(
        fc.property(shapes, (shape) => {
          const call = callOf(signature, row, shape);
          const result = run(call);
          expectUntouched(call, result);
          const truth = runReference(call, Float64Array);
          agree(row, call, result, truth);
          for (const [name, values] of Object.entries(outputsOf(call, truth))) {
            expect(values.every(Number.isFinite), `${name} of the truth is finite`).toBe(true);
          }
        }),
        { numRuns: 60, seed: 20260701 },
      );
    });

    it.each([NaN, Infinity, -Infinity])('treats %s as the mathematics does', (poison) => {
      const inputs = signature.operands.filter(({ name, direction }) => direction !== 'out' && name !== 'labels');
      for (const { name } of inputs) {
        for (let i = 0; i < (row.attributes ?? [[]]).length; i++) {
          const shape = {
            rows: 5,
            symbols: [3, 17, 2],
            from: 0,
            to: 1,
            shift: 3,
            attributes: i,
            without: false,
            seed: 8,
          };
          const call = callOf(signature, row, shape);
          const values = call.operands[name] as Float32Array;
          values[Math.floor(values.length / 2)] = poison;
          const [result, truth] = [run(call), runReference(call, Float64Array)];
          agree(row, call, result, truth, row.ruinedBy?.includes(name));
          if (!Number.isNaN(poison) || row.absorbsNaN?.[name] !== undefined) continue;
          const outputs = [...Object.values(outputsOf(call, result)).flat(), result.sum];
          expect(outputs.some(Number.isNaN), `a NaN in ${name} must be seen`).toBe(true);
        }
      }
    });
  });
});
