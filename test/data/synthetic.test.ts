import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { OptionError } from '../../lib/core/errors.js';
import { syntheticDigits } from '../../lib/data/index.js';
import type { Dataset, SyntheticDigitsOptions } from '../../lib/data/index.js';
import { thrownBy } from '../support/errors.js';

const { train, test, source } = syntheticDigits({ train: 3000, test: 1000, seed: 5 });

function image({ features }: Dataset, index: number): Uint8Array {
  return features.subarray(index * 784, (index + 1) * 784) as Uint8Array;
}

describe('syntheticDigits', () => {
  it('makes datasets like those of MNIST', () => {
    expect(source).toBe('synthetic');
    expect(train).toMatchObject({ length: 3000, width: 784, classes: 10, imageShape: [28, 28], scale: 1 / 255 });
    expect(test).toMatchObject({ length: 1000, width: 784, classes: 10, name: 'synthetic test' });
    expect(train.features).toBeInstanceOf(Uint8Array);
  });

  it('draws the same image whatever the number asked for', () => {
    const fewer = syntheticDigits({ train: 100, test: 10, seed: 5 });
    expect(fewer.train.features).toEqual(train.take(100).features);
    expect(fewer.train.labels).toEqual(train.take(100).labels);
    expect(fewer.test.features).toEqual(test.take(10).features);
  });

  it('draws others for another seed, and others for the test set', () => {
    const other = syntheticDigits({ train: 100, test: 100, seed: 6 });
    const sums = new Set<string>();
    const sets = [train.take(100), test.take(100), other.train, other.test];
    for (const set of sets) {
      for (let index = 0; index < 100; index++) sums.add(createHash('sha1').update(image(set, index)).digest('hex'));
    }
    expect(sums.size).toBe(400);
  });

  it('draws every digit about as often', () => {
    const counts = new Array<number>(10).fill(0);
    for (const label of train.labels!) counts[label]++;
    expect(Math.min(...counts)).toBeGreaterThan(240);
    expect(Math.max(...counts)).toBeLessThan(360);
  });

  it('inks each image, softly, and keeps off its border', () => {
    let border = 0;
    for (let index = 0; index < train.length; index++) {
      const pixels = image(train, index);
      const inked = pixels.filter((value) => value > 127).length;
      expect(inked).toBeGreaterThan(12);
      expect(inked).toBeLessThan(350);
      expect(pixels.some((value) => value > 0 && value < 128)).toBe(true);
      for (let at = 0; at < 28; at++)
        if (pixels[at] + pixels[756 + at] + pixels[at * 28] + pixels[at * 28 + 27] > 0) border++;
    }
    expect(border / train.length).toBeLessThan(0.1);
  });

  it('draws digits that a nearest-mean classifier tells apart, though not all', () => {
    const means = Array.from({ length: 10 }, () => new Float64Array(784));
    const counts = new Array<number>(10).fill(0);
    train.labels!.forEach((label, index) => {
      counts[label]++;
      image(train, index).forEach((value, pixel) => (means[label][pixel] += value));
    });
    means.forEach((mean, digit) => mean.forEach((value, pixel) => (mean[pixel] = value / counts[digit])));
    let right = 0;
    test.labels!.forEach((label, index) => {
      const pixels = image(test, index);
      const distances = means.map((mean) => mean.reduce((sum, value, pixel) => sum + (value - pixels[pixel]) ** 2, 0));
      if (distances.indexOf(Math.min(...distances)) === label) right++;
    });
    expect(right / test.length).toBeGreaterThan(0.55);
    expect(right / test.length).toBeLessThan(0.9);
  });

  it.each<[SyntheticDigitsOptions, RegExp]>([
    [{ train: 0 }, /train, received 0/],
    [{ test: 1.5 }, /test, received 1.5/],
    [{ seed: -1 }, /seed, received -1/],
    [{ seeds: 1 } as SyntheticDigitsOptions, /did you mean seed/],
  ])('refuses %j', (options, says) => {
    const error = thrownBy(() => syntheticDigits(options));
    expect(error).toBeInstanceOf(OptionError);
    expect(error.message).toMatch(says);
  });
});
