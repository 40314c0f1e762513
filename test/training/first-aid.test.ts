import { describe, expect, it } from 'vitest';
import {
  dense,
  engineInfo,
  estimateFit,
  findLearningRate,
  Network,
  overfitOneBatch,
  type LayerDescription,
} from '../../lib/index.js';
import { expectSameBits } from '../support/compare.js';
import { rejectionOf } from '../support/errors.js';
import { blobs } from '../support/networks.js';

const engines = engineInfo().engine === 'native' ? (['native', 'reference'] as const) : (['reference'] as const);
const data = blobs(400, 6, 3);
const usual = [dense(16, { activation: 'relu' }), dense(3)];

describe.each(engines)('first aid on the %s engine', (engine) => {
  const make = (layers: LayerDescription[] = usual) => new Network({ inputs: 6, layers, seed: 1, engine });
  const untouched = async (network: Network, work: () => Promise<unknown>) => {
    const before = network.parameterNames.map((name) => network.readParameter(name));
    await work();
    network.parameterNames.forEach((name, i) => expectSameBits(network.readParameter(name), before[i]));
    expect(network.step).toBe(0);
  };

  it('finds a rate that trains, between one that crawls and one that diverges', async () => {
    const network = make();
    await untouched(network, () => findLearningRate(network, data, { batchSize: 50 }));
    const { learningRate, rates, losses, smoothed } = await findLearningRate(network, data, { batchSize: 50 });
    expect(learningRate).toBeGreaterThan(1e-4);
    expect(learningRate).toBeLessThan(1);
    expect(rates[0]).toBeCloseTo(1e-6, 12);
    expect([...rates].sort((a, b) => a - b)).toEqual(rates);
    expect([losses.length, smoothed.length]).toEqual([rates.length, rates.length]);
    const lossOf = async (rate: number) =>
      (await make().fit(data, { epochs: 3, batchSize: 50, learningRate: rate })).epochs[2].loss;
    expect(await lossOf(learningRate)).toBeLessThan(await lossOf(learningRate / 100));
  });

  it('ends the range test where the loss runs away', async () => {
    const { rates } = await findLearningRate(make(), data, { batchSize: 50, optimizer: 'sgd', to: 1e6 });
    expect(rates.length).toBeLessThan(100);
    const error = await rejectionOf(findLearningRate(make(), data, { from: 1, to: 0.5 }));
    expect(error.code).toBe('ERR_OPTION_RANGE');
  });

  it('learns a batch by heart, or says what may be wrong', async () => {
    const network = make();
    await untouched(network, () => overfitOneBatch(network, data));
    const well = await overfitOneBatch(network, data, { learningRate: 0.01 });
    expect(well).toMatchObject({ learned: true, after: { accuracy: 1 } });
    expect(well.steps).toBeLessThan(1000);
    // The same sample under two labels.
    const features = new Float32Array(6 * 10).fill(0.5);
    const contradicting = { features, labels: [0, 1, 0, 1, 0, 1, 0, 1, 0, 1], classes: 3, width: 6 };
    const ill = await overfitOneBatch(network, contradicting, { steps: 100 });
    expect(ill).toMatchObject({ learned: false, steps: 100 });
    expect(ill.verdict).toContain('labels that contradict');
  });

  it('estimates time and memory of a fit', async () => {
    const network = make();
    const options = { epochs: 60, batchSize: 20, validation: blobs(100, 6, 3) };
    await untouched(network, () => estimateFit(network, data, options));
    const { steps, seconds, bytes } = await estimateFit(network, data, options);
    expect(steps).toBe(1200);
    const start = performance.now();
    await network.fit(data, options);
    const taken = (performance.now() - start) / 1000;
    // Other work on the machine may slow down either.
    expect(seconds).toBeGreaterThan(taken / 20);
    expect(seconds).toBeLessThan(taken * 20);
    // Two arrays of Adam, and the copy of them.
    expect(bytes.optimizer).toBe(2 * 2 * 4 * network.architecture.arenaSize);
    expect(bytes.data).toBe(500 * (6 * 4 + 4));
    expect(bytes.batch).toBeGreaterThan(20 * 16 * 4);
    expect(bytes.total).toBe(bytes.parameters + bytes.optimizer + bytes.data + bytes.batch);
    expect((await rejectionOf(estimateFit(network, data, { epoch: 3 } as never))).message).toContain('epochs');
  });
});
