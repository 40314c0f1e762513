import { describe, expect, it } from 'vitest';
import { activations } from '../../lib/activations/index.js';
import { RandomStream } from '../../lib/core/random.js';
import { simdLevels } from '../../lib/engine/addon.js';
import type { KernelName } from '../../lib/kernels/contract.js';
import { expectClose, expectSameBits, sumOf, tolerances } from '../support/compare.js';
import { addon, levels } from '../support/engines.js';
import { outputsOf, runNative, runReference, type KernelCall, type KernelResult } from '../support/kernel-call.js';

/** Saturation, underflow, denormals, both zeros: everything in range for a network that is not well. */
const specials = [
  ...[1e4, 1e3, 104, 100, 89, 88.5, 88, 87.4, 87, 60, 30, 20, 17, 10, 9, 5, 2, 1, 0.7, 0.625, 0.62, 0.3, 0.26, 0.25],
  ...[0.24, 0.1, 1e-2, 1e-3, 1e-4, 1e-6, 1e-8, 1e-20, 1e-37, 1.1754943e-38, 1e-39, 1e-44, 0],
].flatMap((x) => [x, -x]);

/** Relative accuracy all the way down: only results that float32 can barely hold may be lost. */
const relative = { rtol: 1e-5, atol: 1e-30 };

const runners: [string, (call: KernelCall) => KernelResult][] = [
  ['reference float32', (call) => runReference(call, Float32Array)],
  ...levels.map((level): [string, (call: KernelCall) => KernelResult] => [
    `native ${simdLevels[level]}`,
    (call) => runNative(addon as NonNullable<typeof addon>, level, call),
  ]),
];

function call(
  kernel: KernelName,
  rows: number,
  extents: Record<string, number>,
  operands: Record<string, Float32Array>,
  attributes: readonly number[] = [],
): KernelCall {
  const fixed = { scalars: [0, 0, 0], seed: 1, step: 0, first: 0, shift: 5 };
  return { kernel, rows, extents, operands, attributes, count: rows, ...fixed };
}

const blank = (length: number) => new Float32Array(length).fill(NaN);

