import { checkChoice, checkNumber } from '../core/checks.js';
import { adamOptimizer, type AdamOptions } from './adam.js';
import { readOptions, type Optimizer } from './optimizer.js';

export interface AdamWOptions extends AdamOptions {
  /** Share of a weight that each step takes away, times the learning rate; at least 0, default 0.01. */
  weightDecay?: number;
  /** Which parameters decay: `kernels` alone, or `all` with biases and normalization; default `kernels`. */
  decays?: 'kernels' | 'all';
}

/**
 * AdamW: Adam with weight decay that does not pass through the moments.
 *
 *     p -= learningRate · weightDecay · p, and beside it Adam's step
 *
 * An `l2` regularizer under Adam is divided by the size of the gradient like everything else, and hardly holds weights
 * with large gradients; this decay acts on all weights alike. Layers with `weightDecay: false` are left out.
 *
 * @param options those of {@link adam}; `weightDecay` at least 0, default 0.01; `decays`, `kernels` or `all`, default
 *   `kernels`
 * @throws OptionError for options that are unknown or out of range
 *
 * @example
 * network.fit(train, { optimizer: adamW({ learningRate: 0.001, weightDecay: 0.05 }) });
 *
 * Source: Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019. PyTorch decays all parameters
 * (`decays: 'all'`), 0.01 by default; Keras too, 0.004 by default.
 */
export function adamW(options?: AdamWOptions): Optimizer {
  const own = ['beta1', 'beta2', 'epsilon', 'amsgrad', 'weightDecay', 'decays'] as const;
  const read = readOptions<AdamWOptions>('adamW', options, own, 0.001);
  const weightDecay = checkNumber('weightDecay', read.given.weightDecay ?? 0.01, { min: 0 });
  const decays = checkChoice('decays', read.given.decays ?? 'kernels', ['kernels', 'all']);
  return adamOptimizer(read, { weightDecay, decays }, (parameter) => {
    return parameter.weightDecay && (decays === 'all' || parameter.role === 'kernel') ? weightDecay : 0;
  });
}
