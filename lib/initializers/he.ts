import { fillNormal, fillUniform, type Initializer } from './initializer.js';

/**
 * He initialization, normal: keeps the variance of signals from layer to layer with ReLU and its relatives.
 *
 *     standard deviation = √(2 / fanIn)
 *
 * `fanIn` and `fanOut` are the inputs and the units of the layer. Keras and some papers cut the normal distribution off
 * at two standard deviations; ours, like PyTorch's, does not.
 *
 * @example
 * dense(100, { initializer: heNormal() });
 *
 * Source: He, Zhang, Ren, Sun, "Delving deep into rectifiers", ICCV 2015. PyTorch calls it Kaiming initialization; its layers default to another rule.
 */
export function heNormal(): Initializer {
  const fill = fillNormal((fanIn) => Math.sqrt(2 / fanIn));
  return { name: 'heNormal', fill, config: { name: 'heNormal' } };
}

/**
 * He initialization, uniform: the same variance as {@link heNormal}, with no value beyond the bound.
 *
 *     bound = √(6 / fanIn)
 *
 * @example
 * dense(100, { initializer: heUniform() });
 */
export function heUniform(): Initializer {
  const fill = fillUniform((fanIn) => Math.sqrt(6 / fanIn));
  return { name: 'heUniform', fill, config: { name: 'heUniform' } };
}
