import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  activation,
  batchNorm,
  dense,
  dropout,
  elu,
  fromStateDict,
  gelu,
  inputNormalization,
  layerNorm,
  leakyRelu,
  prelu,
  residual,
  softmax,
  type StateDict,
} from '../../lib/index.js';
import { decodeSafetensors } from '../../lib/core/safetensors.js';
import { rejectionOf } from '../support/errors.js';
import { expectation, fixture } from '../support/interop-fixtures.js';
import { largestDifference } from '../support/randomized.js';

const mlp = () => [
  dense(12),
  batchNorm(),
  activation('relu'),
  dropout(0.3),
  dense(12, { bias: false }),
  layerNorm(),
  activation('gelu'),
  dense(12),
  prelu(),
  dense(12, { activation: 'tanh' }),
  dense(8, { activation: 'silu' }),
  dense(3),
];
const value = (loss = 'meanSquaredError') => ({ loss }) as { loss: 'meanSquaredError' };

describe('files that PyTorch and Keras wrote predict what they do', () => {
  const act = (kind: Parameters<typeof activation>[0]) => dense(7, { activation: kind });
  const cases = {
    'torch-mlp': { layers: mlp(), ...value() },
    'torch-activations': {
      layers: [
        act(leakyRelu({ slope: 0.2 })),
        act(elu({ alpha: 0.7 })),
        act('selu'),
        act('relu6'),
        act(gelu({ approximation: 'tanh' })),
        act('softplus'),
        act('softsign'),
        act('mish'),
        act('hardSigmoid'),
        act('hardSwish'),
        act('sigmoid'),
        dense(4),
        softmax(),
      ],
    },
    'torch-residual': {
      layers: [
        dense(8),
        residual([layerNorm(), dense(8, { activation: 'gelu' }), dense(8)]),
        residual([dense(5, { activation: 'relu' }), residual([dense(5)])]),
        activation('relu'),
        dense(1, { activation: 'sigmoid' }),
      ],
      modules: [
        '0',
        '1.inside.0',
        '1.inside.1',
        '1.inside.3',
        '2.inside.0',
        '2.inside.2.inside.0',
        '2.projection',
        '4',
      ],
      ...value(),
    },
    'torch-named': {
      layers: [dense(4, { activation: 'tanh' }), dense(4, { activation: 'tanh' }), dense(4)],
      modules: ['hidden', 'extra', 'answer'],
      ...value(),
    },
    keras: {
      layers: [
        dense(5),
        batchNorm({ epsilon: 1e-3 }),
        activation('relu'),
        dropout(0.2),
        dense(7, { bias: false }),
        layerNorm({ epsilon: 1e-3 }),
        dense(4, { activation: 'tanh' }),
        prelu(),
        dense(3),
      ],
      ...value(),
    },
  };
  it.each(Object.entries(cases))('%s', async (name, options) => {
    const { samples, predictions } = expectation(name);
    const network = await fromStateDict(fixture(`${name}.safetensors`), options);
    expect(largestDifference(await network.predict(samples), predictions)).toBeLessThan(1e-5);
    const fromBytes = await fromStateDict(readFileSync(fixture(`${name}.safetensors`)), options);
    expect(await fromBytes.predict(samples)).toEqual(await network.predict(samples));
  });
});

/** The tensors of a fixture, to be changed. */
function tensorsOf(name: string): Record<string, StateDict[string]> {
  const { tensors } = decodeSafetensors(readFileSync(fixture(`${name}.safetensors`)));
  return Object.fromEntries(
    [...tensors].map(([key, { shape, data }]) => [key, { shape, data: Array.from(data as Float32Array, Number) }]),
  );
}

