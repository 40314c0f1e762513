import { checkChoice, checkOptions } from '../core/checks.js';
import { makeActivation, type Activation } from './activation.js';

export interface GeluOptions {
  /** `none` for the exact function, `tanh` for the approximation that BERT and GPT-2 were trained with; default `none`. */
  approximation?: 'none' | 'tanh';
}

/**
 * Gaussian error linear unit: the input times the share of a normal distribution below it. Smooth, and slightly negative
 * left of zero.
 *
 *     f(x) = x · Φ(x)    f′(x) = Φ(x) + x · φ(x)    Φ, φ: the standard normal distribution and its density
 *     with approximation 'tanh': f(x) = ½ · x · (1 + tanh(√(2/π) · (x + 0.044715 · x³)))
 *
 * The approximation differs by at most 0.0005. Here it costs less: one exponential instead of one and a long polynomial.
 *
 * @throws OptionError for another approximation
 *
 * @example
 * dense(256, { activation: gelu({ approximation: 'tanh' }) });
 *
 * Source: Hendrycks and Gimpel, "Gaussian error linear units (GELUs)", 2016.
 * PyTorch calls the option `approximate`, Keras has `approximate: true` for `tanh`.
 */
export function gelu(options?: GeluOptions): Activation {
  const { approximation = 'none' } = checkOptions<GeluOptions>('gelu', options, ['approximation']);
  checkChoice('approximation', approximation, ['none', 'tanh']);
  if (approximation === 'none') return makeActivation('gelu', 'heNormal');
  return makeActivation('gelu', 'heNormal', 0, { approximation }, 'geluTanh');
}
