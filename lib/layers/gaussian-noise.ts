import { checkNumber, checkOptions } from '../core/checks.js';
import { streams } from '../core/random.js';
import type { LayerDescription } from './layer.js';
import { checkName } from './name.js';
import { TrainingOnly, type TrainingEffect } from './training-only.js';

export interface GaussianNoiseOptions {
  /** Unique in the network; by default `gaussianNoise1`, `gaussianNoise2`, … */
  name?: string;
}

/**
 * Gaussian noise: while training, an independent normal number is added to each value. In evaluation and prediction it
 * does nothing. On the inputs it is a simple augmentation; in front of an autoencoder it makes a denoising one.
 *
 *     output = input + standardDeviation · n    n ~ normal(0, 1)
 *
 * Noise follows from the seed, the layer's place and the step: both engines draw the same numbers, to 2e-6 of a standard
 * deviation. No number lies beyond 5.8 standard deviations.
 *
 * @param standardDeviation at least 0; 0.1 is much for inputs in [0, 1]
 * @throws OptionError when `standardDeviation` is negative or not finite
 *
 * @example
 * [gaussianNoise(0.1), dense(512, { activation: 'relu' }), dense(10)];
 *
 * Source: Bishop, "Training with noise is equivalent to Tikhonov regularization", Neural Computation 1995; the numbers by
 * Box and Muller 1958. As Keras' GaussianNoise; PyTorch has no such layer.
 */
export function gaussianNoise(standardDeviation: number, options?: GaussianNoiseOptions): LayerDescription {
  const given = checkOptions<GaussianNoiseOptions>('gaussianNoise', options, ['name']);
  checkNumber('standardDeviation', standardDeviation, { min: 0 });
  const effect: TrainingEffect = {
    streams: streams.noise,
    write(program, operands, stream) {
      program.call('gaussianNoise', operands, { standardDeviation, stream });
      return undefined;
    },
  };
  return {
    type: 'gaussianNoise',
    name: checkName(given),
    config: { standardDeviation },
    build: (context) => new TrainingOnly('gaussianNoise', context, standardDeviation === 0 ? undefined : effect),
  };
}

export function gaussianNoiseFromConfig(config: Record<string, unknown>): LayerDescription {
  const given = checkOptions<Record<string, unknown>>('gaussianNoise', config, ['standardDeviation', 'name']);
  return gaussianNoise(given['standardDeviation'] as number, { name: given['name'] as string | undefined });
}
