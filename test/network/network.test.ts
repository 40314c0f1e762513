import { describe, expect, it } from 'vitest';
import {
  activation,
  batchNorm,
  dense,
  dropout,
  meanSquaredError,
  Network,
  type DenseOptions,
} from '../../lib/index.js';
import { layerConfig, layerFromConfig } from '../../lib/layers/index.js';
import { expectSameBits } from '../support/compare.js';
import { thrownBy } from '../support/errors.js';
import { layerRows } from '../layers/table.js';

const layers = [dense(8, { activation: 'relu' }), batchNorm(), dropout(0.5), dense(3)];
const make = (seed = 1) => new Network({ inputs: 4, layers, seed });

describe('a new network', () => {
  it('has parameters by layer and name, in the order of the layers', () => {
    expect(make().parameterNames).toEqual([
      ...['dense1.kernel', 'dense1.bias'],
      ...['batchNorm1.gamma', 'batchNorm1.beta', 'batchNorm1.runningMean', 'batchNorm1.runningVariance'],
      ...['dense2.kernel', 'dense2.bias'],
    ]);
    expect(make().inputs).toBe(4);
    expect(make().outputs).toBe(3);
  });

  it('begins as its initializers say: kernels random, biases 0, gamma 1, running variance 1', () => {
    const network = make();
    const distinct = (name: string) => [...new Set(network.readParameter(name))];
    expect(distinct('dense1.kernel').length).toBeGreaterThan(30);
    for (const name of ['dense1.bias', 'batchNorm1.beta', 'batchNorm1.runningMean'])
      expect(distinct(name)).toEqual([0]);
    for (const name of ['batchNorm1.gamma', 'batchNorm1.runningVariance']) expect(distinct(name)).toEqual([1]);
  });

  it('is the same for the same seed, and another for another', () => {
    expectSameBits(make(7).readParameter('dense2.kernel'), make(7).readParameter('dense2.kernel'));
    expect(make(8).readParameter('dense2.kernel')).not.toEqual(make(7).readParameter('dense2.kernel'));
  });

  it('draws a seed where none is given, and says which', () => {
    const network = new Network({ inputs: 2, layers: [dense(2)] });
    expect(Number.isSafeInteger(network.seed)).toBe(true);
    const again = new Network({ inputs: 2, layers: [dense(2)], seed: network.seed });
    expectSameBits(again.readParameter('dense1.kernel'), network.readParameter('dense1.kernel'));
  });

  it('keeps its start when layers are added behind', () => {
    const longer = new Network({ inputs: 4, layers: [...layers, dense(9)], seed: 1 });
    expectSameBits(longer.readParameter('dense1.kernel'), make().readParameter('dense1.kernel'));
  });

  it('takes one description for many networks, and layers by their own names', () => {
    const shared = dense(4, { name: 'shared' });
    const first = new Network({ inputs: 4, layers: [shared], seed: 1 });
    const second = new Network({ inputs: 9, layers: [shared], seed: 1 });
    expect(first.readParameter('shared.kernel')).toHaveLength(16);
    expect(second.readParameter('shared.kernel')).toHaveLength(36);
  });

  it('chooses the initializer by the activation, unless it is told', () => {
    const deviation = (options: DenseOptions, fan: number) => {
      const network = new Network({ inputs: fan, layers: [dense(fan, options)], seed: 3 });
      return Math.hypot(...network.readParameter('dense1.kernel')) / fan;
    };
    const near = (value: number, wanted: number) => expect(Math.abs(value / wanted - 1)).toBeLessThan(0.05);
    near(deviation({ activation: 'relu' }, 100), Math.sqrt(2 / 100));
    near(deviation({ activation: 'selu' }, 100), Math.sqrt(1 / 100));
    near(deviation({ activation: 'tanh' }, 100), Math.sqrt(2 / 200));
    near(deviation({ activation: 'relu', initializer: 'ones' }, 100), 1);
  });
});

