import { makeActivation, type Activation } from './activation.js';

/**
 * Sigmoid linear unit, also known as swish: a smooth ReLU with a dip left of zero. The name `swish` means the same.
 *
 *     f(x) = x · σ(x)    f′(x) = σ(x) · (1 + x · σ(-x))    σ(x) = 1 / (1 + e⁻ˣ)
 *
 * @example
 * dense(256, { activation: silu() });
 *
 * Source: Elfwing, Uchibe, Doya, "Sigmoid-weighted linear units for neural network function approximation", 2017;
 * Ramachandran, Zoph, Le, "Searching for activation functions", 2017 (swish with β = 1).
 */
export function silu(): Activation {
  return makeActivation('silu', 'heNormal');
}
