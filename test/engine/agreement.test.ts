import { describe, expect, it } from 'vitest';
import { activation, batchNorm, dense, dropout } from '../../lib/layers/index.js';
import { meanSquaredError } from '../../lib/losses/index.js';
import type { Model } from '../../lib/network/index.js';
import { optimizerNames, type OptimizerName } from '../../lib/optimizers/index.js';
import { dataset } from '../../lib/data/index.js';
import { expectClose, tolerances } from '../support/compare.js';
import { nativeRows, reference32, type EngineRow } from '../support/engines.js';
import { blobs, fitModel, modelOn } from '../support/networks.js';

/** ‖a - b‖ / ‖b‖ over a parameter. */
function relativeDistance(a: Float32Array, b: Float32Array): number {
  const norm = (values: readonly number[]) => Math.hypot(...values);
  return norm(Array.from(a, (value, i) => value - b[i])) / norm(Array.from(b));
}

/** Rates at which each optimizer learns and none runs away: differences must not grow on their own. */
const learningRates: Readonly<Record<OptimizerName, number>> = {
  sgd: 0.05,
  momentum: 0.01,
  rmsProp: 0.001,
  adam: 0.001,
  nesterov: 0.01,
  adaGrad: 0.01,
  adaDelta: 0.5,
  adamW: 0.001,
  nadam: 0.001,
  radam: 0.001,
  adaMax: 0.001,
};

async function trained({ make }: EngineRow, optimizer: OptimizerName): Promise<Model> {
  const layers = [
    dropout(0.1),
    // No bias before a BatchNorm: its gradient is rounding noise alone.
    dense(67, { bias: false }),
    batchNorm(),
    activation('relu'),
    dropout(0.4),
    dense(33, { activation: 'tanh' }),
    dense(4),
  ];
  const model = modelOn(make(), { inputs: 19, layers });
  // 50 steps: 5 epochs of 10, the last of each ragged.
  const options = { optimizer, learningRate: learningRates[optimizer], batchSize: 32, epochs: 5 };
  await fitModel(model, blobs(300, 19, 4), options);
  expect(model.step).toBe(50);
  return model;
}

describe.each(nativeRows)('$name and the reference engine', (row) => {
  it.each(optimizerNames)('%s: weights within 1e-4 after 50 steps with dropout and BatchNorm', async (optimizer) => {
    const [native, reference] = [await trained(row, optimizer), await trained(reference32, optimizer)];
    const wanted = reference.readAll();
    for (const [name, values] of native.readAll()) {
      expect(relativeDistance(values, wanted.get(name)!), name).toBeLessThan(1e-4);
    }
  });

  it('regression: the same losses, step by step', async () => {
    const features = blobs(200, 7, 3);
    const targets = Array.from({ length: 200 }, (_, i) => [Math.sin(i), Math.cos(i)]);
    const set = dataset({ features: features.features, width: 7, targets });
    const histories = [];
    for (const { make } of [row, reference32]) {
      const layers = [dense(20, { activation: 'elu' }), dense(2)];
      const model = modelOn(make(), { inputs: 7, layers, loss: meanSquaredError() });
      histories.push(await fitModel(model, set, { batchSize: 48, epochs: 4, optimizer: 'momentum' }));
    }
    expectClose(histories[0].stepDataLoss, histories[1].stepDataLoss, tolerances.network);
  });
});

it('a dropout mask is the same on all engines: which values survive, and by how much they grow', async () => {
  const masks: number[][] = [];
  for (const { make } of [reference32, ...nativeRows]) {
    const engine = make();
    const model = modelOn(engine, { inputs: 50, layers: [dropout(0.3), dense(2, { initializer: 'zeros' })] });
    // A kernel of zeros gives every row the gradient ±0.5 / rows: after one step of SGD it shows the masked inputs.
    const features = Float32Array.from({ length: 50 }, (_, i) => i + 1);
    const set = dataset({ features, width: 50, labels: [0], classes: 2 });
    await fitModel(model, set, { optimizer: 'sgd', learningRate: 1, epochs: 1 });
    masks.push(Array.from(model.readParameter('dense1.kernel')).filter((_, i) => i % 2 === 0));
  }
  for (const mask of masks) expectClose(mask, masks[0], tolerances.float32);
  const kept = masks[0].filter((value) => value !== 0).length;
  expect(kept).toBeGreaterThan(20);
  expect(kept).toBeLessThan(50);
});