describe('parameters', () => {
  it('are read as copies and written as given', () => {
    const network = make();
    const values = Float32Array.from({ length: 32 }, (_, i) => i / 7);
    network.writeParameter('dense1.kernel', values);
    values.fill(9);
    const read = network.readParameter('dense1.kernel');
    expect(read[8]).toBe(Math.fround(8 / 7));
    read.fill(5);
    expect(network.readParameter('dense1.kernel')[8]).toBe(Math.fround(8 / 7));
    network.writeParameter('dense2.bias', [1, 2, 3]);
    expect(Array.from(network.readParameter('dense2.bias'))).toEqual([1, 2, 3]);
  });

  it('written, they show in the predictions at once', () => {
    const network = new Network({ inputs: 2, layers: [dense(1)], loss: meanSquaredError() });
    network.writeParameter('dense1.kernel', [2, 3]);
    network.writeParameter('dense1.bias', [0.5]);
    expect(Array.from(network.predictSync(Float32Array.of(1, 1, 10, 0)))).toEqual([5.5, 20.5]);
  });

  it('of wrong names, sizes and values are refused, and nothing is written', () => {
    const network = make();
    const before = network.readParameter('dense2.bias');
    const unknown = thrownBy(() => network.readParameter('dense3.kernel'));
    expect(unknown.code).toBe('ERR_OPTION_CHOICE');
    expect(unknown.message).toContain('dense1.kernel, dense1.bias');
    expect(thrownBy(() => network.readParameter('__proto__')).code).toBe('ERR_OPTION_CHOICE');
    expect(thrownBy(() => network.readParameter(5 as never)).code).toBe('ERR_OPTION_TYPE');
    expect(thrownBy(() => network.writeParameter('dense2.bias', [1, 2])).code).toBe('ERR_SHAPE');
    const infinite = thrownBy(() => network.writeParameter('dense2.bias', [1, NaN, 2]));
    expect(infinite.code).toBe('ERR_DATA_NON_FINITE');
    expect(infinite.message).toContain('received NaN at index 1');
    // Finite in float64 and not in float32: what would be stored is what counts.
    expect(thrownBy(() => network.writeParameter('dense2.bias', [1, 1e39, 2])).code).toBe('ERR_DATA_NON_FINITE');
    expectSameBits(network.readParameter('dense2.bias'), before);
  });
});

describe('summary', () => {
  it('lists layers, widths, parameters and work', () => {
    const network = new Network({
      inputs: 784,
      layers: [dense(512, { activation: 'relu' }), batchNorm(), dense(10)],
      seed: 1,
    });
    const lines = network
      .summary()
      .split('\n')
      .map((line) => line.split(/\s{2,}/).map((cell) => cell.trim()));
    expect(lines[2]).toEqual(['input', '784']);
    expect(lines[3]).toEqual(['dense1', 'dense', '512', '401,920', '802,816']);
    expect(lines[4]).toEqual(['batchNorm1', 'batchNorm', '512', '2,048', '0']);
    expect(lines[5]).toEqual(['dense2', 'dense', '10', '5,130', '10,240']);
    const last = lines.at(-1)?.join(' ');
    expect(last).toContain('408,074 trainable parameters, 1,024 numbers of state');
    expect(last).toContain('813,056 FLOPs per sample');
    expect(last).toContain('loss softmaxCrossEntropy');
  });
});

describe('every description', () => {
  const descriptions = Object.entries(layerRows).flatMap(([type, rows]) =>
    rows.flatMap(([what, list]) => list().map((layer, i) => [`${type} ${what} ${i}`, layer] as const)),
  );
  it.each(descriptions)('%s makes itself again from its config, which is plain JSON', (_what, layer) => {
    const config = layerConfig(layer);
    const again = layerFromConfig(JSON.parse(JSON.stringify(config)));
    expect(layerConfig(again)).toEqual(config);
  });

  it('keeps its name', () => {
    expect(layerFromConfig(layerConfig(activation('relu', { name: 'front' }))).name).toBe('front');
  });
});