describe.each(runners)('%s', (_name, run) => {
  it.each(Object.keys(activations))('%s keeps its relative accuracy from saturation to denormals', (name) => {
    const { id, parameter } = activations[name as keyof typeof activations]();
    const input = Float32Array.from(specials);
    const elements = call('activation', input.length, { columns: 1 }, { input, output: blank(input.length) }, [
      id,
      parameter,
    ]);
    const truth = runReference(elements, Float64Array).operands['output'] as Float64Array;
    expectClose(run(elements).operands['output'] as Float32Array, truth, relative, name);
  });

  it.each(Object.keys(activations))('%s gives the same in place', (name) => {
    const { id, parameter } = activations[name as keyof typeof activations]();
    const input = Float32Array.from(specials);
    const operands = { input, output: blank(input.length) };
    const apart = run(call('activation', input.length, { columns: 1 }, operands, [id, parameter]));
    // Dense applies its activation to its own output: an identity matrix makes that the same numbers.
    const fused = run(
      call(
        'dense',
        input.length,
        { inputs: 1, units: 1 },
        { input, kernel: Float32Array.of(1), bias: Float32Array.of(0), output: blank(input.length) },
        [id, parameter],
      ),
    );
    expectClose(fused.operands['output'] as Float32Array, apart.operands['output'] as Float32Array, relative, name);
  });

  it('softmax and its loss survive logits of ±10,000 and rows of equal ones', () => {
    const logits = Float32Array.of(1e4, -1e4, 0, -1e4, 1e4, 1e4, 0, 0, 0, 1e-40, -1e-40, 0, -90, 0, 90, 3e38, -3e38, 1);
    const rows = logits.length / 3;
    const forward = call('softmax', rows, { columns: 3 }, { input: logits, output: blank(logits.length) });
    const truth = runReference(forward, Float64Array).operands['output'] as Float64Array;
    expectClose(run(forward).operands['output'] as Float32Array, truth, relative, 'softmax');
    for (const label of [0, 1, 2]) {
      const labels = new Float32Array(rows).fill(label);
      const operands = { logits, labels, gradient: blank(logits.length) };
      const loss = call('softmaxCrossEntropy', rows, { classes: 3 }, operands);
      const wanted = runReference(loss, Float64Array);
      const got = run(loss);
      expectClose([got.sum], [wanted.sum], { rtol: 1e-6, atol: 1e-6 }, `loss, label ${label}`);
      expectClose(got.operands['gradient'] as Float32Array, wanted.operands['gradient'] as Float64Array, {
        rtol: 1e-5,
        atol: 1e-7,
      });
    }
  });

  it('softmax of one column is 1, and its rows add up to 1', () => {
    const one = run(call('softmax', 3, { columns: 1 }, { input: Float32Array.of(5, -1e4, 0), output: blank(3) }));
    expectSameBits(one.operands['output'] as Float32Array, Float32Array.of(1, 1, 1));
    const input = Float32Array.from({ length: 67 * 5 }, (_, i) => 20 * Math.sin(i));
    const many = run(call('softmax', 5, { columns: 67 }, { input, output: blank(input.length) }));
    for (let row = 0; row < 5; row++) {
      const sum = (many.operands['output'] as Float32Array)
        .subarray(row * 67, (row + 1) * 67)
        .reduce((a, b) => a + b, 0);
      expect(Math.abs(sum - 1)).toBeLessThan(1e-6);
    }
  });

  it('BatchNorm keeps the digits of a small variance around a large mean, and one column of equal numbers', () => {
    const rows = 64;
    const input = Float32Array.from({ length: rows * 2 }, (_, i) => (i % 2 === 0 ? 1e4 + Math.sin(i) : 0.1));
    const vectors = { mean: blank(2), inverseDeviation: blank(2), variance: blank(2) };
    const statistics = call('batchNormStatistics', rows, { columns: 2 }, { input, ...vectors }, [1e-5]);
    const all = { ...statistics, count: 2 };
    const [truth, got] = [runReference(all, Float64Array).operands, run(all).operands];
    expectClose(got['mean'] as Float32Array, truth['mean'] as Float64Array, { rtol: 1e-6, atol: 0 }, 'mean');
    // 10,000 has a spacing of 0.001 in float32: the deviation of 0.7 can be known to three digits.
    expectClose(got['inverseDeviation'] as Float32Array, truth['inverseDeviation'] as Float64Array, {
      rtol: 1e-3,
      atol: 0,
    });
  });

  /*
   * The products work in blocks: more of the inner extent than one panel holds, more rows than are turned round at once,
   * columns that are packed and columns that are not. One shape on each side of every border.
   */
  it.each([
    [3, 1025, 33],
    [5, 2100, 16],
    [2, 300, 1040],
    [9, 257, 1024],
    [257, 12, 9],
    [300, 300, 20],
    [519, 130, 21],
    [1030, 17, 19],
    [70, 1, 1],
    [1, 784, 530],
    [1, 200_000, 3],
  ])('products of %i rows, %i inputs and %i units', (rows, inputs, units) => {
    const random = new RandomStream(rows, 5);
    const matrix = (size: number) => Float32Array.from({ length: size }, () => random.normal());
    const [input, kernel, outputGradient] = [matrix(rows * inputs), matrix(inputs * units), matrix(rows * units)];
    const near = (terms: number) => sumOf(Math.sqrt(terms) * 4, tolerances.float32);
    const check = (given: KernelCall, output: string, terms: number) => {
      const wanted = runReference(given, Float64Array).operands[output] as Float64Array;
      expectClose(run(given).operands[output] as Float32Array, wanted, near(terms), given.kernel);
    };
    const extents = { inputs, units };
    const forward = { input, kernel, bias: matrix(units), output: blank(rows * units) };
    check(call('dense', rows, extents, forward, [0, 0]), 'output', inputs);
    const backward = { outputGradient, kernel, inputGradient: blank(rows * inputs) };
    check(call('denseInputGradient', rows, extents, backward), 'inputGradient', units);
    const gradient = { input, outputGradient, kernelGradient: blank(inputs * units) };
    const whole = { ...call('denseKernelGradient', rows, extents, gradient), count: inputs };
    check(whole, 'kernelGradient', rows);
    const block = { ...whole, first: Math.floor(inputs / 3), count: Math.ceil(inputs / 2) };
    const wanted = outputsOf(block, runReference(block, Float64Array));
    expectClose(outputsOf(block, run(block))['kernelGradient'], wanted['kernelGradient'], near(rows), 'a block');
  });

  it('one row with zeros gives the bits that it gives beside another row', () => {
    const random = new RandomStream(3, 5);
    for (const [inputs, units] of [
      [784, 512],
      [2500, 100],
      [5, 3],
    ]) {
      const row = Float32Array.from({ length: inputs }, (_, i) =>
        i % 3 === 0 ? random.normal() : i % 3 === 1 ? 0 : -0,
      );
      const kernel = Float32Array.from({ length: inputs * units }, () => random.normal());
      const product = (rows: number, input: Float32Array) => {
        const operands = { input, kernel, bias: new Float32Array(units), output: blank(rows * units) };
        return run(call('dense', rows, { inputs, units }, operands, [0, 0])).operands['output'] as Float32Array;
      };
      const two = new Float32Array(2 * inputs);
      two.set(row);
      expect(product(1, row).slice(0, units)).toEqual(product(2, two).slice(0, units));
      row[1] = NaN;
      expect(product(1, row)[0]).toBeNaN();
    }
  });

  it('accuracy counts the first of equal scores', () => {
    const scores = Float32Array.of(1, 1, 0, 2, 2, 2, 0, 0, 1, -0, 0, 0);
    const sumFor = (...labels: number[]) =>
      run(call('accuracy', 4, { classes: 3 }, { scores, labels: Float32Array.from(labels) })).sum;
    expect(sumFor(0, 0, 2, 0)).toBe(4);
    expect(sumFor(1, 1, 2, 1)).toBe(1);
  });
});
