import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  batchNorm,
  dense,
  dropout,
  engineInfo,
  hooks,
  Network,
  nonNegative,
  rotation,
  sgd,
  shards,
  writeShards,
  type FitOptions,
  type NonFiniteError,
  type TrainingData,
} from '../../lib/index.js';
import { dataset } from '../../lib/data/index.js';
import { makeRow, optimizerRows, titleOf } from '../optimizers/table.js';
import { bitsOf, expectSameState } from '../support/arenas.js';
import { expectSameBits } from '../support/compare.js';
import { rejectionOf } from '../support/errors.js';
import { blobs } from '../support/networks.js';

const engines = engineInfo().engine === 'native' ? (['native', 'reference'] as const) : (['reference'] as const);

beforeEach(() => void vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined));
afterEach(() => vi.restoreAllMocks());

/** Samples of which one is so large that the gradient overflows behind a tiny kernel, and the loss does not. */
function samplesWithLarge(large: number, length = 60) {
  const features = Float32Array.from({ length: length * 2 }, (_, i) => Math.sin(i));
  features[large * 2] = 3e37;
  return dataset({ features, targets: Float32Array.from({ length }, (_, i) => Math.cos(i)), width: 2 });
}

describe.each(engines)('a fit that meets a number that is not finite, on the %s engine', (engine) => {
  const make = (layers = [dense(1)], inputs = 2) =>
    new Network({ inputs, layers, loss: 'meanSquaredError', seed: 5, engine });
  const tiny = (layers = [dense(1)], inputs = 2) => {
    const network = make(layers, inputs);
    network.writeParameter('dense1.kernel', new Float32Array(inputs).fill(1e-30));
    return network;
  };

  /** Fits until the failure, and another network until the step before; returns the error. */
  async function compare(network: () => Network, data: TrainingData, options: () => FitOptions, at: number) {
    const failed = network();
    const error = (await rejectionOf(failed.fit(data, options()).then())) as NonFiniteError;
    expect(error).toMatchObject({ code: 'ERR_NON_FINITE', step: at });
    for (const values of bitsOf(failed)) expect(values.every(Number.isFinite)).toBe(true);
    const stopped = network();
    const stop = hooks({ stepInterval: Math.max(1, at), onStepEnd: (_, training) => training.stop('just before') });
    if (at > 0) await stopped.fit(data, { ...options(), callbacks: [...(options().callbacks ?? []), stop] });
    else stopped.prepareSlots(failed.store.slots, stopped);
    expectSameState(failed, stopped);
    return error;
  }

  it.each(optimizerRows.map((row) => [titleOf(row), row] as const))(
    'stands where it stood before that step: %s',
    async (_, row) => {
      const options = () => ({ batchSize: 4, shuffle: false, optimizer: makeRow(row, { learningRate: 1e-28 }) });
      for (const large of [1, 27]) {
        const { place, message } = await compare(tiny, samplesWithLarge(large), options, Math.floor(large / 4));
        expect(message).toContain('The gradient was not finite');
        expect(place).toEqual({ layer: 'dense1', tensor: 'gradient of dense1.kernel', samples: [large] });
      }
    },
  );

  it('does so where clipping would hide an infinity', async () => {
    const options = () => ({ batchSize: 4, shuffle: false, optimizer: sgd({ learningRate: 1e-28, clipValue: 1 }) });
    const { place } = await compare(tiny, samplesWithLarge(30), options, 7);
    expect(place).toEqual({ layer: 'dense1', tensor: 'gradient of dense1.kernel', samples: [30] });
  });

  it('does so where a norm is clipped, or a constraint would hide it', async () => {
    const norm = () => ({ batchSize: 4, shuffle: false, optimizer: sgd({ learningRate: 1e-28, clipNorm: 1 }) });
    await compare(tiny, samplesWithLarge(30), norm, 7);
    const constrained = () => tiny([dense(1, { constraint: nonNegative() })]);
    const options = () => ({ batchSize: 4, shuffle: false, optimizer: sgd({ learningRate: 1e-28 }) });
    await compare(constrained, samplesWithLarge(30), options, 7);
  });

  it('goes back over many slices, epochs and copies, with masks, statistics and shuffled order', async () => {
    // A rate that no parameter stands: the gradient is finite, and what it makes of the parameters is not.
    const at = engine === 'native' ? 5000 : 1000;
    const layers = [dense(6, { activation: 'relu' }), batchNorm(), dropout(0.3), dense(1)];
    const { features } = blobs(400, 4, 3);
    const data = dataset({
      features,
      targets: Float32Array.from({ length: 400 }, (_, i) => 1e6 * features[4 * i]),
      width: 4,
    });
    const learningRate = (step: number) => (step === at ? 3e38 : 1e-8);
    const options = () => ({ epochs: 10_000, batchSize: 30, optimizer: sgd({ learningRate }) });
    const { place, message } = await compare(() => make(layers, 4), data, options, at);
    expect(place!.tensor).toMatch(/^update of /);
    expect(message).toContain(`at step ${at} (first met in the update of `);
  });

  it('takes running statistics back with the rest', async () => {
    const features = Float32Array.from({ length: 160 }, (_, i) => Math.sin(i));
    features.fill(3e38, 4 * 29, 4 * 30);
    const data = { features, targets: new Float32Array(40).fill(1), width: 4 };
    const layers = [dense(5, { initializer: 'ones' }), batchNorm(), dense(1)];
    const { place } = await compare(
      () => make(layers, 4),
      data,
      () => ({ batchSize: 10, shuffle: false }),
      2,
    );
    expect(place).toEqual({ layer: 'dense1', tensor: 'output of dense1', samples: [29] });
  });

  it('finds its way among shards, and names the sample', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'blasnet-last-good-'));
    try {
      await writeShards(folder, samplesWithLarge(51), { samplesPerShard: 20 });
      const source = await shards(folder, { window: 8 });
      const options = () => ({ batchSize: 4, shuffle: false, learningRate: 1e-28 });
      const { place } = await compare(tiny, source, options, 12);
      expect(place!.samples).toEqual([51]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('looks at the samples as augmentation made them', async () => {
    const features = Float32Array.from({ length: 30 * 16 }, (_, i) => Math.sin(i));
    features.fill(3e37, 22 * 16, 23 * 16);
    const data = dataset({ features, targets: new Float32Array(30), width: 16, imageShape: [4, 4] });
    const network = () => tiny([dense(1)], 16);
    const options = () => ({ batchSize: 5, shuffle: false, learningRate: 1e-28, augmentation: [rotation(10)] });
    const { place } = await compare(network, data, options, 4);
    expect(place).toEqual({ layer: 'dense1', tensor: 'gradient of dense1.kernel', samples: [22] });
  });

  it('trains on, once the trouble is gone', async () => {
    const network = tiny();
    await rejectionOf(network.fit(samplesWithLarge(30), { batchSize: 4, learningRate: 1e-28 }).then());
    const history = await network.fit(samplesWithLarge(30).slice(0, 30), { batchSize: 4, epochs: 2 });
    expect(history.epochs).toHaveLength(2);
  });
});

describe.each(engines)('a custom loop that meets a number that is not finite, on the %s engine', (engine) => {
  it('takes a step back as a whole', async () => {
    const network = new Network({ inputs: 2, layers: [dense(1)], loss: 'meanSquaredError', seed: 5, engine });
    const loop = network.loop({ optimizer: 'adam' });
    const step = async (slope: number) => {
      await loop.forward(Float32Array.of(1e20, 2, 3, 4));
      await loop.backward(Float32Array.of(slope, slope));
      return loop.step();
    };
    await step(1e-20);
    const before = bitsOf(network);
    const error = await rejectionOf(step(1e25));
    expect(error).toMatchObject({ code: 'ERR_NON_FINITE', step: 1 });
    bitsOf(network).forEach((values, i) => expectSameBits(values, before[i]));
    expect(network.step).toBe(1);
    await step(1e-20);
    loop.dispose();
  });

  it('leaves running statistics as they were', async () => {
    const layers = [dense(3, { initializer: 'ones' }), batchNorm(), dense(1)];
    const network = new Network({ inputs: 2, layers, loss: 'meanSquaredError', seed: 5, engine });
    const before = bitsOf(network);
    const loop = network.loop();
    const error = await rejectionOf(loop.forward(Float32Array.of(3e38, 3e38, 1, 2)));
    expect(error).toMatchObject({ code: 'ERR_NON_FINITE' });
    expectSameBits(bitsOf(network)[0], before[0]);
    expect((await loop.forward(Float32Array.of(3, 3, 1, 2))).every(Number.isFinite)).toBe(true);
  });
});
