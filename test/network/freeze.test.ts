import { describe, expect, it } from 'vitest';
import { signatures } from '../../lib/kernels/signature.js';
import {
  activation,
  batchNorm,
  dense,
  dropout,
  layerNorm,
  prelu,
  residual,
  type LayerDescription,
} from '../../lib/layers/index.js';
import { decodeModel, encodeModel, type Model } from '../../lib/network/index.js';
import { adam, sgd } from '../../lib/optimizers/index.js';
import { l2 } from '../../lib/regularizers/index.js';
import { gradientCheck, Network } from '../../lib/training/index.js';
import { expectClose, expectSameBits } from '../support/compare.js';
import { bestRow, engineRows } from '../support/engines.js';
import { rejectionOf, thrownBy } from '../support/errors.js';
import { blobs, fitModel, modelOn } from '../support/networks.js';

const data = blobs(200, 6, 3);

const chain = (): LayerDescription[] => [
  dense(8, { regularizer: l2(0.01) }),
  batchNorm(),
  activation('relu'),
  dropout(0.2),
  residual([layerNorm(), dense(8), prelu(), batchNorm()]),
  residual([dense(5, { activation: 'tanh' })]),
  dense(3),
];

const make = (engine = bestRow.make(), layers = chain()) => modelOn(engine, { inputs: 6, layers });
const options = { epochs: 2, batchSize: 32, optimizer: adam({ learningRate: 0.01 }) };

/** Kernels of a training program, by name. */
function kernelsOf(model: Model): string[] {
  return model.plan(sgd(), 32).calls.map(({ kernel }) => signatures[kernel].kernel);
}

function changed(model: Model, before: ReadonlyMap<string, Float32Array>): string[] {
  return [...model.readAll()]
    .filter(([name, values]) => values.some((value, i) => !Object.is(value, before.get(name)?.[i])))
    .map(([name]) => name);
}

describe.each(engineRows)('$name', ({ make: engine }) => {
  it('leaves frozen layers to the bit, statistics and all, and trains the others', async () => {
    const model = make(engine());
    await fitModel(model, data, options);
    model.freeze('dense1', 'batchNorm1', 'residual1.dense1', 'residual1.batchNorm1', 'residual2');
    const before = model.readAll();
    await fitModel(model, data, options);
    const parameters = [
      ...['residual1.layerNorm1.gamma', 'residual1.layerNorm1.beta', 'residual1.prelu1.slope'],
      ...['dense2.kernel', 'dense2.bias'],
    ];
    expect(changed(model, before)).toEqual(parameters);
  });

  it('a frozen BatchNorm computes with its running statistics while others train', async () => {
    const model = modelOn(engine(), { inputs: 6, layers: [batchNorm(), dense(3)], seed: 3 });
    await fitModel(model, data, options);
    const [mean, variance] = ['runningMean', 'runningVariance'].map((name) =>
      model.readAll().get(`batchNorm1.${name}`)!,
    );
    model.freeze('batchNorm1');
    // One step on one batch: its loss is that of prediction, which it would not be with the batch's statistics.
    const part = data.take(16);
    const [loss] = (await fitModel(model, part, { epochs: 1, batchSize: 16, optimizer: sgd({ learningRate: 1e-9 }) }))
      .stepLoss;
    const source = model.engine.createData(part);
    const { totals } = await model.runOver(model.evaluationOf({ weighted: false, emits: false }), source);
    expectClose([loss], [totals[0] / 16], { rtol: 1e-5, atol: 1e-6 });
    expectSameBits(model.readAll().get('batchNorm1.runningMean')!, mean);
    expectSameBits(model.readAll().get('batchNorm1.runningVariance')!, variance);
  });
});

describe('what is computed', () => {
  it('ends at the lowest layer that learns', () => {
    const model = make();
    const all = kernelsOf(model);
    model.freeze('dense1', 'batchNorm1', 'residual1', 'residual2');
    const kernels = kernelsOf(model);
    expect(kernels.filter((kernel) => kernel.endsWith('Gradient'))).toEqual([
      'denseKernelGradient',
      'denseBiasGradient',
    ]);
    expect(kernels).not.toContain('batchNormStatistics');
    expect(kernels).not.toContain('l2');
    expect(kernels.filter((kernel) => kernel === 'sgd')).toHaveLength(2);
    model.unfreeze();
    expect(kernelsOf(model)).toEqual(all);
  });

  it('goes through a frozen layer to one below it', async () => {
    const model = make(bestRow.make(), [
      dense(4, { activation: 'tanh' }),
      batchNorm(),
      dense(4),
      layerNorm(),
      prelu(),
      dense(3),
    ]);
    model.freeze(1, 2, 3, 4, 5);
    const before = model.readAll();
    await fitModel(model, data, options);
    expect(changed(model, before)).toEqual(['dense1.kernel', 'dense1.bias']);
    expect(kernelsOf(model)).toContain('batchNormInferenceGradient');
  });

  it.each([
    ['all but the first', ['batchNorm1', 'residual1', 'residual2', 'dense2']],
    ['the inside of a block', ['residual1.layerNorm1', 'residual1.dense1', 'residual1.prelu1', 'residual1.batchNorm1']],
    ['the way around a block', ['residual2.projection']],
    ['BatchNorm', ['batchNorm1', 'residual1.batchNorm1']],
    ['everything below the head', ['dense1', 'batchNorm1', 'residual1', 'residual2']],
  ])('the gradients of the others stay right: %s', async (_what, names) => {
    const network = new Network({ inputs: 6, layers: chain(), seed: 4, engine: 'reference' });
    await network.fit(data, { epochs: 1 });
    network.freeze(...names);
    const { worst, layers } = await gradientCheck(network, data.take(9));
    expect(worst.relativeError, JSON.stringify(worst)).toBeLessThan(1e-4);
    for (const { layer } of layers) expect(names.some((name) => `${layer}.`.startsWith(`${name}.`))).toBe(false);
  });
});

