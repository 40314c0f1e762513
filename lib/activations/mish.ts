import { makeActivation, type Activation } from './activation.js';

/**
 * A smooth, self-gated unit close to {@link silu}, with a deeper dip left of zero.
 *
 *     f(x) = x · tanh(log(1 + eˣ))    f′(x) = t + x · (1 - t²) · σ(x)    t = tanh(log(1 + eˣ)), σ(x) = 1 / (1 + e⁻ˣ)
 *
 * @example
 * dense(256, { activation: mish() });
 *
 * Source: Misra, "Mish: a self regularized non-monotonic activation function", BMVC 2020.
 */
export function mish(): Activation {
  return makeActivation('mish', 'heNormal');
}
