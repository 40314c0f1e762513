import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../lib/core/random.js';
import { dataset, type Dataset } from '../../lib/data/index.js';
import { dense, dropout, inputNormalization, residual } from '../../lib/layers/index.js';
import { decodeModel, encodeModel } from '../../lib/network/index.js';
import { Network } from '../../lib/training/index.js';
import { expectClose, expectSameBits, tolerances } from '../support/compare.js';
import { rejectionOf, thrownBy } from '../support/errors.js';

const [length, width] = [500, 5];

/** Features of very different sizes: a large mean, a tiny spread, a constant. */
function skewed(seed = 1): Dataset {
  const random = new RandomStream(seed, 30);
  const columns = [
    () => random.normal(),
    () => 1e4 + random.normal(),
    () => 1e-6 * random.normal(),
    () => 7.1,
    () => 300 * random.uniform(),
  ];
  const features = Float32Array.from({ length: length * width }, (_, i) => columns[i % width]());
  return dataset({ features, width, labels: Int32Array.from({ length }, () => random.integer(2)) });
}

function exact(data: Dataset): { mean: number[]; deviation: number[] } {
  const columns = Array.from({ length: data.width }, (_, j) =>
    Array.from({ length: data.length }, (_value, i) => data.features[i * data.width + j] * data.scale),
  );
  const mean = columns.map((values) => values.reduce((sum, value) => sum + value, 0) / values.length);
  const deviation = columns.map((values, j) => {
    const variance = values.reduce((sum, value) => sum + (value - mean[j]) ** 2, 0) / values.length;
    return variance > 1e-20 ? Math.sqrt(variance) : 1;
  });
  return { mean, deviation };
}

const make = (engine: 'native' | 'reference' = 'native') =>
  new Network({ inputs: width, layers: [inputNormalization(), dense(2)], seed: 1, engine });

describe.each(['native', 'reference'] as const)('inputNormalization on the %s engine', (engine) => {
  it('learns mean and deviation exactly before the first step, once', async () => {
    const network = make(engine);
    const data = skewed();
    const before = network.readAll();
    await network.fit(data, { epochs: 1, batchSize: 50 });
    const { mean, deviation } = exact(data);
    const [got, spread] = ['mean', 'deviation'].map((name) => network.readParameter(`inputNormalization1.${name}`));
    expectClose(got, mean, { rtol: 1e-7, atol: 1e-9 }, 'mean');
    expectClose(spread, deviation, { rtol: 1e-6, atol: 0 }, 'deviation');
    expect(Array.from(network.readParameter('inputNormalization1.samples'))).toEqual([length]);
    expect(Array.from(before.get('inputNormalization1.deviation')!)).toEqual([1, 1, 1, 1, 1]);
    await network.fit(skewed(2), { epochs: 1 });
    expectSameBits(network.readParameter('inputNormalization1.mean'), got, 'after another fit');
  });

  it('gives features of mean 0 and deviation 1, and 0 for a constant', async () => {
    const network = new Network({
      inputs: width,
      layers: [inputNormalization()],
      loss: 'meanSquaredError',
      seed: 1,
      engine,
    });
    const data = skewed();
    await network.adaptInputs(data);
    const output = await network.predict(data);
    for (let j = 0; j < width; j++) {
      const values = Float64Array.from({ length }, (_, i) => output[i * width + j]);
      const mean = values.reduce((sum, value) => sum + value, 0) / length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / length;
      // The mean of 10,000 has a rounding error of 5e-4 in float32, and so has what is subtracted.
      expectClose([mean, variance], [0, j === 3 ? 0 : 1], { rtol: 0, atol: j === 1 ? 2e-3 : 1e-5 }, `feature ${j}`);
    }
  });

  it('sees bytes as the network does, scaled', async () => {
    const network = new Network({ inputs: 2, layers: [inputNormalization(), dense(2)], seed: 1, engine });
    await network.adaptInputs(dataset({ features: Uint8Array.of(0, 10, 255, 10), width: 2 }));
    const wanted = [127.5 / 255, 10 / 255, 127.5 / 255, 1, 2];
    const got = ['mean', 'deviation', 'samples'].flatMap((name) =>
      Array.from(network.readParameter(`inputNormalization1.${name}`)),
    );
    expectClose(got, wanted, tolerances.float32);
  });
});

describe('inputNormalization', () => {
  it('learns anew when told to, and from the whole of a large set', async () => {
    const network = make();
    await network.adaptInputs(skewed());
    const data = skewed(2);
    await network.adaptInputs({ features: data.features, width, labels: data.labels });
    expectClose(network.readParameter('inputNormalization1.mean'), exact(data).mean, { rtol: 1e-7, atol: 1e-9 });
  });

  it('does nothing before it has learned', async () => {
    const network = new Network({ inputs: 2, layers: [inputNormalization()], loss: 'meanSquaredError' });
    expect(Array.from(await network.predict([[3, -4]]))).toEqual([3, -4]);
  });

  it('is saved, and makes networks train where raw features do not', async () => {
    const random = new RandomStream(3, 30);
    const features = Float32Array.from({ length: 2000 }, (_, i) =>
      i % 2 === 0 ? 1e3 + 10 * random.normal() : 1e-3 * random.normal(),
    );
    const labels = Int32Array.from({ length: 1000 }, (_, i) =>
      (features[2 * i] - 1e3) / 10 + features[2 * i + 1] * 1e3 > 0 ? 1 : 0,
    );
    const data = dataset({ features, width: 2, labels });
    const options = { epochs: 20, learningRate: 0.05, optimizer: 'adam' } as const;
    const network = new Network({ inputs: 2, layers: [inputNormalization(), dropout(0.01), dense(2)], seed: 1 });
    await network.fit(data, options);
    expect((await network.evaluate(data)).accuracy).toBeGreaterThan(0.95);
    const without = new Network({ inputs: 2, layers: [dropout(0.01), dense(2)], seed: 1 });
    await without.fit(data, options);
    expect((await without.evaluate(data)).accuracy).toBeLessThan(0.9);
    const { values } = decodeModel(encodeModel(network));
    expectSameBits(
      values.get('inputNormalization1.deviation')!,
      network.readParameter('inputNormalization1.deviation'),
    );
  });

  it('gives the event loop its turns while it learns from a large set', async () => {
    const features = new Uint8Array(3000 * 784);
    const network = new Network({ inputs: 784, layers: [inputNormalization(), dense(2)], seed: 1 });
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    await network.adaptInputs({ features, width: 784 });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(1);
  });

  it('stands at the front only', () => {
    for (const layers of [
      [dense(3), inputNormalization()],
      [residual([inputNormalization()]), dense(2)],
      [inputNormalization(), inputNormalization({ name: 'again' })],
    ]) {
      const error = thrownBy(() => new Network({ inputs: 3, layers }));
      expect(error.code).toBe('ERR_OPTION_RANGE');
      expect(error.message).toContain('first layer');
    }
  });

  it('is named where it is missing or the data does not fit', async () => {
    const without = new Network({ inputs: width, layers: [dense(2)] });
    expect(await rejectionOf(without.adaptInputs(skewed()))).toMatchObject({ code: 'ERR_STATE' });
    const error = await rejectionOf(make().adaptInputs({ features: [[1, 2]] }));
    expect(error).toMatchObject({ code: 'ERR_SHAPE' });
    expect(error.message).toContain('Expected 5 features');
  });
});
