import { checkNumber, expected } from '../core/checks.js';
import { OptionError } from '../core/errors.js';
import { warpOperations } from '../kernels/augment.js';
import type { AffineAugmentation } from './augmentation.js';

const degrees = Math.PI / 180;

/**
 * Shifts each image by up to `pixels` to either side and up or down, both drawn uniformly.
 *
 * @param pixels at least 0, or `[horizontal, vertical]`; default 2, which leaves a centred 28 x 28 digit whole
 * @throws OptionError
 *
 * @example
 * await network.fit(train, { augmentation: [shift(2)] });
 *
 * As Keras' RandomTranslation, in pixels instead of shares of a side.
 */
export function shift(pixels: number | readonly [horizontal: number, vertical: number] = 2): AffineAugmentation {
  const [across, down] = Array.isArray(pixels) ? (pixels as [number, number]) : [pixels as number, pixels as number];
  checkNumber('pixels', across, { min: 0 });
  checkNumber('pixels', down, { min: 0 });
  return affine('shift', { pixels: [across, down] }, [warpOperations.shift, across, down]);
}

/**
 * Rotates each image about its centre by up to `angle` degrees either way, drawn uniformly.
 *
 * @param angle 0 to 180; default 15, at which a 6 is no 9 and a 7 no 1
 * @throws OptionError
 *
 * @example
 * await network.fit(train, { augmentation: [rotation(15)] });
 */
export function rotation(angle = 15): AffineAugmentation {
  checkNumber('angle', angle, { min: 0, max: 180 });
  return affine('rotation', { angle }, [warpOperations.rotation, angle * degrees, 0]);
}

/**
 * Enlarges or shrinks each image about its centre, by a factor drawn uniformly from `1 - range` to `1 + range`.
 *
 * @param range 0 to 0.9, or `[least, most]`, two factors from 0.1 to 10; default 0.15
 * @throws OptionError
 *
 * @example
 * await network.fit(train, { augmentation: [scale(0.15)] });
 */
export function scale(range: number | readonly [least: number, most: number] = 0.15): AffineAugmentation {
  const pair = Array.isArray(range);
  if (!pair) checkNumber('range', range, { min: 0, max: 0.9 });
  const [least, most] = pair ? (range as [number, number]) : [1 - (range as number), 1 + (range as number)];
  checkNumber('range', least, { min: 0.1 - 1e-9, max: 10 });
  checkNumber('range', most, { min: 0.1 - 1e-9, max: 10 });
  if (least > most) {
    throw new OptionError('ERR_OPTION_RANGE', expected('the smaller factor first', 'range', `${least}, ${most}`));
  }
  return affine('scale', { range: [least, most] }, [warpOperations.scale, least, most]);
}

/**
 * Slants each image: rows move to the side by their height times the tangent of up to `angle` degrees either way.
 *
 * @param angle 0 to 80; default 15, about what handwriting has
 * @throws OptionError
 *
 * @example
 * await network.fit(train, { augmentation: [shear(15)] });
 */
export function shear(angle = 15): AffineAugmentation {
  checkNumber('angle', angle, { min: 0, max: 80 });
  return affine('shear', { angle }, [warpOperations.shear, Math.tan(angle * degrees), 0]);
}

/**
 * Mirrors an image left to right with a probability. For objects and scenes: most digits and letters are others, or none,
 * in a mirror, so there is no range that keeps their labels.
 *
 * @param probability 0 to 1; default 0.5
 * @throws OptionError
 *
 * @example
 * await network.fit(photographs, { augmentation: [horizontalFlip(), shift(3)] });
 */
export function horizontalFlip(probability = 0.5): AffineAugmentation {
  checkNumber('probability', probability, { min: 0, max: 1 });
  return affine('horizontalFlip', { probability }, [warpOperations.flip, probability, 0]);
}

/**
 * Cuts a window out of each image, anywhere in it, and enlarges it to the whole. The window's share of each side is drawn
 * uniformly from `least` to 1.
 *
 * @param least above 0 to 1; default 0.85, which hardly touches a digit with MNIST's margin of 4 pixels in 28
 * @throws OptionError
 *
 * @example
 * await network.fit(train, { augmentation: [crop(0.85)] });
 *
 * As torchvision's RandomResizedCrop with the image's own aspect ratio.
 */
export function crop(least = 0.85): AffineAugmentation {
  checkNumber('least', least, { above: 0, max: 1 });
  return affine('crop', { least }, [warpOperations.crop, least, 0]);
}

function affine(
  name: string,
  config: AffineAugmentation['config'],
  operation: AffineAugmentation['operation'],
): AffineAugmentation {
  return { kind: 'affine', name, config, operation };
}
