import { describe, expect, it } from 'vitest';
import { DataError, OptionError, ShapeError } from '../../lib/core/errors.js';
import { dataset } from '../../lib/data/index.js';
import { dense } from '../../lib/layers/index.js';
import {
  binaryCrossEntropy,
  huber,
  losses,
  lossFromConfig,
  meanAbsoluteError,
  meanSquaredError,
  multiclassHinge,
  softmaxCrossEntropy,
} from '../../lib/losses/index.js';
import { Network } from '../../lib/training/index.js';
import { rejectionOf, thrownBy } from '../support/errors.js';

/** Wrong on purpose: what the types would not let through. */
const wrong = (value: unknown) => value as never;

describe('options of losses', () => {
  it.each<[what: string, call: () => unknown, message: RegExp]>([
    ['labelSmoothing 1', () => softmaxCrossEntropy({ labelSmoothing: 1 }), /below 1 for labelSmoothing, received 1/],
    ['below 0', () => softmaxCrossEntropy({ labelSmoothing: -0.1 }), /at least 0 .* labelSmoothing, received -0.1/],
    ['NaN', () => binaryCrossEntropy({ labelSmoothing: NaN }), /labelSmoothing, received NaN/],
    ['text', () => softmaxCrossEntropy(wrong({ labelSmoothing: '0.1' })), /labelSmoothing, received "0.1"/],
    [
      'targets',
      () => softmaxCrossEntropy(wrong({ targets: 'softs' })),
      /targets, received "softs"; did you mean "soft"/,
    ],
    ['misspelt', () => softmaxCrossEntropy(wrong({ labelsmoothing: 0.1 })), /did you mean labelSmoothing/],
    ['Keras', () => softmaxCrossEntropy(wrong({ class_weight: [1] })), /did you mean classWeights/],
    ['no array', () => softmaxCrossEntropy(wrong({ classWeights: 2 })), /one per class for classWeights, received 2/],
    ['empty', () => softmaxCrossEntropy({ classWeights: [] }), /above 0 for classWeights, received none/],
    ['all zero', () => multiclassHinge({ classWeights: [0, 0] }), /above 0 for classWeights, received 0 for every/],
    ['negative', () => binaryCrossEntropy({ classWeights: [1, -2] }), /at least 0 .*classWeights\[1\], received -2/],
    ['infinite', () => softmaxCrossEntropy({ classWeights: [Infinity] }), /classWeights\[0\], received Infinity/],
    ['too small', () => softmaxCrossEntropy({ classWeights: [1e-60] }), /above 0 for classWeights/],
    ['delta 0', () => huber({ delta: 0 }), /above 0 for delta, received 0/],
    ['delta below', () => huber({ delta: -1 }), /above 0 for delta, received -1/],
    ['margin', () => multiclassHinge({ margin: 0 }), /above 0 for margin, received 0/],
    ['smoothed regression', () => huber(wrong({ labelSmoothing: 0.1 })), /no labelSmoothing for huber.* received 0.1/],
    ['of squares', () => meanSquaredError(wrong({ labelSmoothing: 0.1 })), /no labelSmoothing for meanSquaredError/],
    ['of sizes', () => meanAbsoluteError(wrong({ classWeights: [1] })), /no classWeights for meanAbsoluteError/],
    ['other', () => meanSquaredError(wrong({ delta: 1 })), /Unknown option delta for meanSquaredError/],
    ['a file', () => lossFromConfig({ name: 'meanSquaredError', labelSmoothing: 0.1 }), /no labelSmoothing/],
    ['no object', () => huber(wrong(1)), /options object for huber, received 1/],
  ])('%s', (_what, call, message) => {
    const error = thrownBy(call);
    expect(error).toBeInstanceOf(OptionError);
    expect(error.message).toMatch(message);
  });

  it.each(Object.entries(losses))('%s rejects options that nobody knows', (_name, make) => {
    expect(thrownBy(() => make(wrong({ nonsense: 1 }))).code).toBe('ERR_OPTION_UNKNOWN');
  });

  it('class weights are as many as the network has outputs', () => {
    const loss = softmaxCrossEntropy({ classWeights: [1, 2, 3] });
    const error = thrownBy(() => new Network({ inputs: 2, layers: [dense(4)], loss }));
    expect(error).toBeInstanceOf(ShapeError);
    expect(error.message).toMatch(/Expected 4 numbers.* classWeights, received 3/);
  });
});

