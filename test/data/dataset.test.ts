import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OptionError } from '../../lib/core/errors.js';
import { Dataset, dataset, toDataset } from '../../lib/data/index.js';
import type { DatasetOptions } from '../../lib/data/index.js';
import { thrownBy } from '../support/errors.js';

const rows = [
  [0, 1],
  [2, 3],
  [4, 5],
];

describe('dataset', () => {
  it('makes rows a flat Float32Array and finds width and classes', () => {
    const data = dataset({ features: rows, labels: [0, 2, 1] });
    expect(data).toBeInstanceOf(Dataset);
    expect(data).toMatchObject({ length: 3, width: 2, classes: 3, scale: 1, targetWidth: 0, name: 'dataset' });
    expect(data.features).toEqual(Float32Array.of(0, 1, 2, 3, 4, 5));
    expect(data.labels).toEqual(Int32Array.of(0, 2, 1));
    expect(data.targets).toBeUndefined();
  });

  it('keeps bytes as they are, without a copy, scaled by 1/255', () => {
    const features = Uint8Array.of(0, 51, 102, 255);
    const data = dataset({ features, labels: Uint8Array.of(1, 0), imageShape: [1, 2] });
    expect(data.features).toBe(features);
    expect(data).toMatchObject({ length: 2, width: 2, scale: 1 / 255, imageShape: [1, 2] });
    expect([...data.sample(0)]).toEqual([0, Math.fround(51 * Math.fround(1 / 255))]);
    expect(data.sample(1)[1]).toBe(1);
  });

  it.each<[string, DatasetOptions, number]>([
    ['width', { features: new Float32Array(6), width: 3 }, 3],
    ['imageShape', { features: new Float32Array(6), imageShape: [3, 1] }, 3],
    ['labels', { features: new Float32Array(6), labels: [0, 1] }, 3],
    ['target rows', { features: new Float32Array(6), targets: [[1], [2]] }, 3],
  ])('takes the width of flat features from %s', (_, options, width) => {
    expect(dataset(options).width).toBe(width);
  });

  it('takes targets flat or in rows, and labels of any kind of array', () => {
    expect(dataset({ features: rows, targets: Float32Array.of(1, 2, 3) }).targetWidth).toBe(1);
    expect(
      dataset({
        features: rows,
        targets: [
          [1, 0],
          [0, 1],
          [1, 1],
        ],
        classes: 2,
      }),
    ).toMatchObject({ targetWidth: 2, classes: 2 });
    for (const labels of [[1, 0, 1], Float64Array.of(1, 0, 1), Int8Array.of(1, 0, 1)]) {
      expect(dataset({ features: rows, labels }).labels).toEqual(Int32Array.of(1, 0, 1));
    }
    expect(dataset({ features: [new Float32Array(2), [1, 2]] }).length).toBe(2);
  });

  it('copies memory that could shrink under it', () => {
    const resizable = new (ArrayBuffer as unknown as new (n: number, o: object) => ArrayBuffer)(4, {
      maxByteLength: 8,
    });
    const features = new Uint8Array(resizable);
    const data = dataset({ features, width: 2 });
    (resizable as unknown as { resize(n: number): void }).resize(0);
    expect(data.features.length).toBe(4);
  });

  it('reads every option once, so a getter cannot change its answer', () => {
    let reads = 0;
    const options = {
      get features() {
        return ++reads === 1 ? rows : [[NaN, NaN]];
      },
    };
    expect(dataset(options).length).toBe(3);
    expect(reads).toBe(1);
  });

  it('throws only typed errors, whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('features', 'labels', 'targets', 'width', 'classes', 'scale', 'imageShape', 'name', 'more'),
          fc.anything({ withTypedArray: true, withBigInt: true, withSparseArray: true }),
        ),
        (options) => {
          try {
            dataset(options as unknown as DatasetOptions);
          } catch (error) {
            expect((error as Error).name).toMatch(/^(OptionError|ShapeError|DataError)$/);
          }
        },
      ),
      { numRuns: 3000, seed: 3 },
    );
  });
});

describe('Dataset', () => {
  const data = dataset({
    features: Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7),
    labels: [0, 1, 2, 3],
    targets: [[0], [1], [2], [3]],
    scale: 2,
    name: 'four',
  });

  it('takes and slices without a copy, keeping everything else', () => {
    const slice = data.slice(1, 3);
    expect(slice).toMatchObject({ length: 2, width: 2, classes: 4, scale: 2, name: 'four', targetWidth: 1 });
    expect([...slice.features]).toEqual([2, 3, 4, 5]);
    expect([...slice.labels!]).toEqual([1, 2]);
    expect([...slice.targets!]).toEqual([1, 2]);
    expect(slice.features.buffer).toBe(data.features.buffer);
    expect([...data.slice(3).features]).toEqual([6, 7]);
    expect([...slice.slice(1).take(1).features]).toEqual([4, 5]);
    expect([...data.take(1).features]).toEqual([0, 1]);
    expect([...slice.sample(1)]).toEqual([8, 10]);
  });

  it('selects by index, copying', () => {
    const chosen = data.slice(1).select(Uint32Array.of(2, 0, 0));
    expect([...chosen.features]).toEqual([6, 7, 2, 3, 2, 3]);
    expect([...chosen.labels!]).toEqual([3, 1, 1]);
    expect(chosen.features).toBeInstanceOf(Uint8Array);
    expect(chosen.features.buffer).not.toBe(data.features.buffer);
  });

  it.each<[string, () => unknown, RegExp]>([
    ['take(0)', () => data.take(0), /from 1 to 4 for count, received 0/],
    ['take(5)', () => data.take(5), /from 1 to 4 for count, received 5/],
    ['slice(4)', () => data.slice(4), /from 0 to 3 for start/],
    ['slice(-1)', () => data.slice(-1), /start, received -1/],
    ['slice(2, 2)', () => data.slice(2, 2), /from 3 to 4 for end, received 2/],
    ['select([4])', () => data.select([0, 4]), /indices\[1\], received 4/],
    ['select(null)', () => data.select(null as never), /length of indices, received undefined/],
    ['sample(0.5)', () => data.sample(0.5), /index, received 0.5/],
  ])('refuses %s', (_, call, says) => {
    const error = thrownBy(call);
    expect(error).toBeInstanceOf(OptionError);
    expect(error.message).toMatch(says);
  });

  it('refuses to select nothing', () => {
    expect(thrownBy(() => data.select([])).code).toBe('ERR_DATA_EMPTY');
  });
});

describe('toDataset', () => {
  it('passes a Dataset through and makes one of a plain object', () => {
    const data = dataset({ features: rows });
    expect(toDataset(data, 'validation')).toBe(data);
    expect(toDataset({ features: rows, labels: [0, 0, 1] }, 'validation').classes).toBe(2);
  });

  it.each([undefined, null, 3, 'mnist', rows, {}, { x: rows }, () => rows])('refuses %s', (value) => {
    const error = thrownBy(() => toDataset(value, 'validation'));
    expect(error).toBeInstanceOf(OptionError);
    expect(error.message).toMatch(/Expected a Dataset or an object with features and labels for validation, received/);
  });

  it('names the argument in every message', () => {
    expect(thrownBy(() => toDataset({ features: [[NaN]] }, 'validation')).message).toMatch(/for validation\.features/);
    expect(thrownBy(() => toDataset({ features: rows, lables: [] }, 'validation')).message).toMatch(
      /lables for validation; did you mean labels/,
    );
  });
});
