import { describe, expect, it } from 'vitest';
import { DataError, OptionError, ShapeError } from '../../lib/core/errors.js';
import { dataset } from '../../lib/data/index.js';
import type { DatasetOptions } from '../../lib/data/index.js';
import { thrownBy } from '../support/errors.js';

const rows = [
  [0, 1],
  [2, 3],
  [4, 5],
];

describe('dataset', () => {
  it.each([NaN, Infinity, -Infinity])('finds %d at any place of an array of any length', (bad) => {
    for (let length = 1; length <= 9; length++) {
      const largest = Float32Array.from({ length }, (_, i) => (i % 2 === 0 ? 3.4028234e38 : -1e-45));
      expect(dataset({ features: largest, width: 1 }).length).toBe(length);
      for (let place = 0; place < length; place++) {
        const features = largest.with(place, bad);
        expect(thrownBy(() => dataset({ features, width: 1 })).message).toContain(`sample ${place}, column 0`);
      }
    }
  });

  const detached = new Float32Array(4);
  structuredClone(detached, { transfer: [detached.buffer] });
  const detachedLabels = Int32Array.of(1, 2, 3);
  structuredClone(detachedLabels, { transfer: [detachedLabels.buffer] });
  const sparse: number[][] = [];
  sparse[2] = [1, 2];

  type Kind = typeof OptionError | typeof ShapeError | typeof DataError;
  it.each<[string, unknown, Kind, string, RegExp]>([
    ['nothing', undefined, OptionError, 'ERR_OPTION_TYPE', /options object for dataset, received undefined/],
    ['null', null, OptionError, 'ERR_OPTION_TYPE', /options object/],
    ['an array', rows, OptionError, 'ERR_OPTION_TYPE', /options object/],
    ['no features', {}, OptionError, 'ERR_OPTION_TYPE', /an array of rows for features, received undefined/],
    [
      'a Float64Array',
      { features: new Float64Array(4), width: 2 },
      OptionError,
      'ERR_OPTION_TYPE',
      /Float64Array of length 4/,
    ],
    [
      'a DataView',
      { features: new DataView(new ArrayBuffer(4)), width: 2 },
      OptionError,
      'ERR_OPTION_TYPE',
      /for features/,
    ],
    [
      'an imitation',
      { features: Object.create(Uint8Array.prototype), width: 2 },
      OptionError,
      'ERR_OPTION_TYPE',
      /for features/,
    ],
    ['a misspelt option', { features: rows, label: [0] }, OptionError, 'ERR_OPTION_UNKNOWN', /did you mean labels\?/],
    ['an option of scikit-learn', { x: rows }, OptionError, 'ERR_OPTION_UNKNOWN', /did you mean features\?/],
    ['no rows', { features: [] }, DataError, 'ERR_DATA_EMPTY', /at least one sample for features/],
    ['no bytes', { features: new Uint8Array(0), width: 2 }, DataError, 'ERR_DATA_EMPTY', /at least one sample/],
    ['an empty row', { features: [[]] }, DataError, 'ERR_DATA_EMPTY', /at least one number for features\[0\]/],
    [
      'detached features',
      { features: detached, width: 2 },
      DataError,
      'ERR_DATA_DETACHED',
      /features.*transferred away/,
    ],
    [
      'detached labels',
      { features: rows, labels: detachedLabels },
      DataError,
      'ERR_DATA_DETACHED',
      /labels.*transferred/,
    ],
    [
      'ragged rows',
      {
        features: [
          [1, 2],
          [1, 2, 3],
        ],
      },
      DataError,
      'ERR_DATA_RAGGED',
      /Expected 2 numbers, as in features\[0\], for features\[1\], received 3/,
    ],
    ['rows not of the width', { features: rows, width: 3 }, DataError, 'ERR_DATA_RAGGED', /features\[0\], received 2/],
    ['a row that is a number', { features: [1, 2] }, OptionError, 'ERR_OPTION_TYPE', /for features\[0\], received 1/],
    [
      'a hole in the rows',
      { features: sparse, width: 2 },
      OptionError,
      'ERR_OPTION_TYPE',
      /features\[0\], received undefined/,
    ],
    [
      'text in a row',
      {
        features: [
          [1, 2],
          [3, '4'],
        ],
      },
      OptionError,
      'ERR_OPTION_TYPE',
      /a number for features\[1\]\[1\], received "4"/,
    ],
    [
      'NaN in rows',
      {
        features: [
          [1, 2],
          [3, NaN],
        ],
      },
      DataError,
      'ERR_DATA_NON_FINITE',
      /NaN in sample 1, column 1/,
    ],
    [
      'NaN in a flat array',
      { features: Float32Array.of(1, 2, 3, NaN, 5, 6), width: 3 },
      DataError,
      'ERR_DATA_NON_FINITE',
      /sample 1, column 0/,
    ],
    ['infinity', { features: [[1, -Infinity]] }, DataError, 'ERR_DATA_NON_FINITE', /-Infinity in sample 0, column 1/],
    ['too large for float32', { features: [[1e39]] }, DataError, 'ERR_DATA_NON_FINITE', /in float32/],
    [
      'a flat array without a width',
      { features: new Uint8Array(4) },
      OptionError,
      'ERR_OPTION_TYPE',
      /width.*flat features need it/,
    ],
    ['a width that does not fit', { features: new Uint8Array(7), width: 2 }, ShapeError, 'ERR_SHAPE', /multiple of 2/],
    [
      'labels that do not fit',
      { features: new Uint8Array(7), labels: [1, 2] },
      ShapeError,
      'ERR_SHAPE',
      /multiple of 2/,
    ],
    ['width 0', { features: new Uint8Array(4), width: 0 }, OptionError, 'ERR_OPTION_RANGE', /width/],
    ['width NaN', { features: new Uint8Array(4), width: NaN }, OptionError, 'ERR_OPTION_RANGE', /width/],
    [
      'too few labels',
      { features: rows, labels: [0, 1] },
      ShapeError,
      'ERR_SHAPE',
      /Expected 3 values, one per sample, for labels, received 2/,
    ],
    ['no labels at all', { features: rows, labels: [] }, ShapeError, 'ERR_SHAPE', /received 0/],
    ['labels null', { features: rows, labels: null }, OptionError, 'ERR_OPTION_TYPE', /for labels, received null/],
    ['labels as text', { features: rows, labels: '012' }, OptionError, 'ERR_OPTION_TYPE', /for labels/],
    [
      'a label of 0.5',
      { features: rows, labels: [0, 0.5, 1] },
      DataError,
      'ERR_DATA_LABEL',
      /labels\[1\], received 0.5/,
    ],
    ['a label of -1', { features: rows, labels: [0, 0, -1] }, DataError, 'ERR_DATA_LABEL', /labels\[2\], received -1/],
    [
      'a label of NaN',
      { features: rows, labels: [NaN, 0, 1] },
      DataError,
      'ERR_DATA_LABEL',
      /labels\[0\], received NaN/,
    ],
    [
      'a label as text',
      { features: rows, labels: [0, '1', 1] },
      DataError,
      'ERR_DATA_LABEL',
      /labels\[1\], received "1"/,
    ],
    [
      'labels of BigInt',
      { features: rows, labels: BigInt64Array.of(0n, 1n, 2n) },
      DataError,
      'ERR_DATA_LABEL',
      /received 0n/,
    ],
    ['a label of 2^31', { features: rows, labels: [0, 2 ** 31, 1] }, DataError, 'ERR_DATA_LABEL', /labels\[1\]/],
    [
      'a label of classes',
      { features: rows, labels: [0, 1, 10], classes: 10 },
      DataError,
      'ERR_DATA_LABEL',
      /from 0 to 9 for labels\[2\], received 10/,
    ],
    ['classes 0', { features: rows, labels: [0, 0, 0], classes: 0 }, OptionError, 'ERR_OPTION_RANGE', /classes/],
    ['too few targets', { features: rows, targets: [[1]] }, ShapeError, 'ERR_SHAPE', /Expected 3 rows/],
    [
      'too few flat targets',
      { features: rows, targets: new Float32Array(4) },
      ShapeError,
      'ERR_SHAPE',
      /multiple of 3/,
    ],
    ['no flat targets', { features: rows, targets: new Float32Array(0) }, ShapeError, 'ERR_SHAPE', /multiple of 3/],
    [
      'NaN targets',
      { features: rows, targets: [[1], [2], [NaN]] },
      DataError,
      'ERR_DATA_NON_FINITE',
      /targets.*sample 2, column 0/,
    ],
    ['ragged targets', { features: rows, targets: [[1], [2, 3], [3]] }, DataError, 'ERR_DATA_RAGGED', /targets\[1\]/],
    [
      'targets not as wide as classes',
      { features: rows, targets: [[1], [2], [3]], classes: 10 },
      ShapeError,
      'ERR_SHAPE',
      /Expected 10 targets/,
    ],
    ['targets of bytes', { features: rows, targets: new Uint8Array(3) }, OptionError, 'ERR_OPTION_TYPE', /for targets/],
    ['scale 0', { features: rows, scale: 0 }, OptionError, 'ERR_OPTION_RANGE', /scale/],
    ['scale NaN', { features: rows, scale: NaN }, OptionError, 'ERR_OPTION_RANGE', /scale/],
    [
      'an image shape that does not fit',
      { features: rows, imageShape: [2, 2], width: 2 },
      ShapeError,
      'ERR_SHAPE',
      /imageShape to hold 2/,
    ],
    ['an image shape of text', { features: rows, imageShape: '1x2' }, OptionError, 'ERR_OPTION_TYPE', /imageShape/],
    [
      'an image shape of fractions',
      { features: rows, imageShape: [0.5, 4] },
      OptionError,
      'ERR_OPTION_RANGE',
      /imageShape\[0\]/,
    ],
    ['an empty name', { features: rows, name: '' }, OptionError, 'ERR_OPTION_TYPE', /name/],
  ])('refuses %s', (_, options, kind, code, says) => {
    const error = thrownBy(() => dataset(options as DatasetOptions));
    expect(error).toBeInstanceOf(kind);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(says);
  });
});
