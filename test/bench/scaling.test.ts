import { describe, expect, it } from 'vitest';
import { tiles } from '../../lib/program/program.js';
import { bench } from './bench.js';

const { featuresOf, fitCosts, homesOf, makespan, stagesOf, unitsOf } = await bench('scaling-model');
const { limitOf, simulate } = await bench('scaling-simulation');
const { fitModel } = await bench('scaling-fit');
const { gridOf } = await bench('scaling-grid');
const { trainingProgram } = await bench('programs');

const plain = { batchNorm: false, dropout: 0 };
const model = {
  ...{ lanes: 16, coreCacheBytes: 2 ** 20, cacheBytes: 2 ** 24 },
  ...{ stageSeconds: 0, barrierSeconds: 1e-6, movedSeconds: 0, slowdown: 1, threads: 2 },
};

describe('the schedule', () => {
  it('gives a thread the next item when it has none', () => {
    expect(makespan([4, 3, 2, 1], 1)).toBe(10);
    expect(makespan([4, 3, 2, 1], 2)).toBe(5);
    expect(makespan([1, 1, 4], 2)).toBe(5);
    expect(makespan([4, 3, 2, 1], 64)).toBe(4);
    expect(makespan([], 3)).toBe(0);
  });

  it('loses what two tiles cannot share, waits for memory, and pays barriers by thread', () => {
    const rows = { kind: 'rows', items: [3e-3, 3e-3], memoryBytes: 0 };
    const parameters = { kind: 'parameters', items: Array(8).fill(1e-3), memoryBytes: 4e6 };
    const at = (threads: number) => simulate([rows, parameters], threads, model, 1e9);
    expect(at(1)).toMatchObject({ seconds: expect.closeTo(14e-3), rows: 0, parameters: 0, memory: 0 });
    expect(at(2).seconds).toBeCloseTo(7e-3 + 2e-6, 9);
    // Eight threads at most have an item: 3 ms for two tiles, 1 ms for the blocks, and 4 ms to read what they update.
    const eight = at(8);
    expect(eight.rows).toBeCloseTo(3e-3 - 6e-3 / 8, 9);
    expect(eight.memory).toBeCloseTo(3e-3, 9);
    expect(eight.barriers).toBeCloseTo(2 * (1e-6 + 6 * 100e-9), 9);
    expect(eight.seconds).toBeCloseTo(7e-3 + Number(eight.barriers), 9);
    const limit = limitOf((threads: number) => simulate([rows], threads, model, Infinity), 64);
    expect(limit).toMatchObject({ threads: 2, reason: 'row tiles of the batch' });
    expect(limit.lost).toBeGreaterThan(0.9);
  });
});

describe('the fit', () => {
  it('finds the costs that times were made of, and none below zero or what is least', () => {
    const features = [
      [1e6, 10, 1],
      [2e6, 500, 1],
      [5e5, 90, 1],
      [3e6, 20, 1],
    ];
    const times = features.map(([a, b, c]) => a * 1e-11 + b * 4e-9 + c * 1e-6);
    const found = fitCosts(features, times);
    [1e-11, 4e-9, 1e-6].forEach((cost, i) => expect(found[i] / cost).toBeCloseTo(1, 3));
    expect(
      fitCosts(
        [
          [1, 5],
          [2, 1],
        ],
        [5, 1],
      )[0],
    ).toBe(0);
    expect(fitCosts(features, times, [1.1e-11])[0]).toBeGreaterThanOrEqual(1.1e-11);
  });

  it('recovers the machine that steps were made by', () => {
    const machine = { ...model, barrierSeconds: 2e-6, movedSeconds: 1e-10, slowdown: 1.2 };
    const made = (kernel: string) =>
      featuresOf(kernel, [1, 1], tileOf(1, 1, 1)).map(
        (_: number, i: number) => [1e-11, 2e-10, 4e-10, 1e-10, 2e-7, 1e-10][i],
      );
    const points = gridOf().map((net: any) => {
      const program = trainingProgram(net);
      const kernels = new Set<string>(
        program.groups.flatMap((group: any) => unitsOf(program, group).map((one: any) => one.kernel)),
      );
      const costs = Object.fromEntries([...kernels].map((kernel) => [kernel, made(kernel)]));
      const step = (threads: number) =>
        simulate(stagesOf(program, net.batchSize, { ...machine, costs }, threads), threads, { ...machine, costs }, 5e10)
          .seconds;
      const units = program.groups.flatMap((group: any, place: number) =>
        unitsOf(program, group).map(({ kernel, dimensions }: any) => {
          const { count, size } = tiles(group.extent < 0 ? net.batchSize : group.extent, group.tile);
          const features = featuresOf(kernel, dimensions, tileOf(net.batchSize, size, program.parameters));
          const seconds =
            count *
            features.reduce((sum: number, value: number, i: number) => sum + value * Number(costs[kernel][i]), 0);
          return { kernel, group: place, dimensions, seconds };
        }),
      );
      return { net, program, units, seconds: new Map([1, 2].map((threads) => [threads, step(threads)])) };
    });
    const found = fitModel(points, {
      ...{ lanes: 16, coreCacheBytes: 2 ** 20, lastCacheBytes: 2 ** 25, peak: 1e12 },
      ...{ threads: 2, copy: new Map([[2, 5e10]]) },
    });
    const errors = points.map(({ program, net, seconds }: any) => {
      const again = simulate(stagesOf(program, net.batchSize, found, 2), 2, found, 5e10).seconds;
      return Math.abs(again / seconds.get(2) - 1);
    });
    expect(Math.max(...errors)).toBeLessThan(0.2);
    expect(found.slowdown).toBeGreaterThan(1.1);
    expect(found.slowdown).toBeLessThan(1.3);
  });
});

function tileOf(rows: number, count: number, parameters: number) {
  return { rows, count, homes: homesOf(parameters, model, 1), lanes: 16 };
}

it('knows what a product does, and where its parameters come from', () => {
  const small = homesOf(50_000, model, 1);
  expect(small).toEqual({ weights: { shared: 0, memory: 0 }, state: { shared: 0, memory: 0 } });
  expect(homesOf(50_000, model, 2).weights.shared).toBe(1);
  expect(homesOf(10_000_000, model, 2).state).toEqual({ shared: 0, memory: 1 });
  const tile = { rows: 128, count: 64, homes: homesOf(10_000_000, model, 2), lanes: 16 };
  // 10 columns fill a register of 16.
  expect(featuresOf('dense', [512, 10], tile)).toEqual([64 * 512 * 16, 0, 5120, 640, 1]);
  expect(featuresOf('adam', [512, 1], tile)).toEqual([64, 1]);
  expect(featuresOf('denseBiasGradient', [512], tile)).toEqual([128 * 64, 1]);
});

it('cuts the stages as the runner does, and counts each byte that a large update moves', () => {
  const net = { sizes: [784, 2048, 2048, 2048, 10], batchSize: 256, ...plain };
  const program = trainingProgram(net);
  const costs = new Proxy({}, { get: () => [1e-12, 0, 0, 0, 0, 0] });
  const [rows, parameters] = stagesOf(program, 256, { ...model, costs }, 2);
  expect(rows).toMatchObject({ kind: 'rows', items: [expect.any(Number), expect.any(Number)] });
  expect(parameters.kind).toBe('parameters');
  const kernels = 784 * 2048 + 2 * 2048 * 2048 + 2048 * 10;
  expect(parameters.memoryBytes).toBe(6 * 4 * kernels);
  expect(parameters.items.length).toBeGreaterThan(32);
});
