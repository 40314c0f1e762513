import { checkInteger, checkNumber, checkOptions, expected } from '../core/checks.js';
import { OptionError } from '../core/errors.js';
import type { PixelAugmentation } from './augmentation.js';

/**
 * Adds an independent normal number to every feature, image or not.
 *
 * @param standardDeviation at least 0, in units of what the network sees (scaled features); default 0.1
 * @throws OptionError
 *
 * @example
 * await network.fit(train, { augmentation: [noise(0.1)] });
 *
 * The layer `gaussianNoise` does the same as part of the network. Values are not cut off at 0 and 1.
 */
export function noise(standardDeviation = 0.1): PixelAugmentation {
  checkNumber('standardDeviation', standardDeviation, { min: 0 });
  return {
    kind: 'pixels',
    name: 'noise',
    config: { standardDeviation },
    needsImage: false,
    write: (program, input, stream) => {
      const output = program.rows(input.second);
      program.call('gaussianNoise', { input, output }, { standardDeviation, stream });
      return output;
    },
  };
}

export interface EraseOptions {
  /** Share of the images that lose a rectangle, 0 to 1; default 0.5. */
  probability?: number;
  /** Least and most pixels of a side, whole numbers; default `[2, 8]`. */
  size?: readonly [least: number, most: number];
}

/**
 * Sets a rectangle of an image to 0: its sides are drawn from `size`, its place is anywhere within the image. The network
 * learns not to lean on a single stroke.
 *
 * @param options see {@link EraseOptions}; with the defaults a 28 x 28 digit stays legible
 * @throws OptionError
 *
 * @example
 * await network.fit(train, { augmentation: [erase({ probability: 0.5, size: [2, 8] })] });
 *
 * Source: Zhong et al., "Random erasing data augmentation", 2017, and DeVries and Taylor, "Improved regularization of
 * convolutional neural networks with cutout", 2017. torchvision's RandomErasing draws area and aspect instead of sides.
 */
export function erase(options?: EraseOptions): PixelAugmentation {
  const given = checkOptions<EraseOptions>('erase', options, ['probability', 'size']);
  const probability = checkNumber('probability', given.probability ?? 0.5, { min: 0, max: 1 });
  const size: unknown = given.size ?? [2, 8];
  if (!Array.isArray(size) || size.length !== 2) {
    throw new OptionError('ERR_OPTION_TYPE', expected('[least, most]', 'size', size));
  }
  const least = checkInteger('size[0]', size[0], { min: 1, max: 2 ** 24 });
  const most = checkInteger('size[1]', size[1], { min: least, max: 2 ** 24 });
  return {
    kind: 'pixels',
    name: 'erase',
    config: { probability, size: [least, most] },
    needsImage: true,
    write: (program, input, stream, shape) => {
      const output = program.rows(input.second);
      const columns = shape?.[1] ?? input.second;
      program.call('eraseRectangle', { input, output }, { columns, probability, least, most, stream });
      return output;
    },
  };
}
