import { makeActivation, type Activation } from './activation.js';

/**
 * Hyperbolic tangent: squashes to (-1, 1), zero-centered.
 *
 *     f(x) = (eˣ - e⁻ˣ) / (eˣ + e⁻ˣ)    f′(x) = 1 - f(x)²
 *
 * @example
 * dense(100, { activation: tanh() });
 *
 * Source: LeCun, Bottou, Orr, Müller, "Efficient BackProp", 1998.
 */
export function tanh(): Activation {
  return makeActivation('tanh', 'glorotUniform');
}
