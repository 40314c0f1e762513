import { expect, it, describe } from 'vitest';
import { toDigit } from '../../lib/cli/image.js';
import type { Picture } from '../../lib/data/png.js';
import { DataError, syntheticDigits } from '../../lib/index.js';
import { thrownBy } from '../support/errors.js';

type Colour = readonly [number, number, number];
const [white, black]: Colour[] = [
  [255, 255, 255],
  [0, 0, 0],
];

/** A picture from how much ink each place has, 0 to 1. */
function picture(
  width: number,
  height: number,
  ink: (x: number, y: number) => number,
  { paper = white, pen = black, transparent = false } = {},
): Picture {
  const pixels = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const share = ink(x, y);
      const colour = paper.map((level, channel) =>
        transparent ? pen[channel] : level + (pen[channel] - level) * share,
      );
      pixels.set([...colour, transparent ? 255 * share : 255], 4 * (y * width + x));
    }
  }
  return { width, height, pixels };
}

/** An L: a bar down and a shorter one to the right, in a box of `size` at (left, top). */
const letter = (left: number, top: number, size: number) => (x: number, y: number) => {
  const [u, v] = [(x - left) / size, (y - top) / size];
  const down = u >= 0 && u < 0.2 && v >= 0 && v < 1;
  const right = v >= 0.8 && v < 1 && u >= 0 && u < 0.6;
  return down || right ? 1 : 0;
};

function boxAndCentre(values: Uint8Array) {
  const inked = [...values.keys()].filter((i) => values[i] > 63);
  const [xs, ys] = [inked.map((i) => i % 28), inked.map((i) => Math.floor(i / 28))];
  const total = values.reduce((sum, value) => sum + value, 0);
  const mean = (at: (i: number) => number) => values.reduce((sum, value, i) => sum + value * (at(i) + 0.5), 0) / total;
  return {
    width: Math.max(...xs) - Math.min(...xs) + 1,
    height: Math.max(...ys) - Math.min(...ys) + 1,
    centre: [mean((i) => i % 28), mean((i) => Math.floor(i / 28))],
  };
}

describe('an image of any size', () => {
  it.each([
    ['large, dark on light', picture(300, 400, letter(90, 40, 250))],
    ['light on dark', picture(300, 400, letter(90, 40, 250), { paper: black, pen: white })],
    ['in a corner of a wide one', picture(900, 300, letter(700, 180, 100))],
    [
      'red on green of the same brightness',
      picture(200, 200, letter(20, 20, 150), { paper: [0, 130, 0], pen: [255, 0, 0] }),
    ],
    ['dark on nothing', picture(120, 120, letter(20, 20, 80), { transparent: true })],
    ['light on nothing', picture(120, 120, letter(20, 20, 80), { pen: white, transparent: true })],
    ['smaller than a digit of MNIST', picture(14, 16, letter(2, 3, 10))],
  ])('%s: becomes 20 pixels high, centred by mass', (_name, image) => {
    const { values, fitted } = toDigit(image);
    const { width, height, centre } = boxAndCentre(values);
    expect(fitted).toBe(true);
    expect(height).toBeGreaterThanOrEqual(19);
    expect(height).toBeLessThanOrEqual(21);
    expect(width).toBeGreaterThanOrEqual(11);
    expect(width).toBeLessThanOrEqual(14);
    for (const coordinate of centre) expect(Math.abs(coordinate - 14)).toBeLessThanOrEqual(0.75);
    expect(Math.max(...values)).toBe(255);
    expect(values[0]).toBe(0);
  });

  it('says whether the background was light', () => {
    expect(toDigit(picture(50, 50, letter(5, 5, 40))).inverted).toBe(true);
    expect(toDigit(picture(50, 50, letter(5, 5, 40), { paper: black, pen: white })).inverted).toBe(false);
  });

  it('sees through noise and a shadow over the paper', () => {
    const clean = toDigit(picture(200, 200, letter(40, 30, 140)));
    const noise = (x: number, y: number) => (((x * 7919 + y * 104729) % 97) / 97) * 0.12 + (x / 200) * 0.1;
    const noisy = toDigit(picture(200, 200, (x, y) => Math.min(1, letter(40, 30, 140)(x, y) + noise(x, y))));
    const difference = clean.values.reduce((sum, value, i) => sum + Math.abs(value - noisy.values[i]), 0) / 784;
    expect(difference).toBeLessThan(6);
  });

  it('must show something', () => {
    for (const image of [picture(100, 100, () => 0), picture(100, 80, () => 1), picture(1, 1, () => 1)]) {
      expect(thrownBy(() => toDigit(image))).toBeInstanceOf(DataError);
    }
  });

  it('may be as narrow as a line', () => {
    const { values } = toDigit(picture(60, 300, (x, y) => (x === 30 && y > 20 && y < 280 ? 1 : 0)));
    expect(boxAndCentre(values).height).toBe(20);
  });
});

describe('an image of 28 x 28', () => {
  const { train } = syntheticDigits({ train: 20, test: 1 });
  const digit = (index: number) => train.features.subarray(index * 784, (index + 1) * 784);

  it('is taken as it is', () => {
    for (let index = 0; index < 20; index++) {
      const image = picture(28, 28, (x, y) => digit(index)[y * 28 + x] / 255, { paper: black, pen: white });
      expect(toDigit(image)).toEqual({ values: digit(index), inverted: false, fitted: false });
    }
  });

  it('is inverted where its background is light', () => {
    const image = picture(28, 28, (x, y) => digit(3)[y * 28 + x] / 255);
    expect(toDigit(image)).toEqual({ values: digit(3), inverted: true, fitted: false });
  });
});
