import { makeActivation, type Activation } from './activation.js';

/**
 * {@link silu} with the hard sigmoid in the sigmoid's place: no exponential.
 *
 *     f(x) = x · min(max(x + 3, 0), 6) / 6    f′(x) = 0 for x ≤ -3, 1 for x ≥ 3, else x/3 + 1/2
 *
 * @example
 * dense(256, { activation: hardSwish() });
 *
 * Source: Howard and others, "Searching for MobileNetV3", ICCV 2019. Keras calls it `hard_silu`.
 */
export function hardSwish(): Activation {
  return makeActivation('hardSwish', 'heNormal');
}