describe('which layers', () => {
  const trainable = (model: Model) => model.layers.filter((layer) => layer.trainable).map(({ name }) => name);

  it('by name, by place, inside of blocks, all of them', () => {
    const model = make();
    expect(trainable(model)).toHaveLength(7);
    model.freeze('dense1', 1);
    expect(trainable(model)).not.toContain('dense1');
    expect(trainable(model)).not.toContain('batchNorm1');
    model.freeze('residual1.dense1');
    expect(model.layers[4]).toMatchObject({ trainable: true, type: 'residual' });
    expect(model.layers[4].layers?.map((layer) => layer.trainable)).toEqual([true, false, true, true]);
    model.freeze();
    expect(trainable(model)).toEqual([]);
    model.unfreeze('residual1');
    expect(trainable(model)).toEqual(['residual1']);
    model.unfreeze();
    expect(trainable(model)).toHaveLength(7);
  });

  it('is seen in the summary', () => {
    const model = make();
    model.freeze('dense1');
    const lines = model.summary().split('\n');
    expect(lines.find((line) => line.startsWith('dense1'))).toMatch(/56 +96 +frozen$/);
    expect(lines.find((line) => line.startsWith('dense2'))).not.toContain('frozen');
    expect(lines.some((line) => line.startsWith('  residual1.dense1'))).toBe(true);
    expect(lines.at(-1)).toContain('56 frozen');
  });

  it.each<[string, unknown[], string, string]>([
    ['misspelt', ['dens1'], 'ERR_OPTION_CHOICE', 'did you mean "dense1"?'],
    ['inside of a block', ['residual1.dense2'], 'ERR_OPTION_CHOICE', 'did you mean "residual1.dense1"?'],
    ['far from any name', ['convolution17'], 'ERR_OPTION_CHOICE', 'there are: dense1, batchNorm1'],
    ['a place too far', [7], 'ERR_OPTION_RANGE', 'from 0 to 6 for freeze, received 7'],
    ['a negative place', [-1], 'ERR_OPTION_RANGE', 'received -1'],
    ['half a place', [0.5], 'ERR_OPTION_RANGE', 'received 0.5'],
    ['no reference', [{}], 'ERR_OPTION_TYPE', 'received an object'],
  ])('%s: a typed error, and nothing is frozen', (_what, references, code, text) => {
    const model = make();
    const error = thrownBy(() => model.freeze('dense2', ...(references as string[])));
    expect(error.code).toBe(code);
    expect(error.message).toContain(text);
    expect(trainable(model)).toHaveLength(7);
  });
});

describe('fits', () => {
  it('of a network that is frozen altogether are refused', () => {
    const model = make();
    model.freeze();
    expect(thrownBy(() => fitModel(model, data, options))).toMatchObject({ code: 'ERR_STATE' });
    model.unfreeze('dense2');
    expect(() => fitModel(model, data, { ...options, epochs: 1 })).not.toThrow();
  });

  it('leave out the penalty of a frozen layer', async () => {
    const network = new Network({ inputs: 6, layers: [dense(4, { regularizer: l2(1) }), dense(3)], seed: 1 });
    network.freeze('dense1');
    const { epochs } = await network.fit(data, { epochs: 1 });
    expect(epochs[0].penalty).toBe(0);
  });

  it('take a batch of one row where every BatchNorm is frozen', async () => {
    const network = new Network({ inputs: 6, layers: [dense(4), batchNorm(), dense(3)], seed: 1 });
    expect(thrownBy(() => network.fit(data, { batchSize: 1, epochs: 1 })).message).toContain('at least 2 samples');
    network.freeze('batchNorm1');
    await network.fit(data.take(3), { batchSize: 1, epochs: 1 });
  });

  it('that are under way end as they began', async () => {
    const network = new Network({ inputs: 6, layers: [dense(4), dense(3)], seed: 1 });
    const before = network.readParameter('dense1.kernel');
    const fit = network.fit(data, { epochs: 2 });
    await new Promise((resolve) => setTimeout(resolve, 1));
    network.freeze('dense1');
    await fit;
    expect(Array.from(network.readParameter('dense1.kernel'))).not.toEqual(Array.from(before));
  });
});

describe('saved models', () => {
  it('say what is frozen', () => {
    const model = make();
    model.freeze('dense1', 'residual1.dense1');
    const { architecture } = decodeModel(encodeModel(model));
    expect([...architecture.frozen]).toEqual(['dense1', 'residual1.dense1']);
    expect([...decodeModel(encodeModel(make())).architecture.frozen]).toEqual([]);
  });

  it('that name frozen layers which are not there are refused', async () => {
    const bytes = Buffer.from(encodeModel(frozenDense()));
    const text = bytes.toString('latin1').replaceAll('frozen\\":[\\"dense1\\"]', 'frozen\\":[\\"dense9\\"]');
    expect(text).not.toBe(bytes.toString('latin1'));
    const error = await rejectionOf(Promise.resolve().then(() => decodeModel(Buffer.from(text, 'latin1'))));
    expect(error).toMatchObject({ code: 'ERR_FORMAT' });
  });
});

function frozenDense(): Model {
  const model = make(bestRow.make(), [dense(3)]);
  model.freeze('dense1');
  return model;
}
