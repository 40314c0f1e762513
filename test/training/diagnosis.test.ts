import { describe, expect, it } from 'vitest';
import {
  activation,
  batchNorm,
  dense,
  dropout,
  gaussianNoise,
  residual,
  type LayerDescription,
} from '../../lib/layers/index.js';
import { losses, type LossName } from '../../lib/losses/index.js';
import { l2 } from '../../lib/regularizers/index.js';
import { activationStatistics, gradientCheck, Network } from '../../lib/training/index.js';
import { expectClose, expectSameBits } from '../support/compare.js';
import { rejectionOf } from '../support/errors.js';
import { blobs } from '../support/networks.js';
import { layerRows } from '../layers/table.js';

const data = blobs(64, 5, 3);
const network = (layers: LayerDescription[]) => new Network({ inputs: 5, layers, seed: 1 });

describe('gradientCheck', () => {
  const cases = Object.values(layerRows).flatMap((rows) => rows.map(([what, make]) => [what, make] as const));
  it.each(cases)('finds nothing wrong with %s', async (_what, make) => {
    const checked = network([dense(4, { activation: 'tanh', regularizer: l2(0.1) }), ...make(), dense(3)]);
    const { worst, layers, cost } = await gradientCheck(checked, data.take(7), { elements: 8 });
    expect(worst.relativeError, JSON.stringify(worst)).toBeLessThan(1e-4);
    expect(layers.map(({ layer }) => layer)).toContain('dense1');
    expect(cost).toBeGreaterThan(0);
  });

  it('finds the layer whose gradient is wrong', async () => {
    const right = activation('tanh');
    const wrong: LayerDescription = {
      ...right,
      build(context) {
        const layer = right.build(context);
        return {
          ...layer,
          name: context.name,
          forward: (program, input) => layer.forward(program, input),
          backward: (_program, _trace, gradient) => gradient,
        };
      },
    };
    const report = await gradientCheck(network([dense(4), wrong, dense(3)]), data.take(9));
    const errors = new Map(report.layers.map(({ layer, relativeError }) => [layer, relativeError]));
    expect(errors.get('dense1')).toBeGreaterThan(0.05);
    expect(errors.get('dense2')).toBeLessThan(1e-4);
    expect(report.worst.layer).toBe('dense1');
  });

  it('checks as many elements as told, the largest gradient among them, and repeats itself', async () => {
    const checked = network([dense(40), dense(3)]);
    const one = await gradientCheck(checked, data.take(5), { elements: 6 });
    expect(one.layers.map((layer) => layer.checked)).toEqual([12, 9]);
    expect(await gradientCheck(checked, data.take(5), { elements: 6 })).toEqual(one);
  });

  it('leaves the network and its optimizer alone', async () => {
    const checked = network([dense(4), batchNorm(), dropout(0.3), gaussianNoise(0.1), dense(3)]);
    const before = checked.readAll();
    await gradientCheck(checked, data.take(8));
    for (const [name, values] of checked.readAll()) expectSameBits(values, before.get(name)!, name);
    expect(checked.step).toBe(0);
  });

  it('works with a float32 network of the native engine and large inputs', async () => {
    const { worst } = await gradientCheck(network([dense(30, { activation: 'relu' }), dense(3)]), data.take(16));
    expect(worst.relativeError).toBeLessThan(1e-4);
  });

  it.each<[string, unknown[], string, string]>([
    ['epsilon of zero', [{ epsilon: 0 }], 'ERR_OPTION_RANGE', 'epsilon'],
    ['large epsilon', [{ epsilon: 1 }], 'ERR_OPTION_RANGE', 'epsilon'],
    ['no elements', [{ elements: 0 }], 'ERR_OPTION_RANGE', 'elements'],
    ['an unknown option', [{ eps: 1e-6 }], 'ERR_OPTION_UNKNOWN', 'did you mean epsilon?'],
  ])('names %s', async (_what, [options], code, text) => {
    const error = await rejectionOf(gradientCheck(network([dense(3)]), data.take(4), options as object));
    expect(error.code).toBe(code);
    expect(error.message).toContain(text);
  });

  it('names batches that do not fit, and networks without anything to check', async () => {
    const checked = network([dense(4), batchNorm(), dense(3)]);
    const error = await rejectionOf(gradientCheck(checked, data.take(1)));
    expect(error.message).toContain('at least 2 samples in batch for layer batchNorm1, received 1');
    expect(await rejectionOf(gradientCheck(checked, { features: [[1, 2]], labels: [0] }))).toMatchObject({
      code: 'ERR_SHAPE',
    });
    checked.freeze();
    expect(await rejectionOf(gradientCheck(checked, data.take(4)))).toMatchObject({ code: 'ERR_STATE' });
  });
});

