import { Trainer, uniform, type Dataset, type Network, type Optimizer } from '../index.js';
import type { LabContext } from './lab.js';
import { randomNumbers } from './support.js';

/**
 * Trains as the courses' own code does, so that losses compare with its: every batch is drawn anew from all images, and its
 * loss is taken after the update with it. A fit takes the loss before, which with AdaGrad is nearly twice as high.
 *
 * @returns both losses of each step
 */
export async function trainOnDrawnBatches(
  { seed, signal }: LabContext,
  network: Network,
  train: Dataset,
  { optimizer, steps, batchSize }: { optimizer: Optimizer; steps: number; batchSize: number },
): Promise<{ before: Float64Array; after: Float64Array }> {
  // Another seed than the network's, whose first weights come from the same numbers.
  const drawn = randomNumbers(uniform({ min: 0, max: train.length }), steps, batchSize, (seed % 2 ** 31) + 1);
  const trainer = new Trainer(network, { optimizer });
  const [before, after] = [new Float64Array(steps), new Float64Array(steps)];
  for (let step = 0; step < steps; step++) {
    const indices = drawn.subarray(step * batchSize, (step + 1) * batchSize).map(Math.floor);
    const batch = train.select(indices.map((index) => Math.min(index, train.length - 1)));
    const { stepDataLoss } = await trainer.fit(batch, { epochs: 1, batchSize, shuffle: false, signal });
    before[step] = stepDataLoss[0];
    after[step] = (await network.evaluate(batch)).loss;
  }
  return { before, after };
}
