import { describe, expect, it } from 'vitest';
import {
  adam,
  batchNorm,
  activation,
  dataset,
  dense,
  dropout,
  engineInfo,
  meanSquaredError,
  momentum,
  Network,
  syntheticDigits,
} from '../../lib/index.js';
import { expectClose, tolerances } from '../support/compare.js';
import { blobs } from '../support/networks.js';

const engines = engineInfo().engine === 'native' ? (['native', 'reference'] as const) : (['reference'] as const);

/** The largest of each row. */
function bestOf(scores: Float32Array, width: number): number[] {
  return Array.from({ length: scores.length / width }, (_, row) => {
    const values = scores.subarray(row * width, (row + 1) * width);
    return values.indexOf(Math.max(...values));
  });
}

describe.each(engines)('the %s engine learns', (engine) => {
  it('XOR', async () => {
    const xor = dataset({
      features: [
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ],
      labels: [0, 1, 1, 0],
    });
    const network = new Network({ inputs: 2, layers: [dense(8, { activation: 'tanh' }), dense(2)], seed: 1, engine });
    const { epochs } = await network.fit(xor, { epochs: 300, optimizer: adam({ learningRate: 0.05 }) });
    expect(epochs.at(-1)?.loss).toBeLessThan(0.05);
    expect(Array.from(await network.classify(xor))).toEqual([0, 1, 1, 0]);
  });

  it('a line, to its slope and height', async () => {
    const features = Array.from({ length: 64 }, (_, i) => [i / 32 - 1]);
    const targets = features.map(([x]) => [3 * x - 0.5]);
    const network = new Network({ inputs: 1, layers: [dense(1)], loss: meanSquaredError(), seed: 1, engine });
    await network.fit(
      { features, targets },
      { epochs: 200, batchSize: 16, optimizer: momentum({ learningRate: 0.05 }) },
    );
    expectClose(network.readParameter('dense1.kernel'), [3], { rtol: 1e-3, atol: 0 });
    expectClose(network.readParameter('dense1.bias'), [-0.5], { rtol: 1e-3, atol: 0 });
    expect((await network.evaluate({ features, targets })).loss).toBeLessThan(1e-5);
  });

  it('synthetic digits, better than a linear classifier', async () => {
    const { train, test } = syntheticDigits({ train: 3000, test: 500, seed: 1 });
    const fit = { epochs: 4, batchSize: 100, learningRate: 0.002 };
    const linear = new Network({ inputs: 784, layers: [dense(10)], seed: 1, engine });
    await linear.fit(train, fit);
    const deep = new Network({
      inputs: 784,
      layers: [dense(96, { bias: false }), batchNorm(), activation('relu'), dropout(0.1), dense(10)],
      seed: 1,
      engine,
    });
    const { epochs } = await deep.fit(train, { ...fit, validation: test });
    const [plain, better] = [(await linear.evaluate(test)).accuracy ?? 0, epochs.at(-1)?.valAccuracy ?? 0];
    expect(better).toBeGreaterThan(0.88);
    expect(better).toBeGreaterThan(plain + 0.03);
    expect(epochs.at(-1)?.loss).toBeLessThan(epochs[0].loss / 2);
  });
});

describe.each(engines)('what the %s engine says of samples', (engine) => {
  const data = blobs(333, 9, 4);
  const layers = [dense(17, { activation: 'elu' }), batchNorm(), dropout(0.5), dense(4)];
  const make = async () => {
    const network = new Network({ inputs: 9, layers, seed: 2, engine });
    await network.fit(data, { epochs: 2, batchSize: 64 });
    return network;
  };
  const flat = data.features as Float32Array;

  it('is the same at once and in time, alone and among others, as rows and flat', async () => {
    const network = await make();
    const all = await network.predict(data);
    expectClose(network.predictSync(flat), all, tolerances.float32, 'predictSync');
    expectClose(await network.predict(flat), all, tolerances.exact, 'flat');
    const rows = Array.from({ length: 5 }, (_, row) => Array.from(flat.subarray(row * 9, (row + 1) * 9)));
    expectClose(await network.predict(rows), all.subarray(0, 20), tolerances.float32, 'rows');
    for (const row of [0, 7, 332]) {
      const one = network.predictSync(flat.subarray(row * 9, (row + 1) * 9));
      expectClose(one, all.subarray(row * 4, (row + 1) * 4), tolerances.float32, `sample ${row}`);
    }
  });

  it('are probabilities, softmax of the raw outputs, and their largest is the class', async () => {
    const network = await make();
    const [probabilities, raw] = [await network.predict(data), await network.predict(data, { raw: true })];
    for (let row = 0; row < 333; row++) {
      const own = probabilities.subarray(row * 4, (row + 1) * 4);
      expect(Math.abs(own.reduce((sum, value) => sum + value, 0) - 1)).toBeLessThan(1e-6);
    }
    expect(Array.from(await network.classify(data))).toEqual(bestOf(raw, 4));
    expect(bestOf(probabilities, 4)).toEqual(bestOf(raw, 4));
    expectClose(network.predictSync(flat, { raw: true }), raw, tolerances.float32);
  });

  it('agrees with evaluate: the share that classify gets right, the mean of the loss', async () => {
    const network = await make();
    const [classes, probabilities] = [await network.classify(data), await network.predict(data)];
    const { loss, accuracy } = await network.evaluate(data);
    const labels = data.labels ?? new Int32Array(0);
    expect(accuracy).toBeCloseTo(classes.filter((value, i) => value === labels[i]).length / 333, 12);
    const sum = Array.from(labels).reduce((total, label, i) => total - Math.log(probabilities[i * 4 + label]), 0);
    expectClose([loss], [sum / 333], tolerances.float32);
  });

  it('scales bytes as training does', async () => {
    const network = await make();
    const bytes = Uint8Array.from({ length: 18 }, (_, i) => i * 14);
    const scaled = Float32Array.from(bytes, (value) => value / 255);
    expectClose(await network.predict(bytes), network.predictSync(scaled), tolerances.float32);
  });
});
