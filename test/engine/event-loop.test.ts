import { afterEach, expect, it, vi } from 'vitest';
import { ReferenceEngine } from '../../lib/engine/reference.js';
import { batchNorm, dense } from '../../lib/layers/index.js';
import { blobs, fitModel, modelOn } from '../support/networks.js';

const layers = [dense(512, { activation: 'relu' }), batchNorm(), dense(512, { activation: 'relu' }), dense(10)];
const data = blobs(128, 784, 10);
const oneStep = { batchSize: 128, epochs: 1 };

/** Multiply-adds of one step: forward, both gradients; the first layer has no input gradient. */
const stepWork = 128 * (784 * 512 * 2 + (512 * 512 + 512 * 10) * 3);

/** Turns of the event loop, and the gaps between them, while something runs. */
async function turnsDuring(work: PromiseLike<unknown>): Promise<number[]> {
  const gaps: number[] = [];
  let running = true;
  let last = process.hrtime.bigint();
  const look = () => {
    const now = process.hrtime.bigint();
    gaps.push(Number(now - last) / 1e6);
    last = now;
    if (running) setImmediate(look);
  };
  setImmediate(look);
  await work;
  running = false;
  return gaps;
}

afterEach(() => {
  vi.restoreAllMocks();
});

it('looks at the clock often enough: with a clock on which every look is late, every look gives way', async () => {
  const model = modelOn(new ReferenceEngine(), { inputs: 784, layers });
  let time = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (time += 10));
  const turns = await turnsDuring(fitModel(model, data, oneStep));
  // Looks stand 2^21 multiply-adds apart, about two milliseconds; updates and element-wise work come on top.
  expect(turns.length).toBeGreaterThan(0.8 * (stepWork / 2 ** 21));
});

it('does not give way at every look on a clock that stands still', async () => {
  const model = modelOn(new ReferenceEngine(), { inputs: 784, layers });
  vi.spyOn(performance, 'now').mockImplementation(() => 0);
  const turns = await turnsDuring(fitModel(model, data, oneStep));
  expect(turns.length).toBeLessThan(20);
});
