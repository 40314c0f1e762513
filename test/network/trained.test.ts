import { describe, expect, it } from 'vitest';
import { dataset } from '../../lib/data/index.js';
import {
  activation,
  alphaDropout,
  batchNorm,
  dense,
  dropout,
  gaussianNoise,
  inputNormalization,
  layerNorm,
  prelu,
  residual,
  softmax,
  type LayerDescription,
} from '../../lib/layers/index.js';
import { Network } from '../../lib/training/index.js';
import { expectClose, expectSameBits } from '../support/compare.js';
import { thrownBy } from '../support/errors.js';
import { blobs } from '../support/networks.js';

const data = blobs(200, 6, 3);
const samples = data.features as Float32Array;
const engines = ['native', 'reference'] as const;

async function trained(layers: LayerDescription[], engine: 'native' | 'reference' = 'native'): Promise<Network> {
  const network = new Network({ inputs: 6, layers, seed: 2, engine });
  await network.fit(data, { epochs: 3, batchSize: 32, learningRate: 0.01, optimizer: 'adam' });
  return network;
}

describe.each(engines)('fuse on the %s engine', (engine) => {
  it.each<[string, () => LayerDescription[], string[]]>([
    ['BatchNorm behind dense', () => [dense(8), batchNorm(), dense(3)], ['dense', 'dense']],
    ['without bias', () => [dense(8, { bias: false }), batchNorm({ epsilon: 0.1 }), dense(3)], ['dense', 'dense']],
    ['an activation behind that', () => [dense(8), batchNorm(), activation('relu'), dense(3)], ['dense', 'dense']],
    ['two of them', () => [dense(8), batchNorm(), batchNorm(), activation('tanh'), dense(3)], ['dense', 'dense']],
    ['at the end', () => [dense(3), batchNorm()], ['dense']],
    ['dropout in between', () => [dropout(0.1), dense(8), dropout(0.2), batchNorm(), dense(3)], ['dense', 'dense']],
    ['an identity in between', () => [dense(8), activation('identity'), batchNorm(), dense(3)], ['dense', 'dense']],
    [
      'behind an activation',
      () => [dense(8, { activation: 'relu' }), batchNorm(), dense(3)],
      ['dense', 'batchNorm', 'dense'],
    ],
    ['at the front', () => [batchNorm(), dense(3)], ['batchNorm', 'dense']],
    [
      'noise and everything',
      () => [
        inputNormalization(),
        gaussianNoise(0.1),
        dense(8),
        batchNorm(),
        prelu(),
        alphaDropout(0.1),
        layerNorm(),
        dense(3),
        softmax(),
      ],
      ['inputNormalization', 'dense', 'prelu', 'layerNorm', 'dense', 'softmax'],
    ],
    [
      'inside of blocks',
      () => [
        residual([dense(7), batchNorm(), activation('relu'), residual([dense(7), dropout(0.5), batchNorm()])]),
        residual([dropout(0.4)]),
        dense(3),
      ],
      ['residual', 'residual', 'dense'],
    ],
  ])('%s: the same outputs to 1e-5', async (_what, layers, types) => {
    const network = await trained(layers(), engine);
    const fused = network.fuse();
    expect(fused.layers.map(({ type }) => type)).toEqual(types);
    const wanted = await network.predict(samples, { raw: true });
    expectClose(await fused.predict(samples, { raw: true }), wanted, { rtol: 1e-5, atol: 1e-5 });
    expect(fused).toMatchObject({ seed: network.seed, step: network.step });
    expect(fused.engine).toBe(network.engine);
  });
});

