import { describe, expect, it } from 'vitest';
import { dataset, dense, pretrainAutoencoder, Rbm, stack, syntheticDigits } from '../../lib/index.js';

const { train } = syntheticDigits({ train: 300, test: 1, seed: 3 });
const pixels = Float32Array.from(train.features, (value) => value * train.scale);
const errorOf = (restored: Float32Array) =>
  restored.reduce((sum, value, i) => sum + (value - pixels[i]) ** 2, 0) / pixels.length;
const variance = pixels.reduce((sum, value) => sum + value ** 2, 0) / pixels.length;

describe('pretrainAutoencoder', () => {
  it.each(['endToEnd', 'greedy'] as const)('%s: restores samples and hands its encoder to stack', async (mode) => {
    const autoencoder = await pretrainAutoencoder(train, { units: [64, 16], mode, epochs: 30, batchSize: 50, seed: 1 });
    expect(errorOf(await autoencoder.reconstruct(train))).toBeLessThan(0.7 * variance);
    expect(autoencoder.histories).toHaveLength(mode === 'greedy' ? 2 : 1);
    const network = stack(autoencoder, [dense(10)], { seed: 1 });
    expect(network.layers.map(({ name, outputs }) => [name, outputs])).toEqual([
      ['pretrained1', 64],
      ['pretrained2', 16],
      ['dense3', 10],
    ]);
    expect(network.readParameter('pretrained2.kernel')).toEqual(autoencoder.pretrainedLayers[1].kernel);
    const encoded = await autoencoder.encode(train.take(5));
    const head = stack(autoencoder, [dense(16, { initializer: 'orthogonal', bias: false })], {
      seed: 1,
      loss: 'meanSquaredError',
    });
    head.writeParameter(
      'dense3.kernel',
      Array.from({ length: 256 }, (_, i) => (i % 17 === 0 ? 1 : 0)),
    );
    expect(await head.predict(train.take(5))).toEqual(encoded);
  });

  it('refuses wrong options', async () => {
    await expect(pretrainAutoencoder(train, { units: [] })).rejects.toThrow(/at least one number of units/);
    await expect(pretrainAutoencoder(train, { units: [4], noise: { kind: 'masking', amount: 1 } })).rejects.toThrow(
      /below 1/,
    );
    expect(() => stack([], [dense(2)])).toThrow(/at least one part/);
    expect(() => stack({} as never, [dense(2)])).toThrow(/pretrainAutoencoder/);
    const [first, second] = [new Rbm({ visible: 4, hidden: 3 }), new Rbm({ visible: 2, hidden: 3 })];
    expect(() => stack([first, second], [dense(2)])).toThrow(/3 inputs/);
  });
});

describe('Rbm', () => {
  it('updates by contrastive divergence as written: one sample, hand-computed', async () => {
    const rbm = new Rbm({ visible: 3, hidden: 2, seed: 4 });
    const [weights, v] = [rbm.weights, [1, 0, 1]];
    const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
    const up = (visible: readonly number[]) =>
      [0, 1].map((j) => sigmoid(visible.reduce((sum, x, i) => sum + x * weights[i * 2 + j], 0)));
    const first = up(v);
    await rbm.fit({ features: [v], width: 3 }, { epochs: 1, learningRate: 0.5, momentum: 0, weightDecay: 0 });
    const difference = rbm.visibleBias.map((value, i) => v[i] - value / 0.5);
    const last = up([...difference]);
    const expected = weights.map(
      (w, at) => w + 0.5 * (v[at >> 1] * first[at % 2] - difference[at >> 1] * last[at % 2]),
    );
    rbm.weights.forEach((w, at) => expect(w).toBeCloseTo(expected[at], 5));
    rbm.hiddenBias.forEach((c, j) => expect(c).toBeCloseTo(0.5 * (first[j] - last[j]), 5));
  });

  it.each([1, 3])('learns to restore digits with k = %i, the same from the same seed', async (k) => {
    const make = async () => {
      const rbm = new Rbm({ visible: 784, hidden: 30, seed: 1 });
      return { rbm, records: await rbm.fit(train, { epochs: 6, batchSize: 20, k }) };
    };
    const { rbm, records } = await make();
    expect(records.at(-1)!.reconstructionError).toBeLessThan(0.85 * records[0].reconstructionError);
    expect(errorOf(await rbm.reconstruct(train))).toBeLessThan(0.7 * variance);
    expect((await make()).rbm.weights).toEqual(rbm.weights);
  });

  it('learns numbers with gaussian visible units', async () => {
    const rows = Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? [1, 1, -1, -1] : [-1, -1, 1, 1]));
    const data = dataset({ features: rows });
    const rbm = new Rbm({ visible: 4, hidden: 6, visibleUnits: 'gaussian', seed: 1 });
    const records = await rbm.fit(data, { epochs: 30, batchSize: 20, learningRate: 0.05 });
    expect(records.at(-1)!.reconstructionError).toBeLessThan(0.5 * records[0].reconstructionError);
  });

  it('holds hidden units to their share of being on', async () => {
    const meanAfter = async (strength: number) => {
      const rbm = new Rbm({ visible: 784, hidden: 30, seed: 2 });
      const records = await rbm.fit(train, { epochs: 8, batchSize: 20, sparsity: { target: 0.05, strength } });
      return records.at(-1)!.meanActivation;
    };
    expect(await meanAfter(2)).toBeLessThan(0.6 * (await meanAfter(0)));
  });

  it('refuses wrong options', async () => {
    expect(() => new Rbm({ visible: 0, hidden: 1 })).toThrow(/at least 1|from 1/);
    await expect(new Rbm({ visible: 5, hidden: 2 }).fit(train)).rejects.toThrow(/5 features/);
    await expect(new Rbm({ visible: 784, hidden: 2 }).fit(train, { K: 2 } as object)).rejects.toThrow(/Unknown option/);
  });
});
