import { describe, expect, it } from 'vitest';
import { dataset } from '../../lib/data/index.js';
import { batchNorm, dense, prelu, residual, type LayerDescription } from '../../lib/layers/index.js';
import { Network } from '../../lib/training/index.js';
import { expectClose, expectSameBits } from '../support/compare.js';
import { thrownBy } from '../support/errors.js';
import { trained, trainedOn } from '../support/networks.js';

const data = trainedOn;
const samples = trainedOn.features as Float32Array;
const engines = ['native', 'reference'] as const;

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