describe('what does not fit', () => {
  it('is listed completely, in one error', async () => {
    const tensors = tensorsOf('torch-mlp');
    delete tensors['0.bias'];
    delete tensors['1.running_var'];
    tensors['7.weight'] = { shape: [12, 11], data: new Float32Array(132) };
    tensors['13.scale'] = { shape: [2], data: [1, 2] };
    tensors['20.weight'] = { shape: [3, 4], data: new Float32Array(12) };
    const error = await rejectionOf(fromStateDict(tensors, { layers: mlp(), inputs: 6 }));
    expect(error.code).toBe('ERR_FORMAT');
    expect(error.message).toBe(
      'The state_dict does not fit the layers: missing: 0.bias for dense1.bias; missing: 1.running_var for batchNorm1.runningVariance; ' +
        'expected shape [12, 12] for 7.weight (dense3.kernel), received [12, 11]; left over: 13.scale; left over: 20.weight',
    );
  });

  it('a layer without a module', async () => {
    const error = await rejectionOf(
      fromStateDict(fixture('torch-mlp.safetensors'), { layers: [...mlp(), layerNorm(), dense(2)] }),
    );
    expect(error.message).toBe(
      'The state_dict does not fit the layers: missing: the tensors of layerNorm2; missing: the tensors of dense7',
    );
  });

  it('a bias that the layer does not have, and a statistic that has no place', async () => {
    const error = await rejectionOf(
      fromStateDict(
        { '0.weight': { shape: [1, 2], data: [1, 2] }, '0.bias': { shape: [1], data: [0] } },
        { layers: [inputNormalization(), dense(1, { bias: false })] },
      ),
    );
    expect(error.message).toContain('missing: the tensors of inputNormalization1; left over: 0.bias');
  });

  it('names without an order', async () => {
    const error = await rejectionOf(
      fromStateDict(fixture('torch-named.safetensors'), { layers: [dense(4), dense(4), dense(4)] }),
    );
    expect(error.message).toBe(
      'The order of the modules answer, extra, hidden cannot be told from their names: give it as modules',
    );
    const wrong = fromStateDict(fixture('torch-named.safetensors'), { layers: [dense(4)], modules: ['first'] });
    expect((await rejectionOf(wrong)).message).toBe(
      'The state_dict has no modules first; it has answer, extra, hidden',
    );
    const few = fromStateDict(fixture('torch-named.safetensors'), {
      layers: [dense(4), dense(4)],
      modules: ['hidden'],
    });
    expect((await rejectionOf(few)).message).toBe('Expected 2 modules, one for each layer with parameters, received 1');
  });

  it('numbers that are no numbers, and files that are no files', async () => {
    const { '0.weight': weight, ...rest } = tensorsOf('torch-mlp');
    const data = Array.from(weight.data);
    data[5] = NaN;
    const broken = fromStateDict({ ...rest, '0.weight': { ...weight, data } }, { layers: mlp() });
    expect((await rejectionOf(broken)).code).toBe('ERR_DATA_NON_FINITE');
    const short = fromStateDict({ '0.weight': { shape: [2, 2], data: [1] } }, { layers: [dense(2)] });
    expect((await rejectionOf(short)).message).toBe('Expected data that fills its shape for the tensor 0.weight');
    expect((await rejectionOf(fromStateDict('/nowhere', { layers: mlp() }))).code).toBe('ERR_FILE_READ');
    expect((await rejectionOf(fromStateDict(Buffer.from('no safetensors'), { layers: mlp() }))).code).toBe(
      'ERR_FORMAT',
    );
    expect((await rejectionOf(fromStateDict(7 as never, { layers: mlp() }))).message).toContain('Expected a path');
    expect((await rejectionOf(fromStateDict({}, { layers: mlp() }))).message).toContain(
      'Expected inputs for fromStateDict',
    );
  });
});

it('numbers in names count as numbers: 10 comes after 2', async () => {
  const names = ['2', '10', '1'];
  const kernel = (name: string) => ({ shape: [2, 2], data: [Number(name), 0, 0, 1] });
  const tensors = Object.fromEntries(names.map((name) => [`net.${name}.weight`, kernel(name)]));
  const layers = [1, 2, 10].map(() => dense(2, { bias: false }));
  const network = await fromStateDict(tensors, { layers });
  expect(['dense1', 'dense2', 'dense3'].map((layer) => network.readParameter(`${layer}.kernel`)[0])).toEqual([
    1, 2, 10,
  ]);
});

it('a weight is transposed', async () => {
  const tensors = { weight: { shape: [3, 2], data: [1, 2, 3, 4, 5, 6] }, bias: { shape: [3], data: [7, 8, 9] } };
  const network = await fromStateDict(tensors, { layers: [dense(3)] });
  expect([...network.readParameter('dense1.kernel')]).toEqual([1, 3, 5, 2, 4, 6]);
});
