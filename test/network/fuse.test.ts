import { describe, expect, it } from 'vitest';
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
import { trained, trainedOn } from '../support/networks.js';

const data = trainedOn;
const samples = trainedOn.features as Float32Array;
const engines = ['native', 'reference'] as const;

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
