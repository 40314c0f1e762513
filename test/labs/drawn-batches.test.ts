import { expect, it } from 'vitest';
import { Network, dense, sgd, syntheticDigits } from '../../lib/index.js';
import { trainOnDrawnBatches } from '../../lib/labs/drawn-batches.js';
import { LabContext } from '../../lib/labs/lab.js';

const { train } = syntheticDigits({ train: 60, test: 10, seed: 1 });
const settings = { steps: 12, batchSize: 20 };

async function run(seed: number, learningRate: number) {
  const network = new Network({ inputs: 784, layers: [dense(10)], seed: 3 });
  const context = new LabContext({ seed });
  return trainOnDrawnBatches(context, network, train, { optimizer: sgd({ learningRate }), ...settings });
}

it('gives the loss of each batch before and after its own update', async () => {
  const { before, after } = await run(0, 0.05);
  expect(before).toHaveLength(12);
  expect(after.every((loss, step) => loss < before[step])).toBe(true);
  // Without a step to speak of the two are the same loss of the same batch, and batches differ.
  const still = await run(0, 1e-12);
  still.after.forEach((loss, step) => expect(loss).toBeCloseTo(still.before[step], 5));
  expect(new Set(still.before).size).toBeGreaterThan(6);
});

it('draws the same batches for the same seed and others for another', async () => {
  expect(await run(1, 0.05)).toEqual(await run(1, 0.05));
  expect((await run(2, 0.05)).before).not.toEqual((await run(1, 0.05)).before);
  await expect(run(Number.MAX_SAFE_INTEGER, 0.05)).resolves.toBeDefined();
});
