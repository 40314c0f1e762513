import { expect } from 'vitest';
import type { RandomStream } from '../../lib/core/random.js';
import type { FloatArray, Run } from '../../lib/kernels/call.js';
import type { KernelName } from '../../lib/kernels/contract.js';
import { referenceKernels } from '../../lib/kernels/reference.js';
import { signatureOf, type Operand, type Signature } from '../../lib/kernels/signature.js';
import type { Addon } from '../../lib/engine/addon.js';
import { expectSameBits } from './compare.js';

/** One call of one kernel: everything that decides its result, in numbers that are exact in float32. */
export interface KernelCall {
  readonly kernel: KernelName;
  readonly rows: number;
  readonly extents: Readonly<Record<string, number>>;
  /** Values by operand name; absent optional operands are undefined. Pure outputs stand there as NaN. */
  readonly operands: Readonly<Record<string, Float32Array | undefined>>;
  readonly attributes: readonly number[];
  readonly scalars: readonly number[];
  /** What earlier stages have summed up; default none. */
  readonly totals?: readonly number[];
  readonly seed: number;
  readonly step: number;
  readonly first: number;
  readonly count: number;
  /** Elements that each operand stands behind the start of its buffer: where no view is aligned. */
  readonly shift: number;
}

export interface KernelResult {
  readonly sum: number;
  readonly operands: Readonly<Record<string, FloatArray | undefined>>;
}

export function extentOf(call: Pick<KernelCall, 'rows' | 'extents'>, symbol: string): number {
  return symbol === 'rows' ? call.rows : call.extents[symbol];
}

export function sizeOf(call: Pick<KernelCall, 'rows' | 'extents'>, operand: Operand): number {
  return operand.shape.reduce((size, symbol) => size * extentOf(call, symbol), 1);
}

export function runOf({ rows, scalars, totals = [], seed, step }: KernelCall): Run {
  return {
    rows,
    step,
    seed,
    scalars: Float64Array.from(scalars),
    totals: Float64Array.from(totals),
    data: undefined,
    indices: undefined,
    firstSample: 0,
    output: undefined,
  };
}

/** Runs the reference kernel on copies: in float64 it is the truth that everything else is held to. */
export function runReference(call: KernelCall, array: typeof Float32Array | typeof Float64Array): KernelResult {
  const signature = signatureOf(call.kernel);
  const operands = signature.operands.map(({ name }) => array.from(call.operands[name] ?? []));
  const dimensions = signature.symbols.map((symbol) => call.extents[symbol]);
  const bound = { operands, dimensions, attributes: call.attributes };
  const sum = referenceKernels[call.kernel](bound, call.first, call.first + call.count, runOf(call));
  return named(signature, call, sum, operands);
}

const CANARY = new Float32Array(Uint32Array.of(0x7fc0_dead).buffer)[0];
const FENCE = 19;

/** Runs the native kernel on views into larger buffers, and fails when anything beside them changes. */
export function runNative(addon: Addon, level: number, call: KernelCall): KernelResult {
  const signature = signatureOf(call.kernel);
  const buffers: { whole: Float32Array; before: Float32Array; view: Float32Array }[] = [];
  const operands = signature.operands.map(({ name }) => {
    const values = call.operands[name];
    if (values === undefined) return undefined;
    const start = FENCE + call.shift;
    const whole = new Float32Array(start + values.length + FENCE).fill(CANARY);
    const view = whole.subarray(start, start + values.length);
    view.set(values);
    buffers.push({ whole, before: whole.slice(), view });
    return view;
  });
  const sum = addon.runKernel(
    level,
    signature.id,
    operands,
    Float64Array.from(signature.symbols, (symbol) => call.extents[symbol]),
    Float64Array.from(call.attributes),
    call.first,
    call.count,
    call.rows,
    call.step,
    call.seed,
    Float64Array.from(call.scalars),
    Float64Array.from(call.totals ?? []),
  );
  for (const { whole, before, view } of buffers) {
    const expected = before.slice();
    expected.set(view, view.byteOffset / 4);
    expectSameBits(whole, expected, `${call.kernel}: memory around an operand`);
  }
  return named(signature, call, sum, operands);
}

function named(
  signature: Signature,
  call: KernelCall,
  sum: number,
  operands: readonly (FloatArray | undefined)[],
): KernelResult {
  const entries = signature.operands.map(({ name }, i) => [
    name,
    call.operands[name] === undefined ? undefined : operands[i],
  ]);
  return { sum, operands: Object.fromEntries(entries) as KernelResult['operands'] };
}

/** Which elements of an operand belong to the call's tile. */
export function inTile(call: KernelCall, operand: Operand, index: number): boolean {
  const { split } = signatureOf(call.kernel);
  const place = operand.shape.indexOf(split);
  if (place < 0) return true;
  const second = operand.shape.length === 2 ? extentOf(call, operand.shape[1]) : 1;
  const at = place === 0 ? Math.floor(index / second) : index % second;
  return at >= call.first && at < call.first + call.count;
}

/** Inputs are as they were, and so is what lies outside the tile in the outputs. */
export function expectUntouched(call: KernelCall, { operands }: KernelResult): void {
  for (const operand of signatureOf(call.kernel).operands) {
    const before = call.operands[operand.name];
    const after = operands[operand.name];
    if (before === undefined || after === undefined) continue;
    for (let i = 0; i < before.length; i++) {
      if (operand.direction !== 'in' && inTile(call, operand, i)) continue;
      if (!Object.is(after[i], before[i])) {
        expect.fail(`${call.kernel}: ${operand.name}[${i}] became ${after[i]}, was ${before[i]} and not to be touched`);
      }
    }
  }
}

/** The elements of every output that the tile holds, in one list. */
export function outputsOf(call: KernelCall, { operands }: KernelResult): Record<string, number[]> {
  const outputs: Record<string, number[]> = {};
  for (const operand of signatureOf(call.kernel).operands) {
    const values = operands[operand.name];
    if (operand.direction === 'in' || values === undefined) continue;
    outputs[operand.name] = Array.from(values).filter((_, i) => inTile(call, operand, i));
  }
  return outputs;
}

/** How an operand is filled: numbers that make sense where it stands. */
export type Fill = (random: RandomStream, call: Pick<KernelCall, 'rows' | 'extents'>) => number;

export const fills = {
  normal: (random: RandomStream) => random.normal(),
  /** Away from zero: deviations, scales. */
  positive: (random: RandomStream) => 0.5 + 1.5 * random.uniform(),
  /** Second moments: at least zero, some of them zero. */
  square: (random: RandomStream) => Math.max(0, random.uniform() - 0.1),
  label: (random: RandomStream, { extents }: Pick<KernelCall, 'extents'>) => random.integer(extents['classes']),
} satisfies Record<string, Fill>;
