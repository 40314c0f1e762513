import { fillNormal, fillUniform, type Initializer } from './initializer.js';

/**
 * LeCun initialization, normal: keeps the variance of signals from layer to layer with SELU.
 *
 *     standard deviation = √(1 / fanIn)
 *
 * `fanIn` and `fanOut` are the inputs and the units of the layer. Keras and some papers cut the normal distribution off
 * at two standard deviations; ours, like PyTorch's, does not.
 *
 * @example
 * dense(100, { initializer: lecunNormal() });
 *
 * Source: LeCun, Bottou, Orr, Müller, "Efficient BackProp", 1998.
 */
export function lecunNormal(): Initializer {
  const fill = fillNormal((fanIn) => Math.sqrt(1 / fanIn));
  return { name: 'lecunNormal', fill, config: { name: 'lecunNormal' } };
}

/**
 * LeCun initialization, uniform: the same variance as {@link lecunNormal}, with no value beyond the bound.
 *
 *     bound = √(3 / fanIn)
 *
 * @example
 * dense(100, { initializer: lecunUniform() });
 */
export function lecunUniform(): Initializer {
  const fill = fillUniform((fanIn) => Math.sqrt(3 / fanIn));
  return { name: 'lecunUniform', fill, config: { name: 'lecunUniform' } };
}
