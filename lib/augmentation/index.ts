export { crop, horizontalFlip, rotation, scale, shear, shift } from './affine.js';
export type { AffineAugmentation, Augmentation, ElasticAugmentation, PixelAugmentation } from './augmentation.js';
export { augmenterOf, type Augmenter } from './augmenter.js';
export { elasticDistortion, type ElasticDistortionOptions } from './elastic-distortion.js';
export { erase, noise, type EraseOptions } from './pixels.js';
