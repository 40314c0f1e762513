import { describe, expect, it } from 'vitest';
import {
  activation,
  adam,
  batchNorm,
  BlasnetError,
  constant,
  dataset,
  dense,
  dropout,
  elu,
  l2,
  leakyRelu,
  meanSquaredError,
  momentum,
  Network,
  normal,
  rmsProp,
  selectEngine,
  sgd,
  Trainer,
} from '../../lib/index.js';
import { blobs } from '../support/networks.js';

/* What callers without types can do wrong. Every row is a typed error, thrown at once, before any work. */

const data = blobs(20, 4, 3);
const layers = [dense(5), dense(3)];
const network = new Network({ inputs: 4, layers, seed: 1 });
const regression = new Network({ inputs: 4, layers: [dense(2)], loss: meanSquaredError(), seed: 1 });
const normed = new Network({ inputs: 4, layers: [dense(5), batchNorm(), dense(3)], seed: 1 });

type Row = readonly [what: string, call: () => unknown, code: string, says: RegExp];

const make = (options: unknown) => () => new Network(options as never);
const fit =
  (options: unknown, set: unknown = data) =>
  () =>
    network.fit(set as never, options as never);

const rows: Record<string, readonly Row[]> = {
  'new Network': [
    ['without options', make(undefined), 'ERR_OPTION_TYPE', /inputs, received undefined/],
    ['with null', make(null), 'ERR_OPTION_TYPE', /options object for Network, received null/],
    ['without inputs', make({ layers }), 'ERR_OPTION_TYPE', /for inputs, received undefined/],
    ['inputs 0', make({ inputs: 0, layers }), 'ERR_OPTION_RANGE', /from 1 to .* for inputs, received 0/],
    ['inputs 2.5', make({ inputs: 2.5, layers }), 'ERR_OPTION_RANGE', /inputs, received 2.5/],
    ['inputs "4"', make({ inputs: '4', layers }), 'ERR_OPTION_TYPE', /inputs, received "4"/],
    ['inputs beyond limits', make({ inputs: 2 ** 25, layers }), 'ERR_OPTION_RANGE', /inputs/],
    ['without layers', make({ inputs: 4 }), 'ERR_OPTION_TYPE', /array of layers for layers, received undefined/],
    ['no layers', make({ inputs: 4, layers: [] }), 'ERR_OPTION_RANGE', /at least one layer/],
    ['layers as one', make({ inputs: 4, layers: dense(3) }), 'ERR_OPTION_TYPE', /array of layers/],
    ['layers by name', make({ inputs: 4, layers: ['dense'] }), 'ERR_OPTION_TYPE', /layers\[0\], received "dense"/],
    [
      'a layer forgotten to call',
      make({ inputs: 4, layers: [dense] }),
      'ERR_OPTION_TYPE',
      /layers\[0\], received a function/,
    ],
    ['layers with a hole', make({ inputs: 4, layers: [dense(3), undefined] }), 'ERR_OPTION_TYPE', /layers\[1\]/],
    [
      'two of one name',
      make({ inputs: 4, layers: [dense(3, { name: 'a' }), dense(3, { name: 'a' })] }),
      'ERR_OPTION_RANGE',
      /"a" twice/,
    ],
    [
      'a name with a dot',
      make({ inputs: 4, layers: [dense(3, { name: 'a.b' })] }),
      'ERR_OPTION_RANGE',
      /name of layers\[0\]/,
    ],
    [
      'an unknown loss',
      make({ inputs: 4, layers, loss: 'crossEntropy' }),
      'ERR_OPTION_CHOICE',
      /for loss, received "crossEntropy"/,
    ],
    ['a loss that is none', make({ inputs: 4, layers, loss: {} }), 'ERR_OPTION_TYPE', /for loss, received an object/],
    [
      'an unknown option',
      make({ inputs: 4, layers, optimiser: 'adam' }),
      'ERR_OPTION_UNKNOWN',
      /Unknown option optimiser/,
    ],
    ['input for inputs', make({ input: 4, layers }), 'ERR_OPTION_UNKNOWN', /did you mean inputs\?/],
    ['seed -1', make({ inputs: 4, layers, seed: -1 }), 'ERR_OPTION_RANGE', /seed, received -1/],
    ['seed 2^53', make({ inputs: 4, layers, seed: 2 ** 53 }), 'ERR_OPTION_RANGE', /seed/],
    [
      'threads 0',
      make({ inputs: 4, layers, threads: 0 }),
      'ERR_OPTION_RANGE',
      /from 1 to 1024 for threads, received 0/,
    ],
    ['threads 1.5', make({ inputs: 4, layers, threads: 1.5 }), 'ERR_OPTION_RANGE', /threads/],
    ['threads "all"', make({ inputs: 4, layers, threads: 'all' }), 'ERR_OPTION_TYPE', /threads, received "all"/],
    [
      'an unknown engine',
      make({ inputs: 4, layers, engine: 'cuda' }),
      'ERR_OPTION_CHOICE',
      /"native", "reference" for engine/,
    ],
    ['too many parameters', make({ inputs: 2 ** 24, layers: [dense(2 ** 24)] }), 'ERR_SHAPE', /parameters/],
  ],
  'a layer': [
    ['dense()', () => dense(undefined as never), 'ERR_OPTION_TYPE', /units, received undefined/],
    ['dense(0)', () => dense(0), 'ERR_OPTION_RANGE', /units, received 0/],
    ['dense(NaN)', () => dense(NaN), 'ERR_OPTION_RANGE', /units, received NaN/],
    [
      'dense of an unknown activation',
      () => dense(3, { activation: 'rleu' as never }),
      'ERR_OPTION_CHOICE',
      /did you mean "relu"\?/,
    ],
    [
      'dense of an activation that is a function',
      () => dense(3, { activation: Math.tanh as never }),
      'ERR_OPTION_TYPE',
      /activation/,
    ],
    [
      'dense with useBias',
      () => dense(3, { useBias: false } as never),
      'ERR_OPTION_UNKNOWN',
      /did you mean bias\?|known options/,
    ],
    ['dense with bias 0', () => dense(3, { bias: 0 as never }), 'ERR_OPTION_TYPE', /true or false for bias/],
    [
      'dense of an unknown initializer',
      () => dense(3, { initializer: 'he' as never }),
      'ERR_OPTION_CHOICE',
      /initializer, received "he"/,
    ],
    [
      'dense of a constant without its value',
      () => dense(3, { initializer: 'constant' as never }),
      'ERR_OPTION_CHOICE',
      /initializer/,
    ],
    [
      'dense with a number to regularize',
      () => dense(3, { regularizer: 0.1 as never }),
      'ERR_OPTION_TYPE',
      /regularizer/,
    ],
    ['dense with an empty name', () => dense(3, { name: '' }), 'ERR_OPTION_TYPE', /name/],
    ['dropout(1)', () => dropout(1), 'ERR_OPTION_RANGE', /at least 0 and below 1 for rate, received 1/],
    ['dropout(-0.1)', () => dropout(-0.1), 'ERR_OPTION_RANGE', /rate/],
    ['dropout()', () => dropout(undefined as never), 'ERR_OPTION_TYPE', /rate/],
    ['batchNorm with epsilon 0', () => batchNorm({ epsilon: 0 }), 'ERR_OPTION_RANGE', /above 0 for epsilon/],
    ['batchNorm with momentum 1', () => batchNorm({ momentum: 1 }), 'ERR_OPTION_RANGE', /momentum, received 1/],
    ['batchNorm with eps', () => batchNorm({ eps: 1e-3 } as never), 'ERR_OPTION_UNKNOWN', /did you mean epsilon\?/],
    ['activation()', () => activation(undefined as never), 'ERR_OPTION_TYPE', /activation/],
    ['leakyRelu with slope 1', () => leakyRelu({ slope: 1 }), 'ERR_OPTION_RANGE', /slope/],
    ['elu with alpha 0', () => elu({ alpha: 0 }), 'ERR_OPTION_RANGE', /alpha/],
    ['l2(-1)', () => l2(-1), 'ERR_OPTION_RANGE', /lambda, received -1/],
    ['l2(NaN)', () => l2(NaN), 'ERR_OPTION_RANGE', /lambda/],
    [
      'normal with a negative deviation',
      () => normal({ standardDeviation: -1 }),
      'ERR_OPTION_RANGE',
      /standardDeviation/,
    ],
    ['constant of Infinity', () => constant({ value: Infinity }), 'ERR_OPTION_RANGE', /value/],
  ],
  'an optimizer': [
    [
      'a learning rate of 0',
      () => sgd({ learningRate: 0 }),
      'ERR_OPTION_RANGE',
      /above 0 for learningRate, received 0/,
    ],
    ['a learning rate of NaN', () => adam({ learningRate: NaN }), 'ERR_OPTION_RANGE', /learningRate, received NaN/],
    [
      'lr',
      () => adam({ lr: 0.1 } as never),
      'ERR_OPTION_UNKNOWN',
      /Unknown option lr for adam; did you mean learningRate\?/,
    ],
    ['a beta of 1', () => adam({ beta1: 1 }), 'ERR_OPTION_RANGE', /below 1 for beta1/],
    ['a negative epsilon', () => rmsProp({ epsilon: -1 }), 'ERR_OPTION_RANGE', /epsilon/],
    ['a decay as text', () => rmsProp({ decay: '0.9' as never }), 'ERR_OPTION_TYPE', /decay, received "0.9"/],
    ['a momentum above 1', () => momentum({ momentum: 1.5 }), 'ERR_OPTION_RANGE', /momentum/],
    ['a number for options', () => sgd(0.1 as never), 'ERR_OPTION_TYPE', /options object for sgd, received 0.1/],
  ],
  fit: [
    ['lr', fit({ lr: 0.1 }), 'ERR_OPTION_UNKNOWN', /Unknown option lr for fit; did you mean learningRate\?/],
    ['batch_size', fit({ batch_size: 8 }), 'ERR_OPTION_UNKNOWN', /did you mean batchSize\?/],
    ['epoch', fit({ epoch: 3 }), 'ERR_OPTION_UNKNOWN', /did you mean epochs\?/],
    ['epochs 0', fit({ epochs: 0 }), 'ERR_OPTION_RANGE', /at least 1 for epochs, received 0/],
    ['epochs Infinity', fit({ epochs: Infinity }), 'ERR_OPTION_RANGE', /epochs/],
    ['a batch of 0', fit({ batchSize: 0 }), 'ERR_OPTION_RANGE', /batchSize, received 0/],
    [
      'a batch larger than the data',
      fit({ batchSize: 21 }),
      'ERR_OPTION_RANGE',
      /at most 20 \(the number of samples\) for batchSize/,
    ],
    ['an unknown optimizer', fit({ optimizer: 'adma' }), 'ERR_OPTION_CHOICE', /did you mean "adam"\?/],
    ['an optimizer that is none', fit({ optimizer: {} }), 'ERR_OPTION_TYPE', /optimizer, received an object/],
    ['an optimizer not called', fit({ optimizer: adam }), 'ERR_OPTION_TYPE', /optimizer, received a function/],
    [
      'two learning rates',
      fit({ optimizer: adam(), learningRate: 0.1 }),
      'ERR_OPTION_CONFLICT',
      /inside the optimizer/,
    ],
    ['a negative learning rate', fit({ learningRate: -1 }), 'ERR_OPTION_RANGE', /learningRate/],
    ['shuffle 1', fit({ shuffle: 1 }), 'ERR_OPTION_TYPE', /true or false for shuffle/],
    ['partialBatch "pad"', fit({ partialBatch: 'pad' }), 'ERR_OPTION_CHOICE', /"keep", "drop" for partialBatch/],
    ['seed 0.5', fit({ seed: 0.5 }), 'ERR_OPTION_RANGE', /seed/],
    ['a signal that is none', fit({ signal: { aborted: false } }), 'ERR_OPTION_TYPE', /AbortSignal for signal/],
    ['onProgress true', fit({ onProgress: true }), 'ERR_OPTION_TYPE', /function for onProgress/],
    ['null for options', fit(null), 'ERR_OPTION_TYPE', /fit, received null/],
    [
      'a ragged last batch of one with BatchNorm',
      () => normed.fit(data, { batchSize: 19 }),
      'ERR_OPTION_RANGE',
      /layer batchNorm1, received 1 in the last one/,
    ],
    ['a batch of one with BatchNorm', () => normed.fit(data, { batchSize: 1 }), 'ERR_OPTION_RANGE', /batchNorm1/],
    [
      'another trainer, optimizer in fit',
      () => new Trainer(network).fit(data, { optimizer: 'adam' } as never),
      'ERR_OPTION_UNKNOWN',
      /optimizer/,
    ],
  ],
  data: [
    ['none', fit({}, null), 'ERR_OPTION_TYPE', /for train, received null/],
    ['a string', fit({}, 'mnist'), 'ERR_OPTION_TYPE', /for train, received "mnist"/],
    ['an array', fit({}, [[1, 2, 3, 4]]), 'ERR_OPTION_TYPE', /train/],
    ['no samples', fit({}, { features: [], labels: [] }), 'ERR_DATA_EMPTY', /at least one sample for train.features/],
    [
      'an empty typed array',
      fit({}, { features: new Float32Array(0), labels: [], width: 4 }),
      'ERR_DATA_EMPTY',
      /train.features/,
    ],
    [
      'ragged rows',
      fit({}, { features: [[1, 2, 3, 4], [1]], labels: [0, 1] }),
      'ERR_DATA_RAGGED',
      /features\[1\], received 1/,
    ],
    ['NaN', fit({}, { features: [[1, 2, NaN, 4]], labels: [0] }), 'ERR_DATA_NON_FINITE', /NaN in sample 0, column 2/],
    [
      'numbers beyond float32',
      fit({}, { features: [[1, 2, 1e39, 4]], labels: [0] }),
      'ERR_DATA_NON_FINITE',
      /Infinity/,
    ],
    [
      'fewer labels than samples',
      fit(
        {},
        {
          features: [
            [1, 2, 3, 4],
            [1, 2, 3, 4],
          ],
          labels: [0],
        },
      ),
      'ERR_SHAPE',
      /Expected 2 values/,
    ],
    [
      'a label that is no class of the network',
      fit({}, { features: [[1, 2, 3, 4]], labels: [3] }),
      'ERR_DATA_LABELS',
      /at most 3 classes/,
    ],
    [
      'a negative label',
      fit({}, { features: [[1, 2, 3, 4]], labels: [-1] }),
      'ERR_DATA_LABEL',
      /labels\[0\], received -1/,
    ],
    ['half a label', fit({}, { features: [[1, 2, 3, 4]], labels: [0.5] }), 'ERR_DATA_LABEL', /labels\[0\]/],
    ['no labels', fit({}, { features: [[1, 2, 3, 4]] }), 'ERR_DATA_LABELS', /Expected labels in train/],
    [
      'another width',
      fit({}, { features: [[1, 2]], labels: [0] }),
      'ERR_SHAPE',
      /Expected 4 features per sample .* received 2/,
    ],
    [
      'an unknown field',
      fit({}, { features: [[1, 2, 3, 4]], label: [0] }),
      'ERR_OPTION_UNKNOWN',
      /did you mean labels\?/,
    ],
    [
      'labels where targets belong',
      () => regression.fit(data),
      'ERR_SHAPE',
      /Expected 2 targets per sample .* received none/,
    ],
    [
      'targets of another width',
      () => regression.fit({ features: [[1, 2, 3, 4]], targets: [[1]] }),
      'ERR_SHAPE',
      /Expected 2 targets per sample .* received 1/,
    ],
    [
      'validation of another width',
      fit({ validation: { features: [[1]], labels: [0] } }),
      'ERR_SHAPE',
      /for validation, received 1/,
    ],
    [
      'validation without labels',
      fit({ validation: { features: [[1, 2, 3, 4]] } }),
      'ERR_DATA_LABELS',
      /in validation/,
    ],
    [
      'a transferred array',
      () => {
        const features = new Float32Array(8);
        structuredClone(features.buffer, { transfer: [features.buffer] });
        return network.fit({ features, labels: [0, 1], width: 4 });
      },
      'ERR_DATA_DETACHED',
      /transferred away/,
    ],
  ],
  prediction: [
    ['of nothing', () => network.predictSync(undefined as never), 'ERR_OPTION_TYPE', /Float32Array for samples/],
    [
      'of plain numbers',
      () => network.predictSync([1, 2, 3, 4] as never),
      'ERR_OPTION_TYPE',
      /Float32Array for samples, received an array/,
    ],
    ['of half a sample', () => network.predictSync(new Float32Array(6)), 'ERR_SHAPE', /multiple of 4/],
    ['of no sample', () => network.predictSync(new Float32Array(0)), 'ERR_SHAPE', /received 0/],
    ['of NaN', () => network.predictSync(Float32Array.of(1, 2, NaN, 4)), 'ERR_DATA_NON_FINITE', /NaN at index 2/],
    [
      'with an unknown option',
      () => network.predictSync(new Float32Array(4), { logits: true } as never),
      'ERR_OPTION_UNKNOWN',
      /logits/,
    ],
    [
      'with raw as text',
      () => network.predictSync(new Float32Array(4), { raw: 'yes' as never }),
      'ERR_OPTION_TYPE',
      /raw/,
    ],
  ],
  'an engine': [
    ['unknown', () => selectEngine({ engine: 'gpu' as never }), 'ERR_OPTION_CHOICE', /for engine, received "gpu"/],
    ['with more threads than any machine', () => selectEngine({ threads: 1e6 }), 'ERR_OPTION_RANGE', /threads/],
    [
      'with an unknown option',
      () => selectEngine({ thread: 2 } as never),
      'ERR_OPTION_UNKNOWN',
      /did you mean threads\?/,
    ],
  ],
};

