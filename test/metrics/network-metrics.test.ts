import { describe, expect, it } from 'vitest';
import { dataset } from '../../lib/data/index.js';
import { dense, softmax } from '../../lib/layers/index.js';
import { measure, topK } from '../../lib/metrics/index.js';
import { Network } from '../../lib/training/index.js';
import { expectClose } from '../support/compare.js';
import { rejectionOf, thrownBy } from '../support/errors.js';
import { blobs } from '../support/networks.js';

const close = { rtol: 1e-6, atol: 1e-9 };

describe.each(['native', 'reference'] as const)('evaluate and fit on the %s engine', (engine) => {
  it('measures classes over a pass of many batches', async () => {
    const data = blobs(5000, 4, 3);
    const network = new Network({ inputs: 4, layers: [dense(3)], seed: 2, engine });
    const found = await network.evaluate(data, { metrics: ['accuracy', topK(2), 'confusionMatrix', 'f1'] });
    const predictions = await network.predict(data);
    const wanted = measure(['accuracy', topK(2), 'confusionMatrix', 'f1'], {
      columns: 3,
      predictions,
      labels: data.labels!,
    });
    expect(found.metrics).toEqual(wanted);
    expectClose([found.metrics!.accuracy!], [found.accuracy!], close);
    const plain = await network.evaluate(data);
    expect(plain).toEqual({ loss: found.loss, accuracy: found.accuracy });
    expect(found.metrics!.confusionMatrix!.flat().reduce((a, b) => a + b, 0)).toBe(5000);
  });

  it('measures decisions and values', async () => {
    const features = Array.from({ length: 300 }, (_, i) => [Math.sin(i), Math.cos(2 * i)]);
    const yes = dataset({ features, targets: features.map(([x]) => [x > 0 ? 1 : 0]) });
    const deciding = new Network({ inputs: 2, layers: [dense(1)], loss: 'binaryCrossEntropy', seed: 1, engine });
    const { history, last } = await fitted(deciding, yes);
    expect(history.epochs[0].valMetrics).toHaveProperty('auc');
    expect(last.auc).toBeGreaterThan(0.95);
    expectClose([last.accuracy!], [history.epochs[history.epochs.length - 1].valAccuracy!], close);
    const numbers = dataset({ features, targets: features.map(([x, y]) => [2 * x - y]) });
    const network = new Network({ inputs: 2, layers: [dense(1)], loss: 'meanSquaredError', seed: 1, engine });
    await network.fit(numbers, { epochs: 20, batchSize: 10, optimizer: 'adam', learningRate: 0.02 });
    const { loss, metrics } = await network.evaluate(numbers, { metrics: ['meanSquaredError', 'r2'] });
    expectClose([metrics!.meanSquaredError!], [loss], { rtol: 1e-4, atol: 1e-12 });
    expect(metrics!.r2).toBeGreaterThan(0.99);
  });

  async function fitted(network: Network, data: ReturnType<typeof dataset>) {
    const options = { epochs: 30, batchSize: 10, validation: data, metrics: ['auc', 'accuracy'] as const };
    const history = await network.fit(data, { ...options, learningRate: 0.05, optimizer: 'adam' });
    return { history, last: history.epochs[history.epochs.length - 1].valMetrics! };
  }

  it('what JavaScript does to its arrays meanwhile changes nothing', async () => {
    const data = blobs(200, 4, 3);
    const network = new Network({ inputs: 4, layers: [dense(3), softmax()], seed: 2, engine });
    const wanted = await network.evaluate(data, { metrics: ['confusionMatrix'] });
    const pending = network.evaluate(data, { metrics: ['confusionMatrix'] });
    data.labels!.fill(2);
    data.features.fill(0);
    expect(await pending).toEqual(wanted);
  });
});

it('names what is wrong before any work', async () => {
  const data = blobs(40, 4, 3);
  const network = new Network({ inputs: 4, layers: [dense(3)], seed: 2 });
  const unknown = await rejectionOf(network.evaluate(data, { metrics: ['confusion' as never] }));
  expect(unknown.message).toMatch(/metrics\[0\], received "confusion"/);
  expect((await rejectionOf(network.evaluate(data, { metrics: ['auc'] }))).message).toMatch(/two classes/);
  expect((await rejectionOf(network.evaluate(data, { metric: [] } as never))).message).toMatch(/did you mean metrics/);
  expect(thrownBy(() => network.fit(data, { metrics: ['f1'] })).message).toMatch(/data set for validation/);
  expect(thrownBy(() => network.fit(data, { validation: data, metrics: ['auc'] })).message).toMatch(/two classes/);
});