describe('fuse', () => {
  it('inside of blocks leaves dense layers alone there', async () => {
    const network = await trained([residual([dense(7), batchNorm(), activation('relu'), dropout(0.2)]), dense(3)]);
    const [block] = network.fuse().layers;
    expect(block.layers?.map(({ name, type }) => [name, type])).toEqual([
      ['residual1.dense1', 'dense'],
      ['residual1.projection', 'dense'],
    ]);
  });

  it('leaves the network as it was, and is a copy where there is nothing to fuse', async () => {
    const network = await trained([dense(5, { activation: 'relu' }), dense(3)]);
    const before = network.readParameter('dense1.kernel');
    const fused = network.fuse();
    expectSameBits(fused.readParameter('dense1.kernel'), before);
    fused.writeParameter('dense1.kernel', new Float32Array(before.length));
    expectSameBits(network.readParameter('dense1.kernel'), before);
  });

  it('keeps names, and frozen layers frozen', async () => {
    const network = await trained([dense(5, { name: 'first' }), batchNorm(), dense(4), batchNorm(), dense(3)]);
    network.freeze('first', 'batchNorm1');
    const fused = network.fuse();
    expect(fused.layers.map(({ name, trainable }) => [name, trainable])).toEqual([
      ['first', false],
      ['dense2', true],
      ['dense3', true],
    ]);
  });

  it('for training on keeps dropout, and refuses to fuse across it', async () => {
    const network = await trained([dropout(0.1), dense(8), batchNorm(), activation('relu'), dropout(0.2), dense(3)]);
    const fused = network.fuse({ dropout: 'keep' });
    expect(fused.layers.map(({ type }) => type)).toEqual(['dropout', 'dense', 'dropout', 'dense']);
    await fused.fit(data, { epochs: 1 });
    for (const between of [dropout(0.2), alphaDropout(0.2), gaussianNoise(0.2)]) {
      const across = await trained([dense(8), between, batchNorm(), dense(3)]);
      const error = thrownBy(() => across.fuse({ dropout: 'keep' }));
      expect(error.code).toBe('ERR_OPTION_RANGE');
      expect(error.message).toContain(`batchNorm1 cannot be fused into dense1 across ${between.type}1`);
      expect(across.fuse().layers).toHaveLength(2);
    }
  });

  it('names a wrong option', async () => {
    const network = await trained([dense(3)]);
    expect(thrownBy(() => network.fuse({ dropout: 'leave' } as never))).toMatchObject({ code: 'ERR_OPTION_CHOICE' });
    expect(thrownBy(() => network.fuse({ dropuot: 'keep' } as never)).message).toContain('did you mean dropout?');
  });
});

describe('fuse at the end of a network', () => {
  it('does not make another activation the one that the loss takes over', async () => {
    for (const layers of [
      [dense(3), softmax(), dropout(0.1)],
      [dense(3), batchNorm(), softmax(), dropout(0.1), dropout(0.2)],
    ]) {
      const network = await trained(layers);
      const wanted = await network.predict(samples);
      expectClose(await network.fuse().predict(samples), wanted, { rtol: 1e-5, atol: 1e-6 });
    }
  });

  it('leaves a final activation to the loss as before', async () => {
    const network = new Network({
      inputs: 6,
      layers: [dense(8), batchNorm(), activation('relu'), dense(2), activation('sigmoid')],
      loss: 'binaryCrossEntropy',
      seed: 1,
    });
    const fused = network.fuse();
    expect(fused.layers.map(({ type }) => type)).toEqual(['dense', 'dense']);
    expectClose(await fused.predict(samples), await network.predict(samples), { rtol: 1e-5, atol: 1e-6 });
    const raw = await fused.predict(samples, { raw: true });
    expectClose(raw, await network.predict(samples, { raw: true }), { rtol: 1e-5, atol: 1e-5 });
  });
});

