import { describe, expect, it } from 'vitest';
import { bench } from './bench.js';

const { workloads, netName, describeWorkload, stepFlops, trainingFlopsPerSample, predictionFlopsPerSample } =
  await bench('workloads');
const named = (name: string) => workloads.find((workload: { name: string }) => workload.name === name);

describe('the workloads', () => {
  it('are the five of the design', () => {
    const described = workloads.map((one: any) => [
      one.name,
      netName(one.sizes),
      one.batchSize,
      one.batchNorm,
      one.dropout,
    ]);
    expect(described).toEqual([
      ['seven-layer', '784-100×6-10', 100, false, 0],
      ['seven-layer-norm', '784-100×6-10', 100, true, 0],
      ['classic', '784-512-512-10', 128, false, 0.2],
      ['classic-small-batch', '784-512-512-10', 32, false, 0.2],
      ['wide', '784-2048×3-10', 256, false, 0],
    ]);
    expect(describeWorkload(named('classic'))).toBe('784-512-512-10, ReLU, dropout 0.2, batch 128, Adam 0.001');
  });

  it('cost what the matrix products cost: forward, weight gradients, input gradients but the first', () => {
    // 2·(784·512 + 512·512 + 512·10) forward, the same again, and once more without 784·512.
    expect(trainingFlopsPerSample([784, 512, 512, 10])).toBe(2 * 668_672 * 3 - 2 * 401_408);
    expect(predictionFlopsPerSample([784, 512, 512, 10])).toBe(2 * 668_672);
    expect(stepFlops(named('classic'))).toBe(128 * 3_209_216);
    expect(trainingFlopsPerSample([3, 2])).toBe(2 * (6 + 6));
  });

  it.each([
    ['seven-layer', 790_000],
    ['classic', 155_000],
    ['classic-small-batch', 155_000],
    ['wide', 8_700],
  ])('have the float32 limit of the design at 2 × 248 GFLOP/s: %s', (name, limit) => {
    expect((2 * 248e9) / trainingFlopsPerSample(named(name).sizes) / limit).toBeCloseTo(1, 1);
  });
});

it('counts layers of one size only where there are more than two', () => {
  expect(netName([1, 1])).toBe('1-1');
  expect(netName([8, 4, 4, 4, 4, 2])).toBe('8-4×4-2');
});
