import { describe, expect, it } from 'vitest';
import { activation, batchNorm, dense, inputNormalization, residual, softmax } from '../../lib/layers/index.js';
import { Network } from '../../lib/training/index.js';
import { expectSameBits } from '../support/compare.js';
import { thrownBy } from '../support/errors.js';
import { trained, trainedOn } from '../support/networks.js';

const data = trainedOn;

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
