import { makeActivation, type Activation } from './activation.js';

/**
 * Logistic sigmoid: squashes to (0, 1).
 *
 *     f(x) = 1 / (1 + e⁻ˣ)    f′(x) = f(x) · (1 - f(x)), at most 1/4
 *
 * Deep stacks of it lose the gradient from layer to layer. For two classes train on logits instead of adding it last.
 *
 * @example
 * dense(30, { activation: sigmoid() });
 */
export function sigmoid(): Activation {
  return makeActivation('sigmoid', 'glorotUniform');
}
