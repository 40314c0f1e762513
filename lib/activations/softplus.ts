import { makeActivation, type Activation } from './activation.js';

/**
 * A smooth ReLU that is positive everywhere: for outputs that must be, such as a variance.
 *
 *     f(x) = log(1 + eˣ)    f′(x) = 1 / (1 + e⁻ˣ)
 *
 * @example
 * dense(1, { activation: softplus() });
 *
 * Source: Dugas and others, "Incorporating second-order functional knowledge for better option pricing", NeurIPS 2000.
 * PyTorch's becomes exactly x above 20 and has a `beta`, the steepness, which is 1 here as in Keras.
 */
export function softplus(): Activation {
  return makeActivation('softplus', 'heNormal');
}
