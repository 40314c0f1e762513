import { setEnvironmentData } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import {
  activation,
  batchNorm,
  dense,
  dropout,
  engineInfo,
  inputNormalization,
  Network,
  sgd,
  type NonFiniteError,
} from '../../lib/index.js';
import { rejectionOf } from '../support/errors.js';
import { blobs } from '../support/networks.js';
import { collectWarnings } from '../support/runs.js';

const engines = engineInfo().engine === 'native' ? (['native', 'reference'] as const) : (['reference'] as const);

const warnings = collectWarnings();

describe.each(engines)('a value that is not finite, on the %s engine', (engine) => {
  /** Samples of which some are so large that float32 overflows behind the first layer. */
  const samplesWith = (large: readonly number[], length = 30) => {
    const features = Float32Array.from({ length: length * 4 }, (_, i) => Math.sin(i));
    for (const sample of large) features.fill(3e38, sample * 4, sample * 4 + 4);
    return { features, targets: new Float32Array(length).fill(1), width: 4 };
  };
  const failureOf = async (network: Network, data: Parameters<Network['fit']>[0], options = {}) => {
    const fit = network.fit(data, { batchSize: 10, optimizer: sgd({ learningRate: 1e-3 }), ...options });
    return (await rejectionOf(fit.then())) as NonFiniteError;
  };

  it('is named with the step, the first layer and tensor, and the samples', async () => {
    const layers = [dense(5, { initializer: 'ones' }), dropout(0.1), dense(1)];
    const network = new Network({ inputs: 4, layers, loss: 'meanSquaredError', seed: 1, engine });
    const before = Array.from(network.readParameter('dense1.kernel'));
    const error = await failureOf(network, samplesWith([13, 17]), { shuffle: false });
    expect(error).toMatchObject({ code: 'ERR_NON_FINITE', step: 1 });
    expect(error.place).toEqual({ layer: 'dense1', tensor: 'output of dense1', samples: [13, 17] });
    expect(error.message).toContain('step 1 (first met in the output of dense1, for samples 13, 17)');
    expect(network.step).toBe(1);
    expect(network.readParameter('dense1.kernel').every(Number.isFinite)).toBe(true);
    expect(Array.from(network.readParameter('dense1.kernel'))).not.toEqual(before);
  });

  it('is found in a shuffled epoch, by the sample it came from', async () => {
    const network = new Network({
      inputs: 4,
      layers: [dense(1, { initializer: 'ones' })],
      loss: 'meanSquaredError',
      seed: 3,
      engine,
    });
    const { place } = await failureOf(network, samplesWith([21]));
    expect(place).toEqual({ layer: 'dense1', tensor: 'output of dense1', samples: [21] });
  });

  it('in a gradient is found at its step, by the sample that it owes it to', async () => {
    const network = new Network({
      inputs: 1,
      layers: [dense(1, { initializer: 'ones' })],
      loss: 'meanSquaredError',
      engine,
    });
    network.writeParameter('dense1.kernel', [1e-30]);
    const data = { features: Float32Array.of(1, 2, 3e37, 3), targets: new Float32Array(4), width: 1 };
    const { place, message } = await failureOf(network, data, { batchSize: 4, epochs: 1 });
    expect(place).toEqual({ layer: 'dense1', tensor: 'gradient of dense1.kernel', samples: [2] });
    expect(message).toContain(
      'The gradient was not finite at step 0 (first met in the gradient of dense1.kernel, for sample 2)',
    );
    expect(Array.from(network.readParameter('dense1.kernel'))).toEqual([Math.fround(1e-30)]);
  });

  it('in a gradient behind a finite loss is found, and the last good parameters come back', async () => {
    // A tiny slope of the loss times a huge kernel overflows on the way down.
    const layers = [dense(2, { initializer: 'ones' }), activation('tanh'), dense(3)];
    const network = new Network({ inputs: 4, layers, seed: 1, engine });
    network.writeParameter('dense2.kernel', [3e38, -3e38, 3e38, 3e38, 3e38, -3e38]);
    network.writeParameter('dense1.kernel', new Array<number>(8).fill(1e-39));
    const first = network.readParameter('dense2.kernel');
    const fit = network.fit(blobs(40, 4, 3), { epochs: 1, batchSize: 40, optimizer: sgd({ learningRate: 3e38 }) });
    const error = (await rejectionOf(fit.then())) as NonFiniteError;
    expect(error.code).toBe('ERR_NON_FINITE');
    for (const name of network.parameterNames)
      expect(network.readParameter(name).every(Number.isFinite), name).toBe(true);
    expect(Array.from(network.readParameter('dense2.kernel'))).toEqual(Array.from(first));
    network.writeParameter('dense2.kernel', [1, 0, 0, 1, 0, 0]);
    await network.fit(blobs(40, 4, 3), { epochs: 1 });
  });

  it('does not stay in running statistics', async () => {
    const layers = [dense(5, { initializer: 'ones' }), batchNorm(), dense(1)];
    const network = new Network({ inputs: 4, layers, loss: 'meanSquaredError', seed: 1, engine });
    const error = await failureOf(network, samplesWith([25]), { shuffle: false });
    expect(error.place).toMatchObject({ layer: 'dense1', samples: [25] });
    for (const name of network.parameterNames)
      expect(network.readParameter(name).every(Number.isFinite), name).toBe(true);
  });
});

it('features on a large scale are said once, unless the network scales them', async () => {
  const data = blobs(50, 4, 3);
  setEnvironmentData('blasnet input scale notice', undefined);
  const large = { features: data.features.map((value) => value * 500) as Float32Array, labels: data.labels!, width: 4 };
  await new Network({ inputs: 4, layers: [inputNormalization(), dense(3)] }).fit(large, { epochs: 1 });
  await new Network({ inputs: 4, layers: [dense(3)] }).fit(data, { epochs: 1 });
  expect(warnings).toEqual([]);
  for (let i = 0; i < 2; i++) await new Network({ inputs: 4, layers: [dense(3)] }).fit(large, { epochs: 1 });
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain('inputNormalization()');
});
