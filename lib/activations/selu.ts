import { makeActivation, type Activation } from './activation.js';

/**
 * Scaled exponential linear unit: with `lecunNormal` weights (the default for it) and standardized inputs, activations
 * keep mean 0 and variance 1 through any number of layers.
 *
 *     f(x) = λ · x for x > 0, else λ · α · (eˣ - 1)    λ = 1.0507009873554805, α = 1.6732632423543772
 *
 * @example
 * dense(100, { activation: selu() });
 *
 * Source: Klambauer, Unterthiner, Mayr, Hochreiter, "Self-normalizing neural networks", NeurIPS 2017.
 */
export function selu(): Activation {
  return makeActivation('selu', 'lecunNormal');
}
