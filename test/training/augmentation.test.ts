import { describe, expect, it } from 'vitest';
import {
  dense,
  elasticDistortion,
  imageSheet,
  Network,
  noise,
  preview,
  rotation,
  ShapeError,
  shift,
  syntheticDigits,
} from '../../lib/index.js';
import { engineRows } from '../support/engines.js';
import { decodePng } from '../../lib/data/png.js';

const { train, test } = syntheticDigits({ train: 300, test: 50 });
const augmentation = [rotation(10), shift(1), elasticDistortion(), noise(0.02)];

const engines = engineRows.some(({ native }) => native) ? (['native', 'reference'] as const) : (['reference'] as const);

describe.each(engines)('fit with augmentation on the %s engine', (engine) => {
  const network = () =>
    new Network({ inputs: 784, layers: [dense(12, { activation: 'relu' }), dense(10)], seed: 3, engine });
  const weights = (of: Network) => of.readParameter('dense1.kernel');

  it('trains on other images, the same ones again for the same seed', async () => {
    const [plain, one, two, other] = [network(), network(), network(), network()];
    await plain.fit(train, { epochs: 1, batchSize: 64 });
    await one.fit(train, { epochs: 1, batchSize: 64, augmentation });
    await two.fit(train, { epochs: 1, batchSize: 64, augmentation });
    await other.fit(train, { epochs: 1, batchSize: 64, augmentation, seed: 4 });
    expect(weights(two)).toEqual(weights(one));
    expect(weights(plain)).not.toEqual(weights(one));
    expect(weights(other)).not.toEqual(weights(one));
  });

  it('evaluates on images as they are', async () => {
    const one = network();
    const { epochs } = await one.fit(train, { epochs: 1, batchSize: 64, augmentation, validation: test });
    expect((await one.evaluate(test)).loss).toBe(epochs[0].valLoss);
  });

  it('refuses data that are no images before any work', () => {
    const flat = { features: train.take(20).features, labels: train.take(20).labels ?? [], width: 784 };
    expect(() => network().fit(flat, { augmentation })).toThrow(ShapeError);
  });
});

describe('preview', () => {
  it('gives the variants of each sample in turn, with labels and shape', async () => {
    const samples = await preview(train.take(3), augmentation, { variants: 4, seed: 7 });
    expect([samples.length, samples.width, samples.imageShape]).toEqual([12, 784, [28, 28]]);
    const labels = train.labels as Int32Array;
    expect(Array.from(samples.labels ?? [])).toEqual([0, 1, 2].flatMap((i) => Array<number>(4).fill(labels[i])));
    const again = await preview(train.take(3), augmentation, { variants: 4, seed: 7 });
    expect(again.features).toEqual(samples.features);
    expect(samples.sample(0)).not.toEqual(samples.sample(1));
    await expect(preview(train, augmentation, { variants: 0 })).rejects.toThrow(/variants/);
  });

  it('can be looked at', async () => {
    const sheet = decodePng(await imageSheet(train.take(5), { columns: 3, zoom: 1 }));
    expect([sheet.width, sheet.height]).toEqual([3 * 29, 2 * 29]);
    const sample = train.sample(4);
    const at = (x: number, y: number) => sheet.pixels[4 * ((29 + y) * sheet.width + 29 + x)];
    for (const [x, y] of [
      [0, 0],
      [14, 14],
      [10, 20],
    ])
      expect(at(x, y)).toBe(Math.round(255 * sample[y * 28 + x]));
    await expect(imageSheet(train.take(5), { zoom: 0 })).rejects.toThrow(/zoom/);
  });
});
