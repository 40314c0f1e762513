import { makeActivation, type Activation } from './activation.js';

/**
 * No activation: the layer stays linear.
 *
 *     f(x) = x    f′(x) = 1
 *
 * @example
 * dense(10, { activation: identity() });
 */
export function identity(): Activation {
  return makeActivation('identity', 'glorotUniform');
}