describe('replaceHead', () => {
  it('copies what is below the last kernel and makes what is new', async () => {
    const network = await trained([
      inputNormalization(),
      dense(8),
      batchNorm(),
      activation('relu'),
      dense(3),
      softmax(),
    ]);
    network.freeze('dense1');
    const other = network.replaceHead([dense(4, { activation: 'tanh' }), dense(5)]);
    expect(other.layers.map(({ name }) => name)).toEqual([
      ...['inputNormalization1', 'dense1', 'batchNorm1', 'activation1', 'dense2', 'dense3'],
    ]);
    expect(other.outputs).toBe(5);
    for (const name of network.parameterNames.filter((entry) => !entry.startsWith('dense2'))) {
      expectSameBits(other.readParameter(name), network.readParameter(name), name);
    }
    expect(other.layers.map(({ trainable }) => trainable)).toEqual([true, false, true, true, true, true]);
    expect(other.step).toBe(0);
    await other.fit(data, { epochs: 1 });
    expectSameBits(other.readParameter('dense1.kernel'), network.readParameter('dense1.kernel'));
  });

  it('begins where it is told, with a loss and a seed of its own', async () => {
    const network = await trained([dense(8), activation('relu'), dense(6), residual([dense(6)]), dense(3)]);
    const other = network.replaceHead([dense(2)], { from: 'dense2', loss: 'meanSquaredError', seed: 77 });
    expect(other.layers.map(({ name }) => name)).toEqual(['dense1', 'activation1', 'dense2']);
    expect(other.architecture.loss.name).toBe('meanSquaredError');
    const again = network.replaceHead([dense(2)], { from: 2, loss: 'meanSquaredError', seed: 77 });
    expectSameBits(again.readParameter('dense2.kernel'), other.readParameter('dense2.kernel'));
    const whole = network.replaceHead([dense(2)], { from: 0 });
    expect(whole.layers.map(({ name }) => name)).toEqual(['dense1']);
  });

  it('keeps blocks with what is inside them', async () => {
    const network = await trained([residual([dense(6), batchNorm()]), residual([dense(4)]), dense(3)]);
    const other = network.replaceHead([dense(3, { name: 'head' })]);
    for (const name of other.parameterNames.filter((entry) => !entry.startsWith('head'))) {
      expectSameBits(other.readParameter(name), network.readParameter(name), name);
    }
    expect(other.parameterNames).toContain('residual2.projection.kernel');
  });

  it.each<[string, unknown[], string, string]>([
    ['an empty head', [[]], 'ERR_OPTION_RANGE', 'at least one layer'],
    ['no layers', ['dense'], 'ERR_OPTION_TYPE', 'array of layers'],
    ['a misspelt layer', [[dense(2)], { from: 'desne1' }], 'ERR_OPTION_CHOICE', 'did you mean "dense1"?'],
    ['a layer of a block', [[dense(2)], { from: 'residual1.dense1' }], 'ERR_OPTION_RANGE', 'outside of blocks'],
    ['a name twice', [[dense(2, { name: 'dense1' })]], 'ERR_OPTION_RANGE', '"dense1" twice'],
    ['an unknown option', [[dense(2)], { form: 1 }], 'ERR_OPTION_UNKNOWN', 'did you mean from?'],
    ['a negative seed', [[dense(2)], { seed: -1 }], 'ERR_OPTION_RANGE', 'seed'],
  ])('%s: a typed error', (_what, args, code, text) => {
    const network = new Network({ inputs: 6, layers: [dense(4), residual([dense(4)]), dense(3)], seed: 1 });
    const error = thrownBy(() => network.replaceHead(...(args as Parameters<Network['replaceHead']>)));
    expect(error.code).toBe(code);
    expect(error.message).toContain(text);
  });
});

