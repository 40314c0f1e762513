import { adam, batchNorm, dense, meanSquaredError, Network, selectEngine, Trainer } from '../../lib/index.js';
import { blobs } from '../support/networks.js';
import type { Row } from './wrong-descriptions.js';

export const data = blobs(20, 4, 3);
export const layers = [dense(5), dense(3)];
export const network = new Network({ inputs: 4, layers, seed: 1 });
const regression = new Network({ inputs: 4, layers: [dense(2)], loss: meanSquaredError(), seed: 1 });
const normed = new Network({ inputs: 4, layers: [dense(5), batchNorm(), dense(3)], seed: 1 });

const fit =
  (options: unknown, set: unknown = data) =>
  () =>
    network.fit(set as never, options as never);

/** What callers without types can get wrong when they train and predict. */
export const wrongCalls: Readonly<Record<string, readonly Row[]>> = {
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
