import { describe, expect, it } from 'vitest';
import {
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
} from '../../lib/layers/index.js';
import { Network } from '../../lib/training/index.js';
import { thrownBy } from '../support/errors.js';

const notARate = [1, -0.1, NaN, Infinity, 2];

describe('hostile options', () => {
  it.each(notARate)('a rate of %f', (rate) => {
    for (const make of [dropout, alphaDropout]) {
      const error = thrownBy(() => make(rate));
      expect(error.code).toBe('ERR_OPTION_RANGE');
      expect(error.message).toBe(`Expected a finite number at least 0 and below 1 for rate, received ${rate}`);
    }
  });

  it.each<[string, () => unknown, string, string]>([
    ['rate that is text', () => alphaDropout('0.5' as never), 'ERR_OPTION_TYPE', 'received "0.5"'],
    ['negative noise', () => gaussianNoise(-1), 'ERR_OPTION_RANGE', 'standardDeviation, received -1'],
    ['noise without number', () => gaussianNoise(undefined as never), 'ERR_OPTION_TYPE', 'received undefined'],
    ['epsilon of zero', () => layerNorm({ epsilon: 0 }), 'ERR_OPTION_RANGE', 'above 0 for epsilon, received 0'],
    ['foreign epsilon', () => layerNorm({ eps: 1e-3 } as never), 'ERR_OPTION_UNKNOWN', 'did you mean epsilon?'],
    ['slope that is none', () => prelu({ slope: NaN }), 'ERR_OPTION_RANGE', 'slope'],
    ['axis of softmax', () => softmax({ axis: 1 } as never), 'ERR_OPTION_UNKNOWN', 'Unknown option axis for softmax'],
    ['empty name', () => layerNorm({ name: '' }), 'ERR_OPTION_TYPE', 'name'],
    ['option of inputNormalization', () => inputNormalization({ mean: 0 } as never), 'ERR_OPTION_UNKNOWN', 'mean'],
    ['empty block', () => residual([]), 'ERR_OPTION_RANGE', 'at least one layer for layers of residual'],
    ['block that is none', () => residual(dense(3) as never), 'ERR_OPTION_TYPE', 'array of layers'],
    [
      'block of names',
      () => residual(['dense'] as never),
      'ERR_OPTION_TYPE',
      'layers of residual[0], received "dense"',
    ],
    ['projection of one', () => residual([dense(2)], { projection: 1 as never }), 'ERR_OPTION_TYPE', 'projection'],
    [
      'misspelt projection',
      () => residual([dense(2)], { projektion: true } as never),
      'ERR_OPTION_UNKNOWN',
      'did you mean projection?',
    ],
  ])('%s', (_what, call, code, text) => {
    const error = thrownBy(call);
    expect(error.code).toBe(code);
    expect(error.message).toContain(text);
  });
});

describe('residual', () => {
  const build = (layer: ReturnType<typeof residual>) => new Network({ inputs: 4, layers: [layer], seed: 1 });

  it('projects where widths differ, or when told to, and never when told not to', () => {
    const names = (layer: ReturnType<typeof residual>) => build(layer).parameterNames;
    expect(names(residual([dense(4)]))).not.toContain('residual1.projection.kernel');
    expect(names(residual([dense(3)]))).toContain('residual1.projection.kernel');
    expect(names(residual([dense(4)], { projection: true }))).toContain('residual1.projection.kernel');
    expect(names(residual([dense(4)], { projection: false }))).not.toContain('residual1.projection.kernel');
    const error = thrownBy(() => build(residual([dense(3)], { projection: false })));
    expect(error.code).toBe('ERR_SHAPE');
    expect(error.message).toContain('residual1 to leave 4 outputs');
  });

  it('names what is inside after itself, at any depth', () => {
    const network = build(
      residual([dense(4), residual([batchNorm(), dense(2, { name: 'narrow' })]), dense(3)], { name: 'block' }),
    );
    expect(network.parameterNames).toEqual([
      ...['block.dense1.kernel', 'block.dense1.bias'],
      ...['gamma', 'beta', 'runningMean', 'runningVariance'].map((name) => `block.residual1.batchNorm1.${name}`),
      ...['block.residual1.narrow.kernel', 'block.residual1.narrow.bias', 'block.residual1.projection.kernel'],
      ...['block.dense2.kernel', 'block.dense2.bias', 'block.projection.kernel'],
    ]);
  });

  it('keeps the name of its projection to itself', () => {
    const error = thrownBy(() => build(residual([dense(3, { name: 'projection' })])));
    expect(error.message).toContain('"projection" twice');
    expect(thrownBy(() => build(residual([dense(3, { name: 'a' }), dense(3, { name: 'a' })]))).message).toContain(
      '"a" twice',
    );
    expect(thrownBy(() => build(residual([dense(3, { name: 'a.b' })]))).message).toContain('letters, digits');
  });
});
