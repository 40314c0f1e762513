import { describe, expect, it } from 'vitest';
import {
  augmenterOf,
  crop,
  elasticDistortion,
  erase,
  horizontalFlip,
  noise,
  rotation,
  scale,
  shear,
  shift,
  type Augmentation,
} from '../../lib/augmentation/index.js';
import { OptionError, ShapeError } from '../../lib/core/errors.js';
import { RandomStream } from '../../lib/core/random.js';
import type { Engine } from '../../lib/engine/engine.js';
import { ProgramBuilder } from '../../lib/program/builder.js';
import { expectClose, expectSameBits, sumOf, tolerances } from '../support/compare.js';
import { engineRows, nativeRows, reference64 } from '../support/engines.js';

interface Draw {
  readonly height?: number;
  readonly width?: number;
  readonly images?: Float32Array;
  readonly count?: number;
  readonly seed?: number;
  readonly step?: number;
  readonly batchSize?: number;
}

const randomImages = (count: number, pixels: number) => {
  const random = new RandomStream(5, 3);
  return Float32Array.from({ length: count * pixels }, () => random.uniform());
};

async function augmented(engine: Engine, list: readonly Augmentation[], draw: Draw = {}): Promise<Float32Array> {
  const { height = 9, width = 11, count = 70, seed = 1, step = 4, batchSize = count } = draw;
  const pixels = height * width;
  const features = draw.images ?? randomImages(count, pixels);
  const builder = new ProgramBuilder('predict', batchSize);
  builder.emit(augmenterOf('augmentation', list, [height, width])(builder, builder.features(pixels)));
  const program = engine.compile(builder.finish({ scalars: 0, slots: 0, parameters: 0 }));
  const data = engine.createData({ length: count, width: pixels, features, scale: 1, targetWidth: 0 });
  const slice = { data, firstSample: 0, count, scalars: new Float64Array(0), seed, firstStep: step };
  const { output } = await program.run(engine.createStore(0, 0), slice);
  return Float32Array.from(output ?? []);
}

const everything: readonly (readonly [string, readonly Augmentation[]])[] = [
  ['shift', [shift(2)]],
  ['rotation', [rotation(40)]],
  ['scale', [scale([0.5, 2])]],
  ['shear', [shear(30)]],
  ['horizontalFlip', [horizontalFlip()]],
  ['crop', [crop(0.5)]],
  ['noise', [noise(0.2)]],
  ['erase', [erase()]],
  ['elasticDistortion', [elasticDistortion({ sigma: 1.5, alpha: 6 })]],
  ['all', [rotation(), scale(), elasticDistortion({ sigma: 2, alpha: 5 }), shift(), noise(), shear(), erase(), crop()]],
];