describe('activationStatistics', () => {
  it('says what every layer gives', async () => {
    const looked = network([dense(8, { activation: 'relu' }), residual([dense(8)]), dense(3)]);
    const statistics = await activationStatistics(looked, data);
    expect(statistics.map(({ layer }) => layer)).toEqual(['dense1', 'residual1', 'dense2']);
    const outputs = await looked.predict(data, { raw: true });
    const mean = outputs.reduce((sum, value) => sum + value, 0) / outputs.length;
    const deviation = Math.sqrt(outputs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / outputs.length);
    const { histogram, ...last } = statistics[2];
    expectClose([last.mean, last.standardDeviation], [mean, deviation], { rtol: 1e-5, atol: 1e-6 });
    expect(histogram.counts.reduce((sum, count) => sum + count, 0)).toBe(64 * 3);
    expect(histogram.edges).toHaveLength(21);
    expect(last.units).toBe(3);
    for (const { gradientNorm } of statistics) expect(gradientNorm).toBeGreaterThan(0);
  });

  it('finds dead and saturated units', async () => {
    const looked = network([
      dense(4, { activation: 'relu' }),
      dense(4, { activation: 'sigmoid' }),
      dense(4),
      activation('tanh'),
      dense(3),
    ]);
    looked.writeParameter('dense1.bias', [-1e4, 0, 0, -1e4]);
    looked.writeParameter('dense2.bias', [50, 0, 0, 0]);
    looked.writeParameter('dense3.bias', [50, -50, 50, -50]);
    const [relu, sigmoid, plain, tanh, last] = await activationStatistics(looked, data);
    expect(relu.deadUnits).toBeGreaterThanOrEqual(2);
    expect(relu.saturated).toBeGreaterThanOrEqual(0.5);
    expect(sigmoid.deadUnits).toBeGreaterThanOrEqual(1);
    expect(plain).toMatchObject({ deadUnits: 0, saturated: 0 });
    expect(tanh).toMatchObject({ deadUnits: 4, saturated: 1 });
    expect(last.saturated).toBe(0);
  });

  it('measures gradients as a training step has them, and none for frozen layers', async () => {
    const looked = network([dense(6, { activation: 'tanh' }), batchNorm(), dense(3, { bias: false })]);
    looked.freeze('dense1');
    const before = looked.readAll();
    const [first, norm, last] = await activationStatistics(looked, data);
    expect(first.gradientNorm).toBeUndefined();
    expect(norm.gradientNorm).toBeGreaterThan(0);
    // One step of SGD at rate 1 moves by the gradient.
    const kernel = looked.readParameter('dense2.kernel');
    await looked.fit(data, { epochs: 1, batchSize: 64, optimizer: 'sgd', learningRate: 1, shuffle: false });
    const moved = looked.readParameter('dense2.kernel').map((value, i) => value - kernel[i]);
    const length = Math.sqrt(moved.reduce((sum, value) => sum + value * value, 0));
    expectClose([last.gradientNorm!], [length], { rtol: 1e-4, atol: 1e-6 });
    expectSameBits(before.get('dense1.kernel')!, looked.readParameter('dense1.kernel'));
  });

  it('does without labels, and with constant values', async () => {
    const looked = network([dense(4, { initializer: 'zeros' }), dense(3)]);
    const statistics = await activationStatistics(
      looked,
      { features: data.features, width: 5 },
      { bins: 4, samples: 10 },
    );
    expect(statistics[0].histogram.counts.reduce((sum, count) => sum + count, 0)).toBe(40);
    expect(statistics[0]).toMatchObject({ mean: 0, standardDeviation: 0, gradientNorm: undefined });
  });

  it.each(Object.keys(losses) as LossName[])('works with the loss %s where the data fits', async (loss) => {
    const looked = new Network({ inputs: 5, layers: [dense(3)], loss, seed: 1 });
    const [statistics] = await activationStatistics(looked, data);
    expect(statistics.gradientNorm === undefined).toBe(looked.architecture.loss.compares !== 'labels');
  });

  it.each<[string, object, string, string]>([
    ['no samples', { samples: 0 }, 'ERR_OPTION_RANGE', 'samples'],
    ['more samples than there are', { samples: 65 }, 'ERR_OPTION_RANGE', 'from 1 to 64'],
    ['saturation of one', { saturation: 1 }, 'ERR_OPTION_RANGE', 'saturation'],
    ['half a bin', { bins: 0.5 }, 'ERR_OPTION_RANGE', 'bins'],
    ['an unknown option', { bin: 3 }, 'ERR_OPTION_UNKNOWN', 'did you mean bins?'],
  ])('names %s', async (_what, options, code, text) => {
    const error = await rejectionOf(activationStatistics(network([dense(3)]), data, options));
    expect(error.code).toBe(code);
    expect(error.message).toContain(text);
  });
});
