import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../lib/core/random.js';
import { alphaDropout, dropout, gaussianNoise, type LayerDescription } from '../../lib/layers/index.js';
import { expectClose, expectSameBits } from '../support/compare.js';
import { bestRow, engineRows, reference64 } from '../support/engines.js';
import { outputOf, type Draw } from '../support/random-layer.js';
import {
  expectDistribution,
  expectIndependent,
  expectMean,
  expectVariance,
  meanOf,
  momentOf,
  normalDistribution,
  SIGMAS,
} from '../support/statistics.js';

const [rows, columns] = [512, 512];
const size = rows * columns;
const ones = new Float64Array(size).fill(1);
const zeros = new Float64Array(size);
const random = new RandomStream(5, 6);
const normals = Float64Array.from({ length: size }, () => random.normal());

const on = (description: LayerDescription, draw: Partial<Draw> = {}) =>
  outputOf(bestRow.make(), description, { rows, columns, features: ones, ...draw });

describe('dropout', () => {
  it.each([0.05, 0.2, 0.5, 0.9])('drops a share of %f and scales the others', async (rate) => {
    const output = await on(dropout(rate));
    const dropped = Float64Array.from(output, (value) => (value === 0 ? 1 : 0));
    expectMean(dropped, rate, Math.sqrt(rate * (1 - rate)), 'share dropped');
    const scale = Math.fround(1 / (1 - rate));
    expect(output.every((value) => value === 0 || value === scale)).toBe(true);
    expectMean(output, 1, Math.sqrt(rate / (1 - rate)));
  });

  it('drops nothing at 0, and nothing outside of training', async () => {
    expect((await on(dropout(0))).every((value) => value === 1)).toBe(true);
    expect((await on(dropout(0.9), { purpose: 'predict' })).every((value) => value === 1)).toBe(true);
    expect((await on(alphaDropout(0.9), { purpose: 'predict' })).every((value) => value === 1)).toBe(true);
    expect((await on(gaussianNoise(3), { purpose: 'predict' })).every((value) => value === 1)).toBe(true);
  });
});

describe('alphaDropout', () => {
  it.each([0.05, 0.2, 0.5, 0.9])('at %f keeps mean 0 and variance 1', async (rate) => {
    const output = await on(alphaDropout(rate), { features: normals });
    expectMean(output, 0, 1);
    expectVariance(output, 1, momentOf(output, 4) / momentOf(output, 2) ** 2);
  });

  it('drops the values that dropout drops in its place', async () => {
    const [dropped, alpha] = [await on(dropout(0.3)), await on(alphaDropout(0.3))];
    const [low, high] = [Math.min(...new Set(alpha)), Math.max(...new Set(alpha))];
    expect(Array.from(alpha, (value) => value === high)).toEqual(Array.from(dropped, (value) => value !== 0));
    expect(new Set(alpha).size).toBe(2);
    expect(low).toBeLessThan(-0.5);
  });
});

describe('gaussianNoise', () => {
  it('is normal: moments, and the whole distribution', async () => {
    const noise = await on(gaussianNoise(1), { features: zeros });
    expectMean(noise, 0, 1);
    expectVariance(noise, 1, 3);
    expect((Math.abs(momentOf(noise, 3)) / Math.sqrt(15 / size)) * 1).toBeLessThan(SIGMAS);
    expect(Math.abs(momentOf(noise, 4) - 3) / Math.sqrt(96 / size)).toBeLessThan(SIGMAS);
    expectDistribution(noise, normalDistribution, 'noise');
  });

  it.each([0.01, 0.5, 20])('has the standard deviation %f, and is added', async (deviation) => {
    const noise = (await on(gaussianNoise(deviation))).map((value) => value - 1);
    expectMean(noise, 0, deviation);
    expectVariance(noise, deviation ** 2, 3);
  });

  it('has a standard normal number in every word: the largest and the smallest radius are finite', async () => {
    const noise = await on(gaussianNoise(1), { features: zeros, seed: 2 ** 52 + 12345 });
    expect(noise.every(Number.isFinite)).toBe(true);
    expect(noise.every((value) => Math.abs(value) < 5.9)).toBe(true);
  });
});