describe('targets that do not fit the loss', () => {
  const features = [[1], [2], [3]];
  const soft = () => new Network({ inputs: 1, layers: [dense(2)], loss: softmaxCrossEntropy({ targets: 'soft' }) });
  const binary = () => new Network({ inputs: 1, layers: [dense(2)], loss: binaryCrossEntropy() });

  it.each<[string, () => Network, number[][], RegExp]>([
    [
      'a sum of 0.9',
      soft,
      [
        [0, 1],
        [0.5, 0.4],
        [1, 0],
      ],
      /sum to 1 .*targets of data, received a sum of 0.9.* sample 1/,
    ],
    [
      'below 0',
      soft,
      [
        [0, 1],
        [0.5, 0.5],
        [1.5, -0.5],
      ],
      /0 to 1 for targets of data, received 1.5 in sample 2, column 0/,
    ],
    [
      'above 1',
      binary,
      [
        [0, 1],
        [0, 2],
        [1, 0],
      ],
      /0 to 1 for targets of data, received 2 in sample 1, column 1/,
    ],
    [
      '-1 and 1',
      binary,
      [
        [-1, 1],
        [0, 1],
        [1, 0],
      ],
      /received -1 in sample 0, column 0/,
    ],
  ])('%s', async (_what, make, targets, message) => {
    const error = await rejectionOf(make().evaluate({ features, targets }));
    expect(error).toBeInstanceOf(DataError);
    expect(error.code).toBe('ERR_DATA_TARGET');
    expect(error.message).toMatch(message);
    expect(thrownBy(() => make().fit({ features, targets })).code).toBe('ERR_DATA_TARGET');
  });

  it('sums that are only rounded are 1', async () => {
    const targets = [
      [1 / 3, 2 / 3],
      [0.1, 0.9],
      [1, 0],
    ];
    expect((await soft().evaluate({ features, targets })).loss).toBeGreaterThan(0);
  });
});

describe('weights of samples', () => {
  const features = [[1], [2], [3]];
  const given = (weights: unknown) => ({ features, labels: [0, 1, 1], weights: wrong(weights) });

  it.each<[string, unknown, string, RegExp]>([
    ['too few', [1, 2], 'ERR_SHAPE', /Expected 3 values, one per sample, for weights, received 2/],
    ['negative', [1, -1, 1], 'ERR_DATA_WEIGHT', /at least 0 for weights\[1\], received -1/],
    ['NaN', [1, 1, NaN], 'ERR_DATA_WEIGHT', /weights\[2\], received NaN/],
    ['infinite', [1, Infinity, 1], 'ERR_DATA_WEIGHT', /weights\[1\], received Infinity/],
    ['infinite in float32', [1, 1e39, 1], 'ERR_DATA_WEIGHT', /weights\[1\], received 1e\+39/],
    ['all zero', [0, 0, 0], 'ERR_DATA_WEIGHT', /above 0 for weights, received 0 for every sample/],
    ['zero in float32', [1e-60, 0, 0], 'ERR_DATA_WEIGHT', /above 0 for weights/],
    ['text', ['1', 1, 1], 'ERR_DATA_WEIGHT', /weights\[0\], received "1"/],
    ['a number', 3, 'ERR_OPTION_TYPE', /array of numbers for weights, received 3/],
  ])('%s', (_what, weights, code, message) => {
    const error = thrownBy(() => dataset(given(weights)));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it('go with their samples, and are copied', () => {
    const weights = [1, 2, 3];
    const data = dataset(given(weights));
    weights[0] = 9;
    expect(data.weights).toEqual(Float32Array.of(1, 2, 3));
    expect(data.slice(1).weights).toEqual(Float32Array.of(2, 3));
    expect(data.select([2, 0, 2]).weights).toEqual(Float32Array.of(3, 1, 3));
    expect(dataset({ features, labels: [0, 1, 1] }).take(2).weights).toBeUndefined();
  });

  it('a part without any is refused when it is used', async () => {
    const data = dataset(given([0, 0, 1])).take(2);
    const network = new Network({ inputs: 1, layers: [dense(2)] });
    expect((await rejectionOf(network.evaluate(data))).code).toBe('ERR_DATA_WEIGHT');
    expect(thrownBy(() => network.fit(data)).message).toMatch(/above 0 in train, received 0 for every sample/);
  });
});
