import { checkInteger, checkOptions } from '../core/checks.js';
import { RandomStream, streams } from '../core/random.js';
import { dataset } from './make-dataset.js';
import type { Dataset } from './dataset.js';
import type { TrainAndTest } from './make-dataset.js';
import { DIGIT_SIZE, DigitPainter } from './digit-painter.js';

export interface SyntheticDigitsOptions {
  /** Number of training images: at least 1, default 20,000. */
  train?: number;
  /** Number of test images: at least 1, default 4,000. */
  test?: number;
  /** Whole number from 0; default 1. */
  seed?: number;
}

const MAX_IMAGES = 1_000_000;

/** Images of the two sets take turns as steps of one stream, so no two share a random number. */
const parts = { train: 0, test: 1 } as const;

/**
 * Handwritten-looking digits made up by the machine, for where MNIST cannot be had: no network, a test, a lesson.
 *
 * Images are `[784]` bytes, 28 x 28, ink near 255 on 0; labels 0 to 9, equally likely. Image i depends on the seed and i
 * alone, so a larger set begins with the smaller one. Numbers reached on them say nothing about MNIST.
 *
 * @param options see {@link SyntheticDigitsOptions}
 * @throws OptionError
 *
 * @example
 * const { train, test } = syntheticDigits({ train: 5000, test: 1000 });
 */
export function syntheticDigits(options?: SyntheticDigitsOptions): TrainAndTest {
  const {
    train = 20_000,
    test = 4_000,
    seed = 1,
  } = checkOptions<SyntheticDigitsOptions>('syntheticDigits', options, ['train', 'test', 'seed']);
  checkInteger('train', train, { min: 1, max: MAX_IMAGES });
  checkInteger('test', test, { min: 1, max: MAX_IMAGES });
  checkInteger('seed', seed);
  return { train: draw('train', train, seed), test: draw('test', test, seed), source: 'synthetic' };
}

function draw(part: keyof typeof parts, count: number, seed: number): Dataset {
  const width = DIGIT_SIZE * DIGIT_SIZE;
  const features = new Uint8Array(count * width);
  const labels = new Int32Array(count);
  const painter = new DigitPainter();
  for (let index = 0; index < count; index++) {
    const random = new RandomStream(seed, streams.data, 2 * index + parts[part]);
    labels[index] = random.integer(10);
    painter.paint(labels[index], random, features.subarray(index * width, (index + 1) * width));
  }
  return dataset({
    features,
    labels,
    width,
    classes: 10,
    imageShape: [DIGIT_SIZE, DIGIT_SIZE],
    name: `synthetic ${part}`,
  });
}
