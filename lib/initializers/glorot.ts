import { fillNormal, fillUniform, type Initializer } from './initializer.js';

/**
 * Glorot initialization, normal: keeps the variance of signals from layer to layer with sigmoid, tanh and linear layers.
 *
 *     standard deviation = √(2 / (fanIn + fanOut))
 *
 * `fanIn` and `fanOut` are the inputs and the units of the layer. Keras and some papers cut the normal distribution off
 * at two standard deviations; ours, like PyTorch's, does not.
 *
 * @example
 * dense(100, { initializer: glorotNormal() });
 *
 * Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010. Also called Xavier initialization.
 */
export function glorotNormal(): Initializer {
  const fill = fillNormal((fanIn, fanOut) => Math.sqrt(2 / (fanIn + fanOut)));
  return { name: 'glorotNormal', fill, config: { name: 'glorotNormal' } };
}

/**
 * Glorot initialization, uniform: the same variance as {@link glorotNormal}, with no value beyond the bound.
 *
 *     bound = √(6 / (fanIn + fanOut))
 *
 * @example
 * dense(100, { initializer: glorotUniform() });
 */
export function glorotUniform(): Initializer {
  const fill = fillUniform((fanIn, fanOut) => Math.sqrt(6 / (fanIn + fanOut)));
  return { name: 'glorotUniform', fill, config: { name: 'glorotUniform' } };
}