describe.each(engineRows)('on $name', ({ make, tolerance }) => {
  it.each(everything)('%s gives what it gives in float64', async (_name, list) => {
    const got = await augmented(make(), list);
    const wanted = await augmented(reference64.make(), list);
    // A place is off by an ulp of itself, the value there by the slope of the image.
    expectClose(got, wanted, sumOf(50, tolerance === tolerances.float64 ? tolerances.float32 : tolerance));
    expect(got).not.toEqual(randomImages(70, 99));
  });

  it.each(everything)('%s follows from seed and step, and differs from image to image', async (_name, list) => {
    const images = new Float32Array(70 * 99);
    const one = randomImages(1, 99);
    for (let row = 0; row < 70; row++) images.set(one, row * 99);
    const first = await augmented(make(), list, { images });
    expectSameBits(await augmented(make(), list, { images }), first);
    expect(await augmented(make(), list, { images, seed: 2 })).not.toEqual(first);
    expect(await augmented(make(), list, { images, step: 5 })).not.toEqual(first);
    const distinct = new Set(Array.from({ length: 70 }, (_, row) => first.subarray(row * 99, row * 99 + 99).join()));
    expect(distinct.size).toBeGreaterThan(1);
  });

  it('leaves an image as it is where a range is nothing', async () => {
    const list = [
      shift(0),
      rotation(0),
      scale(0),
      shear(0),
      horizontalFlip(0),
      crop(1),
      elasticDistortion({ alpha: 0 }),
    ];
    const got = await augmented(make(), [...list, erase({ probability: 0 }), noise(0)]);
    expectClose(got, randomImages(70, 99), tolerances.float32);
  });

  it('mirrors exactly, and twice is once too often', async () => {
    const images = randomImages(70, 99);
    const mirrored = images.map((_, i) => images[i - (i % 11) + 10 - (i % 11)]);
    expectSameBits(await augmented(make(), [horizontalFlip(1)]), mirrored);
    expectSameBits(await augmented(make(), [horizontalFlip(1), horizontalFlip(1)]), images);
  });

  it('composes neighbours into one resampling, in the order given', async () => {
    // Shrunk to a tenth and enlarged again: nothing would be left of the image after two resamplings.
    const [small, large] = [scale([0.1, 0.1]), scale([10, 10])];
    const images = randomImages(70, 99);
    expectClose(await augmented(make(), [small, large]), images, sumOf(10, tolerances.float32));
    const apart = await augmented(make(), [small, noise(0), large]);
    expect(apart.some((value, i) => Math.abs(value - images[i]) > 0.5)).toBe(true);
    // The shift draws the same in both lists; only what is done first is enlarged with the image.
    const dot = new Float32Array(99);
    dot[4 * 11 + 5] = 1;
    const draw = { images: dot, count: 1 };
    const reach = (image: Float32Array) => {
      let [sum, place] = [0, 0];
      image.forEach((value, i) => {
        sum += value;
        place += value * ((i % 11) - 5);
      });
      return place / sum;
    };
    const [double, one] = [scale([2, 2]), shift([1, 0])];
    const before = reach(await augmented(make(), [one, rotation(0), double], draw));
    const alone = reach(await augmented(make(), [one], draw));
    expect(Math.abs(alone)).toBeGreaterThan(0.01);
    expect(before / alone).toBeCloseTo(2, 1);
  });

  it('fills with 0 what comes from beyond the image', async () => {
    const images = new Float32Array(50 * 99).fill(1);
    const got = await augmented(make(), [shift([1, 0])], { images, count: 50 });
    for (let row = 0; row < 50; row++) {
      const line = got.subarray(row * 99 + 44, row * 99 + 55);
      expectClose(
        [line[0] + line[10]].map((sum) => Math.min(1, sum)),
        [1],
        tolerances.float32,
      );
      expectClose(line.subarray(1, 10), new Float32Array(9).fill(1), tolerances.float32);
    }
  });

  it('shifts to either side as often and as far as it says', async () => {
    const ramp = Float32Array.from({ length: 4000 * 81 }, (_, i) => i % 9);
    const got = await augmented(make(), [shift([2, 0])], { images: ramp, count: 4000, width: 9, height: 9 });
    const moves = Array.from({ length: 4000 }, (_, row) => 4 - got[row * 81 + 40]);
    expect(Math.max(...moves.map(Math.abs))).toBeLessThanOrEqual(2);
    const mean = moves.reduce((sum, move) => sum + move, 0) / 4000;
    const deviation = Math.sqrt(moves.reduce((sum, move) => sum + move * move, 0) / 4000);
    expect(Math.abs(mean)).toBeLessThan((4 * 2) / Math.sqrt(3 * 4000));
    expect(deviation).toBeCloseTo(2 / Math.sqrt(3), 1);
  });

  it('distorts by alpha · 0.163 / sigma pixels, and smoothly', async () => {
    const [sigma, alpha, count] = [4, 34, 200];
    const ramp = Float32Array.from({ length: count * 784 }, (_, i) => i % 28);
    const draw = { images: ramp, count, width: 28, height: 28 };
    const got = await augmented(make(), [elasticDistortion({ sigma, alpha })], draw);
    let [square, step] = [0, 0];
    for (let row = 0; row < count; row++) {
      const middle = row * 784 + 14 * 28 + 14;
      const [here, beside] = [got[middle] - 14, got[middle + 28] - 14];
      square += here * here;
      step += (here - beside) ** 2;
    }
    const deviation = Math.sqrt(square / count);
    expect(deviation / ((alpha * 0.163) / sigma)).toBeCloseTo(1, 0.7);
    // Neighbours move together: a Gaussian's correlation at distance 1 is e^(-1 / (4 sigma²)).
    expect(Math.sqrt(step / count)).toBeLessThan(0.3 * deviation);
  });

  it('erases rectangles of the size asked for, as often as asked for', async () => {
    const [count, height, width] = [1000, 9, 11];
    const images = new Float32Array(count * 99).fill(1);
    const got = await augmented(make(), [erase({ probability: 0.3, size: [2, 4] })], { images, count });
    let erased = 0;
    for (let row = 0; row < count; row++) {
      const zeros = Array.from({ length: 99 }, (_, i) => i).filter((i) => got[row * 99 + i] === 0);
      if (zeros.length === 0) continue;
      erased++;
      const [columns, lines] = [zeros.map((i) => i % width), zeros.map((i) => Math.floor(i / width))];
      const [across, down] = [columns, lines].map((places) => Math.max(...places) - Math.min(...places) + 1);
      expect(across * down).toBe(zeros.length);
      expect([across, down].every((side) => side >= 2 && side <= 4)).toBe(true);
    }
    expect(Math.abs(erased / count - 0.3)).toBeLessThan(0.06);
    const whole = await augmented(make(), [erase({ probability: 1, size: [50, 90] })], { height, width });
    expect(whole.every((value) => value === 0)).toBe(true);
  });
});