const layers: [string, (draw?: Partial<Draw>) => Promise<ArrayLike<number>>][] = [
  ['dropout', (draw) => on(dropout(0.4), draw)],
  ['alphaDropout', (draw) => on(alphaDropout(0.4), draw)],
  ['gaussianNoise', (draw) => on(gaussianNoise(1), { features: zeros, ...draw })],
];

describe.each(layers)('%s', (_name, draw) => {
  it('repeats itself for the same seed, step and place', async () => {
    expectSameBits(Float32Array.from(await draw()), Float32Array.from(await draw()));
  });

  it('is independent across steps, places, seeds, neighbours and rows', async () => {
    const one = Float64Array.from(await draw());
    expectIndependent(one, await draw({ step: 1 }), 'two steps');
    expectIndependent(one, await draw({ step: 2 ** 32 }), 'steps 2³² apart');
    expectIndependent(one, await draw({ place: 1 }), 'two layers');
    expectIndependent(one, await draw({ seed: 2 }), 'two seeds');
    expectIndependent(one, await draw({ seed: 1 + 2 ** 32 }), 'seeds 2³² apart');
    expectIndependent(one.subarray(0, size - 1), one.subarray(1), 'neighbours');
    expectIndependent(one.subarray(0, size - 2), one.subarray(2), 'neighbours of neighbours');
    expectIndependent(one.subarray(0, size - columns), one.subarray(columns), 'rows');
    // Squares of normal pairs share a radius: independent only if sine and cosine of the angle are.
    const squares = one.map((value) => value * value);
    expectIndependent(squares.subarray(0, size - 1), squares.subarray(1), 'squares of neighbours');
  });

  it('has another mask in every batch of one run', async () => {
    const batches = Float64Array.from(await draw({ batchSize: rows / 2 }));
    expectIndependent(batches.subarray(0, size / 2), batches.subarray(size / 2), 'two batches');
    const first = Float64Array.from(await draw());
    expect(Array.from(batches.subarray(0, size / 2))).toEqual(Array.from(first.subarray(0, size / 2)));
  });
});

describe('dropout and noise in different layers of one network', () => {
  it('are independent of each other in the same place', async () => {
    expectIndependent(await on(dropout(0.4)), await on(gaussianNoise(1), { features: zeros }), 'dropout and noise');
  });
});

describe.each(engineRows)('$name', ({ make }) => {
  const shape = { rows: 61, columns: 37, features: normals.subarray(0, 61 * 37), seed: 7, step: 11, place: 2 };

  it.each([0.2, 0.7])('draws the masks of every engine at %f', async (rate) => {
    for (const layer of [dropout(rate), alphaDropout(rate)]) {
      const wanted = await outputOf(reference64.make(), layer, shape);
      expectClose(await outputOf(make(), layer, shape), wanted, { rtol: 1e-6, atol: 1e-6 }, layer.type);
    }
  });

  it('draws the noise of every engine, to 2e-6 of a standard deviation', async () => {
    const wanted = await outputOf(reference64.make(), gaussianNoise(1), {
      ...shape,
      features: zeros.subarray(0, 61 * 37),
    });
    const noise = await outputOf(make(), gaussianNoise(1), { ...shape, features: zeros.subarray(0, 61 * 37) });
    expectClose(noise, wanted, { rtol: 0, atol: 2e-6 });
    expect(meanOf(noise.map(Math.abs))).toBeGreaterThan(0.5);
  });

  it('cuts into tiles as it likes: the same numbers with any number of threads', async () => {
    for (const layer of [dropout(0.3), alphaDropout(0.3), gaussianNoise(1)]) {
      const one = await outputOf(make(1), layer, shape);
      const three = await outputOf(make(3), layer, shape);
      expectSameBits(Float32Array.from(three), Float32Array.from(one), layer.type);
    }
  });
});
