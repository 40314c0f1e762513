import { checkNumber, checkOptions } from '../core/checks.js';
import type { ElasticAugmentation } from './augmentation.js';

export interface ElasticDistortionOptions {
  /** Deviation of the Gaussian in pixels, above 0 to 21; default 4. Small ones crumple, large ones only shift. */
  sigma?: number;
  /** Strength, 0 to 1000; default 34. */
  alpha?: number;
}

/**
 * Elastic distortion: pixels move along a smooth random field, as if the image were drawn on rubber. It imitates the
 * uncontrolled movements of a writing hand, and is what brought multilayer perceptrons on MNIST below 1% error.
 *
 *     d(x, y) = alpha · (G_sigma ∗ n)(x, y)    n ~ uniform(-1, 1) at each pixel, one field for x and one for y
 *     output(p) = input(p + d(p))
 *
 * G is cut off at 3 sigma and has sum 1; beyond the image the noise is 0. In the middle of an image displacements have a
 * deviation of alpha · 0.163 / sigma pixels: 1.4 with the defaults, which are the paper's and keep the labels of 28 x 28
 * digits.
 *
 * @param options see {@link ElasticDistortionOptions}
 * @throws OptionError
 *
 * @example
 * await network.fit(train, { augmentation: [rotation(10), elasticDistortion({ sigma: 4, alpha: 34 })] });
 *
 * Source: Simard, Steinkraus, Platt, "Best practices for convolutional neural networks applied to visual document
 * analysis", ICDAR 2003. As torchvision's ElasticTransform, whose alpha counts in halves of the image.
 */
export function elasticDistortion(options?: ElasticDistortionOptions): ElasticAugmentation {
  const { sigma = 4, alpha = 34 } = checkOptions<ElasticDistortionOptions>('elasticDistortion', options, [
    'sigma',
    'alpha',
  ]);
  checkNumber('sigma', sigma, { above: 0, max: 21 });
  checkNumber('alpha', alpha, { min: 0, max: 1000 });
  return { kind: 'elastic', name: 'elasticDistortion', config: { sigma, alpha }, sigma, alpha };
}