describe('copyLayersFrom', () => {
  const layers = () => [dense(8), batchNorm(), residual([dense(8), prelu()]), dense(3)];

  it('copies layers by name, state and blocks included, across engines', async () => {
    const from = await trained(layers());
    const to = new Network({ inputs: 6, layers: layers(), seed: 9, engine: 'reference' });
    const before = to.readParameter('dense2.kernel');
    to.copyLayersFrom(from, ['dense1', 'batchNorm1', 'residual1']);
    for (const name of to.parameterNames.filter((entry) => !entry.startsWith('dense2'))) {
      expectSameBits(to.readParameter(name), from.readParameter(name), name);
    }
    expectSameBits(to.readParameter('dense2.kernel'), before);
    to.copyLayersFrom(from, ['dense2']);
    const wanted = await from.predict(samples);
    expectClose(await to.predict(samples), wanted, { rtol: 1e-4, atol: 1e-5 });
  });

  it.each<[string, LayerDescription[], unknown, string, string]>([
    [
      'other widths',
      [dense(9), batchNorm()],
      ['dense1'],
      'ERR_SHAPE',
      'shape [6, 8] for dense1.kernel, received [6, 9]',
    ],
    ['no bias', [dense(8, { bias: false }), dense(3)], ['dense1'], 'ERR_SHAPE', 'dense1.bias, received none'],
    ['another type', [dense(8, { name: 'batchNorm1' })], ['batchNorm1'], 'ERR_SHAPE', 'of type batchNorm'],
    ['not there', [dense(8)], ['batchNorm1'], 'ERR_OPTION_CHOICE', 'in the other network'],
    ['misspelt', [dense(8)], ['dense11'], 'ERR_OPTION_CHOICE', 'did you mean "dense1"?'],
    ['no names', [dense(8)], [], 'ERR_OPTION_TYPE', 'at least one'],
    ['a block of other layers', [dense(8), residual([dense(8)])], ['residual1'], 'ERR_SHAPE', 'residual1.prelu1.slope'],
  ])('%s: a typed error, and nothing is copied', (_what, theirs, names, code, text) => {
    const to = new Network({ inputs: 6, layers: layers(), seed: 1 });
    const from = new Network({ inputs: 6, layers: theirs, seed: 2 });
    const before = to.readParameter('dense2.kernel');
    const error = thrownBy(() =>
      to.copyLayersFrom(from, ['dense2', ...(names as string[])].slice(theirs.length > 2 ? 0 : 1)),
    );
    expect(error.code).toBe(code);
    expect(error.message).toContain(text);
    expectSameBits(to.readParameter('dense2.kernel'), before);
  });

  it.each(engines)('is refused by the %s engine while a fit is under way, between its slices too', async (engine) => {
    const from = await trained([dense(8), dense(3)]);
    const to = new Network({ inputs: 6, layers: [dense(8), dense(3)], seed: 9, engine });
    const copied: unknown[] = [];
    const onSliceEnd = () => {
      copied.push(thrownBy(() => to.copyLayersFrom(from, ['dense1'])));
    };
    await to.fit(data, { epochs: 1, batchSize: 32, callbacks: [{ onSliceEnd }] });
    expect(copied.length).toBeGreaterThan(0);
    expect(copied[0]).toMatchObject({ code: 'ERR_STATE' });
    to.copyLayersFrom(from, ['dense1']);
    expectSameBits(to.readParameter('dense1.kernel'), from.readParameter('dense1.kernel'));
  });

  it('takes networks only', () => {
    const to = new Network({ inputs: 6, layers: layers(), seed: 1 });
    expect(thrownBy(() => to.copyLayersFrom({} as never, ['dense1'])).code).toBe('ERR_OPTION_TYPE');
  });
});

describe('copy', () => {
  it('is a network of its own, with the same numbers, step, names of classes and frozen layers', async () => {
    const network = new Network({ inputs: 1, layers: [dense(4), dense(2)], seed: 3 });
    const named = dataset({ features: [[0], [1], [2], [3]], labels: ['cat', 'cat', 'dog', 'dog'] });
    await network.fit(named, { epochs: 3 });
    network.freeze('dense1');
    const copy = network.copy();
    expect(copy.classNames).toEqual(['cat', 'dog']);
    expect(await copy.classifyByName([[0], [3]])).toEqual(await network.classifyByName([[0], [3]]));
    expect([copy.step, copy.seed]).toEqual([network.step, network.seed]);
    const before = network.readParameter('dense2.kernel');
    await copy.fit(named, { epochs: 1 });
    expect(copy.readParameter('dense1.kernel')).toEqual(network.readParameter('dense1.kernel'));
    expect(network.readParameter('dense2.kernel')).toEqual(before);
    expect(copy.readParameter('dense2.kernel')).not.toEqual(before);
    const fused = network.fuse();
    expect(fused.classNames).toEqual(['cat', 'dog']);
  });
});

describe('layers and summary', () => {
  it('count parameters and operations', () => {
    const network = new Network({
      inputs: 6,
      layers: [dense(8), batchNorm(), residual([dense(5)]), dense(3)],
      seed: 1,
    });
    expect(network.layers).toMatchObject([
      { name: 'dense1', type: 'dense', inputs: 6, outputs: 8, parameterCount: 56, flops: 96, trainable: true },
      { name: 'batchNorm1', parameterCount: 32, flops: 0 },
      { name: 'residual1', parameterCount: 45 + 40, flops: 160, layers: [{ name: 'residual1.dense1' }, { flops: 80 }] },
      { name: 'dense2', parameterCount: 18, flops: 30 },
    ]);
    expect(network.layers[0].parameters).toEqual(['dense1.kernel', 'dense1.bias']);
    expect(network.summary().split('\n').at(-1)).toBe(
      '175 trainable parameters, 16 numbers of state; 286 FLOPs per sample; loss softmaxCrossEntropy',
    );
  });
});
