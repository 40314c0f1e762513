import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BlasnetError, dataset, kFold, split, type Dataset } from '../../lib/index.js';

/** Every sample is its own number. */
function numbered(length: number, labels?: (i: number) => number, classes?: number): Dataset {
  return dataset({
    features: Float32Array.from({ length }, (_, i) => i),
    width: 1,
    classes,
    labels: labels && Array.from({ length }, (_, i) => labels(i)),
  });
}
const samplesOf = (part: Dataset) => Array.from(part.features);
const shareOf = (part: Dataset, label: number) => part.labels!.filter((value) => value === label).length / part.length;

describe('split', () => {
  it.each([
    [{ train: 0.7, test: 0.3 }, [700, 300]],
    [{ train: 0.6, development: 0.2, test: 0.2 }, [600, 200, 200]],
    [{ train: 0.98, development: 0.01, test: 0.01 }, [980, 10, 10]],
    [{ train: 900, test: 50 }, [900, 50]],
    [{ a: 1 / 3, b: 1 / 3, c: 1 / 3 }, [334, 333, 333]],
    [{ train: 0.1, test: 0.05 }, [100, 50]],
  ])('%j', (parts, sizes) => {
    for (const stratified of [false, true]) {
      const data = numbered(1000, (i) => i % 2);
      const made = Object.values(split<Record<string, number>>(data, parts, { seed: 3, stratified }));
      expect(made.map(({ length }) => length)).toEqual(sizes);
      const all = made.flatMap(samplesOf);
      expect(new Set(all).size).toBe(all.length);
      expect(all).not.toEqual([...all].sort((a, b) => a - b));
    }
  });

  it('is the same for the same seed, and another for another', () => {
    const data = numbered(200);
    const parts = { train: 0.7, test: 0.3 };
    const [one, two, three] = [1, 1, 2].map((seed) => samplesOf(split(data, parts, { seed }).train));
    expect(two).toEqual(one);
    expect(three).not.toEqual(one);
    expect(samplesOf(split(data, { head: 3, tail: 4 }, { shuffle: false }).tail)).toEqual([3, 4, 5, 6]);
  });

  it('keeps the shares of classes in every part when stratified', () => {
    const data = numbered(1000, (i) => (i % 10 === 0 ? 2 : i % 10 < 4 ? 1 : 0));
    for (const part of Object.values(split(data, { train: 0.6, development: 0.2, test: 0.2 }, { stratified: true }))) {
      expect(shareOf(part, 2)).toBeCloseTo(0.1, 1.9);
      expect(shareOf(part, 1)).toBeCloseTo(0.3, 1.9);
    }
  });

  it('stays within two samples of each share, whatever the classes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 40, maxLength: 200 }),
        fc.nat(99),
        (labels, seed) => {
          const counts = [0, 1, 2, 3].map((label) => labels.filter((value) => value === label).length);
          fc.pre(counts.every((count) => count >= 12));
          const { train, test } = split(
            numbered(labels.length, (i) => labels[i]),
            { train: 0.7, test: 0.3 },
            { seed, stratified: true },
          );
          expect(train.length + test.length).toBe(labels.length);
          counts.forEach((count, label) => {
            const found = test.labels!.filter((value) => value === label).length;
            expect(Math.abs(found - 0.3 * count)).toBeLessThanOrEqual(2);
          });
        },
      ),
      { numRuns: 100, seed: 1 },
    );
  });

  const data = numbered(100, (i) => (i === 0 ? 1 : 0));
  it.each<[string, () => unknown, string, RegExp]>([
    [
      'a class with one sample',
      () => split(data, { train: 0.7, test: 0.3 }, { stratified: true }),
      'ERR_DATA_CLASS',
      /class 1 in (train|test).*1 of 100/,
    ],
    [
      'a class that is not there',
      () =>
        split(
          numbered(100, (i) => i % 2, 3),
          { a: 0.5, b: 0.5 },
          { stratified: true },
        ),
      'ERR_DATA_CLASS',
      /class 2 has none/,
    ],
    ['no labels', () => split(numbered(9), { a: 0.5, b: 0.5 }, { stratified: true }), 'ERR_DATA_LABELS', /labels/],
    ['an empty part', () => split(numbered(9), { a: 0.99, b: 0.01 }), 'ERR_DATA_EMPTY', /part b.*none of 9/],
    ['shares beyond 1', () => split(data, { a: 0.9, b: 0.2 }), 'ERR_OPTION_RANGE', /at most 1/],
    ['more samples than there are', () => split(data, { a: 90, b: 20 }), 'ERR_OPTION_RANGE', /at most 100/],
    ['shares and numbers', () => split(data, { a: 0.9, b: 2 }), 'ERR_OPTION_RANGE', /both/],
    ['a negative share', () => split(data, { a: -0.1 }), 'ERR_OPTION_RANGE', /parts\.a/],
    ['no parts', () => split(data, {}), 'ERR_OPTION_TYPE', /parts/],
    ['an unknown option', () => split(data, { a: 1 }, { stratify: true } as never), 'ERR_OPTION_UNKNOWN', /stratified/],
    ['no Dataset', () => split([1] as never, { a: 1 }), 'ERR_OPTION_TYPE', /Dataset/],
    ['one fold', () => kFold(data, 1), 'ERR_OPTION_RANGE', /folds/],
    ['more folds than samples', () => kFold(data, 101), 'ERR_OPTION_RANGE', /folds/],
  ])('refuses %s', (_name, make, code, message) => {
    expect(make).toThrow(BlasnetError);
    expect(make).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) as string }));
  });
});

describe('kFold', () => {
  it.each([false, true])('has every sample in one validation part, stratified: %s', (stratified) => {
    const data = numbered(53, (i) => i % 2);
    const folds = [...kFold(data, 5, { seed: 2, stratified })];
    expect(folds.map(({ fold }) => fold)).toEqual([1, 2, 3, 4, 5]);
    expect(folds.flatMap(({ validation }) => samplesOf(validation)).sort((a, b) => a - b)).toEqual(samplesOf(data));
    for (const { train, validation } of folds) {
      expect([...samplesOf(train), ...samplesOf(validation)].sort((a, b) => a - b)).toEqual(samplesOf(data));
      expect(Math.abs(validation.length - 53 / 5)).toBeLessThan(1);
    }
  });
});