describe.each(Object.entries(rows))('%s', (_group, list) => {
  it.each(list)('%s', (_what, call, code, says) => {
    let thrown: unknown;
    try {
      call();
    } catch (error) {
      thrown = error;
    }
    expect(thrown, 'an error, thrown at once').toBeInstanceOf(BlasnetError);
    const { code: received, message } = thrown as BlasnetError;
    expect({ code: received, message }).toEqual({ code, message: expect.stringMatching(says) as string });
  });
});

it('asynchronous calls reject in the same way', async () => {
  const calls: [() => Promise<unknown>, string][] = [
    [() => network.predict('x' as never), 'ERR_OPTION_TYPE'],
    [() => network.predict(new Float32Array(5)), 'ERR_SHAPE'],
    [() => network.predict(Float32Array.of(1, 2, 3, Infinity)), 'ERR_DATA_NON_FINITE'],
    [() => network.predict(blobs(3, 5, 2)), 'ERR_SHAPE'],
    [() => network.predict(data, { raw: 1 as never }), 'ERR_OPTION_TYPE'],
    [() => network.evaluate(blobs(3, 5, 2)), 'ERR_SHAPE'],
    [() => network.evaluate(dataset({ features: [[1, 2, 3, 4]], labels: [7] })), 'ERR_DATA_LABELS'],
    [() => network.evaluate(null as never), 'ERR_OPTION_TYPE'],
    [() => network.classify([]), 'ERR_DATA_EMPTY'],
    [() => network.save(''), 'ERR_OPTION_TYPE'],
  ];
  for (const [call, code] of calls) await expect(call()).rejects.toMatchObject({ code });
});

it('leaves the network as it was', async () => {
  const fresh = new Network({ inputs: 4, layers, seed: 1 });
  for (const name of network.parameterNames) expect(network.readParameter(name)).toEqual(fresh.readParameter(name));
  expect(network.step).toBe(0);
  await network.fit(data, { epochs: 1 });
});
