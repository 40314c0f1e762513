import { describe, expect, it } from 'vitest';
import { balance, concat, dataset, normalize, syntheticDigits } from '../../lib/index.js';

const bytes = dataset({ features: Uint8Array.of(0, 51, 102, 255), labels: [0, 1], classes: 2, width: 2 });
const floats = dataset({ features: [[0.25, -1]], labels: [1], classes: 2, weights: [3] });

describe('concat', () => {
  it('keeps bytes of one scale', () => {
    const both = concat(bytes, bytes.slice(1));
    expect(both.features).toEqual(Uint8Array.of(0, 51, 102, 255, 102, 255));
    expect([both.length, both.scale, Array.from(both.labels ?? [])]).toEqual([3, 1 / 255, [0, 1, 1]]);
  });
  it('makes the rest float32 as the network sees it, and gives weights to those without', () => {
    const both = concat(bytes, floats);
    expect(both.features[1]).toBeCloseTo(0.2, 6);
    expect(Array.from(both.sample(2))).toEqual([0.25, -1]);
    expect(Array.from(both.weights ?? [])).toEqual([1, 1, 3]);
  });
  it('refuses what does not go together', () => {
    expect(() => concat()).toThrow(/at least one/);
    expect(() => concat(bytes, dataset({ features: [[1]], labels: [0] }))).toThrow(/2 features.*sets\[1\], received 1/);
    expect(() => concat(bytes, dataset({ features: [[1, 2]] }))).toThrow(/labels in all sets/);
    expect(() => concat(bytes, dataset({ features: [[1, 2]], labels: [0], targets: [[1]] }))).toThrow(/0 targets/);
    expect(() => concat(bytes, dataset({ features: [[1, 2]], labels: ['cat'] }))).toThrow(/class names/);
  });
});

describe('filter', () => {
  it('keeps what it is told to', () => {
    expect(bytes.filter((_, label) => label === 1).features).toEqual(Uint8Array.of(102, 255));
    expect(bytes.filter((index) => index === 0).length).toBe(1);
    expect(() => bytes.filter(() => false)).toThrow(/kept none/);
    expect(() => bytes.filter(1 as never)).toThrow(/function for keep/);
  });
});

describe('balance', () => {
  const data = dataset({
    features: Float32Array.from({ length: 60 }, (_, i) => i),
    width: 1,
    labels: Array.from({ length: 60 }, (_, i) => (i < 50 ? 0 : i < 58 ? 1 : 2)),
  });
  const counts = (labels: Int32Array | undefined) =>
    [0, 1, 2].map((of) => labels?.filter((label) => label === of).length);

  it('repeats or drops, evenly, by seed', () => {
    const repeated = balance(data, { seed: 1 });
    expect(counts(repeated.labels)).toEqual([50, 50, 50]);
    const times = Array.from({ length: 8 }, (_, i) => repeated.features.filter((value) => value === 50 + i).length);
    expect(Math.max(...times) - Math.min(...times)).toBeLessThanOrEqual(1);
    const dropped = balance(data, { by: 'drop', seed: 1 });
    expect(counts(dropped.labels)).toEqual([2, 2, 2]);
    expect(new Set(dropped.features).size).toBe(6);
    expect(balance(data, { seed: 1 }).features).toEqual(repeated.features);
    expect(balance(data, { seed: 2 }).features).not.toEqual(repeated.features);
    repeated.features.forEach((value, i) => expect(repeated.labels?.[i]).toBe(value < 50 ? 0 : value < 58 ? 1 : 2));
  });
  it('refuses a class without samples, and data without labels', () => {
    expect(() => balance(dataset({ features: [[1]], labels: [0], classes: 2 }))).toThrow(/class 1 has none/);
    expect(() => balance(dataset({ features: [[1]] }))).toThrow(/labels/);
    expect(() => balance(data, { by: 'drp' as never })).toThrow(/"drop"/);
  });
});

describe('normalize', () => {
  it('learns from the training part and is applied to others', () => {
    const train = dataset({
      features: [
        [1, 10, 7],
        [3, 30, 7],
      ],
      labels: [0, 1],
    });
    const normalizer = normalize(train);
    expect([...normalizer.mean, ...normalizer.deviation]).toEqual([2, 20, 7, 1, 10, 1]);
    expect(Array.from(normalizer.apply(train).features)).toEqual([-1, -1, 0, 1, 1, 0]);
    const other = normalizer.apply(dataset({ features: [[2, 40, 8]], labels: [1] }));
    expect(Array.from(other.features)).toEqual([0, 2, 1]);
    expect([other.labels?.[0], other.scale]).toEqual([1, 1]);
    expect(() => normalizer.apply(bytes)).toThrow(/3 features/);
  });
  it('takes one measure for all pixels, as the network sees them', () => {
    const { train } = syntheticDigits({ train: 50, test: 1 });
    const { mean, deviation, apply } = normalize(train, { per: 'all' });
    expect(new Set(mean).size).toBe(1);
    expect(mean[0]).toBeGreaterThan(0.05);
    expect(mean[0]).toBeLessThan(0.5);
    const after = normalize(apply(train), { per: 'all' });
    expect(after.mean[0]).toBeCloseTo(0, 5);
    expect(after.deviation[0]).toBeCloseTo(1, 5);
    expect(apply(train).imageShape).toEqual([28, 28]);
    expect(deviation.length).toBe(784);
    expect(() => normalize(train, { per: 'pixel' as never })).toThrow(/"feature", "all"/);
  });
  it('gives a feature that does not vary the deviation 1', () => {
    const { deviation, mean } = normalize(
      dataset({ features: Float32Array.from({ length: 30 }, () => 0.1), width: 1, labels: Array<number>(30).fill(0) }),
    );
    expect([deviation[0], mean[0]]).toEqual([1, Math.fround(0.1)]);
  });
});

describe('labels in text', () => {
  const animals = dataset({ features: [[1], [2], [3]], labels: ['dog', 'cat', 'dog'] });
  it('are numbered by their sorted names, which every part keeps', () => {
    expect(animals.classNames).toEqual(['cat', 'dog']);
    expect([Array.from(animals.labels ?? []), animals.classes]).toEqual([[1, 0, 1], 2]);
    expect(animals.take(1).classNames).toEqual(['cat', 'dog']);
    expect(normalize(animals).apply(animals).classNames).toEqual(['cat', 'dog']);
    expect(concat(animals, animals).classNames).toEqual(['cat', 'dog']);
  });
  it('may be numbered by names given', () => {
    const named = dataset({ features: [[1]], labels: ['dog'], classNames: ['dog', 'cat', 'eel'] });
    expect([named.labels?.[0], named.classes]).toEqual([0, 3]);
    expect(dataset({ features: [[1]], labels: [2], classNames: ['a', 'b', 'c'] }).classNames).toEqual(['a', 'b', 'c']);
  });
  it('are refused where they are wrong', () => {
    const make = (options: object) => () => dataset({ features: [[1], [2]], ...options });
    expect(make({ labels: ['a', 3] })).toThrow(/labels\[1\], received 3/);
    expect(make({ labels: ['a', 'b'], classNames: ['a'] })).toThrow(/labels\[1\], received "b"/);
    expect(make({ labels: [0, 1], classNames: ['a', 'a'] })).toThrow(/classNames\[1\]/);
    expect(make({ labels: [0, 1], classNames: ['a'] })).toThrow(/labels\[1\]/);
    expect(make({ labels: [0, 1], classes: 3, classNames: ['a', 'b'] })).toThrow(/3 names/);
    expect(make({ labels: [0, 1], classNames: 'ab' })).toThrow(/array of names/);
  });
});
