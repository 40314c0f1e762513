import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  activation,
  batchNorm,
  dense,
  dropout,
  engineInfo,
  l2,
  meanSquaredError,
  Network,
  Trainer,
  type EpochRecord,
  type Progress,
} from '../../lib/index.js';
import { expectClose, expectSameBits, tolerances } from '../support/compare.js';
import { blobs } from '../support/networks.js';

const data = blobs(200, 6, 3);
const held = blobs(70, 6, 3, 1);
const engines = engineInfo().engine === 'native' ? (['native', 'reference'] as const) : (['reference'] as const);

const layers = [dropout(0.1), dense(12, { regularizer: l2(0.01) }), batchNorm(), activation('relu'), dense(3)];

const weights = (network: Network) => network.parameterNames.map((name) => network.readParameter(name));
const expectSameWeights = (a: Network, b: Network) => {
  weights(a).forEach((values, i) => expectSameBits(values, weights(b)[i], a.parameterNames[i]));
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(engines)('a fit on the %s engine', (engine) => {
  const make = (seed = 1) => new Network({ inputs: 6, layers, seed, engine });

  it('gives a history that adds up', async () => {
    const history = await make().fit(data, { epochs: 3, batchSize: 64, validation: held, learningRate: 0.01 });
    expect(history).toMatchObject({ engine, seed: 1, batchSize: 64, steps: 12 });
    expect(history.optimizer).toMatchObject({ name: 'adam', learningRate: 0.01 });
    expect(history.epochs.map(({ epoch, steps }) => [epoch, steps])).toEqual([
      [1, 4],
      [2, 4],
      [3, 4],
    ]);
    const rows = [64, 64, 64, 8];
    history.epochs.forEach((record, i) => {
      const mean = (steps: Float64Array) => rows.reduce((sum, count, j) => sum + count * steps[4 * i + j], 0) / 200;
      expectClose([record.dataLoss], [mean(history.stepDataLoss)], tolerances.float64, 'dataLoss');
      expectClose([record.loss], [mean(history.stepLoss)], tolerances.float64, 'loss');
      expectClose([record.penalty], [record.loss - record.dataLoss], { rtol: 1e-9, atol: 1e-12 }, 'penalty');
      expect(record.penalty).toBeGreaterThan(0);
      expect(record.accuracy).toBeGreaterThanOrEqual(0);
      expect(record.valLoss).toBeGreaterThan(0);
      expect(record.valAccuracy).toBeLessThanOrEqual(1);
      expect(record.learningRate).toBe(0.01);
      expect(record.samplesPerSecond).toBeGreaterThan(0);
    });
  });

  it('reports validation as evaluate finds it, and no accuracy for a regression', async () => {
    const network = make();
    const { epochs } = await network.fit(data, { epochs: 2, batchSize: 50, validation: held });
    const { loss, accuracy } = await network.evaluate(held);
    expect(epochs[1].valLoss).toBe(loss);
    expect(epochs[1].valAccuracy).toBe(accuracy);
    const line = new Network({ inputs: 1, layers: [dense(1)], loss: meanSquaredError(), engine });
    const fitted = await line.fit({ features: [[1], [2], [3]], targets: [[2], [4], [6]] }, { epochs: 1 });
    expect('accuracy' in fitted.epochs[0]).toBe(false);
    expect(Object.keys(await line.evaluate({ features: [[1]], targets: [[2]] }))).toEqual(['loss']);
  });

  it('states the penalty of the weights that the step began with', async () => {
    const network = make();
    const kernel = network.readParameter('dense1.kernel');
    const wanted = 0.005 * kernel.reduce((sum, value) => sum + value * value, 0);
    const { stepLoss, stepDataLoss } = await network.fit(data, { epochs: 1, batchSize: 200 });
    expectClose([stepLoss[0] - stepDataLoss[0]], [wanted], tolerances.float32);
  });

  it('can be iterated by epoch, and awaited as well', async () => {
    const fit = make().fit(data, { epochs: 3, batchSize: 50 });
    const seen: EpochRecord[] = [];
    for await (const record of fit) seen.push(record);
    expect(seen).toEqual((await fit).epochs);
    // Late, and twice: the records are kept.
    const again: number[] = [];
    for await (const { epoch } of fit) again.push(epoch);
    expect(again).toEqual([1, 2, 3]);
  });

  it('keeps or drops the samples that do not fill a batch', async () => {
    const keep = await make().fit(data, { epochs: 2, batchSize: 64 });
    const drop = await make().fit(data, { epochs: 2, batchSize: 64, partialBatch: 'drop' });
    expect([keep.steps, drop.steps]).toEqual([8, 6]);
  });

  it('shuffles anew for every epoch, by the seed, or not at all', async () => {
    const lossesOf = async (options: object) => {
      const network = new Network({ inputs: 6, layers: [dense(3, { initializer: 'zeros' })], seed: 4, engine });
      const tiny = { optimizer: 'sgd', learningRate: 1e-30, epochs: 2, batchSize: 20 } as const;
      return Array.from((await network.fit(data, { ...tiny, ...options })).stepDataLoss, (loss) => loss.toFixed(9));
    };
    // With nothing learned, a step's loss tells which samples were in it. Labels alone decide: all outputs are 0.
    const accuracyOf = async (options: object) => {
      const network = new Network({ inputs: 6, layers: [dense(3)], seed: 4, engine });
      const tiny = { optimizer: 'sgd', learningRate: 1e-30, epochs: 2, batchSize: 20 } as const;
      return Array.from((await network.fit(data, { ...tiny, ...options })).stepDataLoss);
    };
    const [first, second] = [await accuracyOf({ seed: 1 }), await accuracyOf({ seed: 2 })];
    expect(first).not.toEqual(second);
    expect(first.slice(0, 10)).not.toEqual(first.slice(10));
    expect(await accuracyOf({ seed: 1 })).toEqual(first);
    const plain = await accuracyOf({ shuffle: false });
    expect(plain.slice(0, 10)).toEqual(plain.slice(10));
    expect(new Set(await lossesOf({})).size).toBe(1);
  });

  it('tells of its progress, ever further', async () => {
    const seen: Progress[] = [];
    await make().fit(data, { epochs: 2, batchSize: 10, onProgress: (progress) => seen.push(progress) });
    expect(seen.at(-1)).toMatchObject({ epoch: 2, epochs: 2, samples: 200, samplesPerEpoch: 200 });
    const done = seen.map(({ epoch, samples }) => epoch * 1000 + samples);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(
      seen.every(({ loss, samplesPerSecond, secondsLeft }) => loss > 0 && samplesPerSecond > 0 && secondsLeft >= 0),
    ).toBe(true);
  });

  it('takes turns with other fits of the same network, and goes on where they stopped', async () => {
    const [together, apart] = [make(), make()];
    await Promise.all([
      together.fit(data, { epochs: 2, batchSize: 50 }),
      together.fit(data, { epochs: 1, batchSize: 40 }),
    ]);
    await apart.fit(data, { epochs: 2, batchSize: 50 });
    await apart.fit(data, { epochs: 1, batchSize: 40 });
    expectSameWeights(together, apart);
    expect(together.step).toBe(13);
  });

  it('of one trainer goes on with the moments; a new trainer begins with none', async () => {
    const [once, twice, anew] = [make(), make(), make()];
    const order = { batchSize: 50, shuffle: false } as const;
    await once.fit(data, { ...order, epochs: 2 });
    const trainer = new Trainer(twice);
    await trainer.fit(data, { ...order, epochs: 1 });
    await trainer.fit(data, { ...order, epochs: 1 });
    expectSameWeights(twice, once);
    await anew.fit(data, { ...order, epochs: 1 });
    await anew.fit(data, { ...order, epochs: 1 });
    expect(anew.readParameter('dense1.kernel')).not.toEqual(once.readParameter('dense1.kernel'));
  });

  it('can be read and asked from its first moment: until a slice is done, for what stood before it', async () => {
    const network = make();
    const [before, input] = [network.readParameter('dense1.kernel'), Float32Array.of(1, 2, 3, 4, 5, 6)];
    const predicted = network.predictSync(input);
    const fit = network.fit(data, { epochs: 4, batchSize: 10 });
    // A slice may have ended before JavaScript hears of it, so these are the values of the start or of a step after it.
    const near = (values: Float32Array, start: Float32Array) =>
      values.every((value, i) => Math.abs(value - start[i]) < 0.2);
    while (network.step === 0) {
      expect(near(network.readParameter('dense1.kernel'), before)).toBe(true);
      expect(network.predictSync(input)).toHaveLength(predicted.length);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await fit;
    expect(network.readParameter('dense1.kernel')).not.toEqual(before);
  });

  it('can be asked for predictions all along, by everybody at once', async () => {
    const network = make();
    const fit = network.fit(data, { epochs: 4, batchSize: 10 });
    const answers = await Promise.all([network.predict(held), network.evaluate(held), network.classify(held)]);
    expect(answers[0].every(Number.isFinite)).toBe(true);
    await fit;
  });
});