describe.each(nativeRows)('$name', ({ make }) => {
  it('draws the same bits with any number of threads', async () => {
    const list = everything.flatMap(([, some]) => some);
    const draw = { height: 28, width: 28, count: 300, batchSize: 300 };
    const one = await augmented(make(1), list, draw);
    for (const threads of [2, 3]) expectSameBits(await augmented(make(threads), list, draw), one);
  });

  it('refuses a program whose images are larger than its scratch memory', () => {
    const builder = new ProgramBuilder('predict', 4);
    const input = builder.features(512 * 512);
    const output = builder.rows(512 * 512);
    builder.call('warpImage', { input, output }, { columns: 512, sigma: 4, alpha: 34, stream: 0 });
    builder.emit(output);
    const program = builder.finish({ scalars: 0, slots: 0, parameters: 0 });
    expect(() => make().compile(program)).toThrow(/images too large/);
  });
});

describe('what is wrong with a list is said before any work', () => {
  const wrong: [string, () => unknown, typeof OptionError | typeof ShapeError, RegExp][] = [
    ['a negative shift', () => shift(-1), OptionError, /pixels, received -1/],
    ['a shift in text', () => shift('2' as never), OptionError, /pixels, received "2"/],
    ['half a turn and more', () => rotation(181), OptionError, /angle, received 181/],
    ['a scale of 1 either way', () => scale(1), OptionError, /range, received 1/],
    ['factors the wrong way round', () => scale([2, 1]), OptionError, /range/],
    ['an upright shear', () => shear(90), OptionError, /angle, received 90/],
    ['a probability of 2', () => horizontalFlip(2), OptionError, /probability, received 2/],
    ['a window of nothing', () => crop(0), OptionError, /least, received 0/],
    ['NaN noise', () => noise(NaN), OptionError, /standardDeviation, received NaN/],
    ['an unknown option', () => elasticDistortion({ sgima: 4 } as never), OptionError, /sgima.*sigma/],
    ['sigma of 0', () => elasticDistortion({ sigma: 0 }), OptionError, /sigma, received 0/],
    ['a size that is no pair', () => erase({ size: 4 as never }), OptionError, /size, received 4/],
    ['a size the wrong way round', () => erase({ size: [4, 2] }), OptionError, /size\[1\], received 2/],
    ['no list', () => augmenterOf('augmentation', shift(1), [2, 2]), OptionError, /array of augmentations/],
    ['a function', () => augmenterOf('augmentation', [shift], [2, 2]), OptionError, /augmentation\[0\]/],
    ['no image', () => augmenterOf('augmentation', [shift(1)], undefined), ShapeError, /imageShape.*shift/],
    ['a large image', () => augmenterOf('augmentation', [elasticDistortion()], [300, 300]), ShapeError, /300 x 300/],
  ];
  it.each(wrong)('%s', (_name, make, type, message) => {
    expect(make).toThrow(type);
    expect(make).toThrow(message);
  });

  it('noise needs no image', () => {
    expect(augmenterOf('augmentation', [noise(0.1)], undefined)).toBeTypeOf('function');
  });
});
