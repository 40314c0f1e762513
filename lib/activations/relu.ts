import { makeActivation, type Activation } from './activation.js';

/**
 * Rectified linear unit: the default choice for hidden layers.
 *
 *     f(x) = max(x, 0)    f′(x) = 1 for x > 0, else 0
 *
 * A unit whose input is negative for every sample gets no gradient any more ("dies"); {@link leakyRelu} and {@link elu}
 * avoid that. Layers with it are initialized by `heNormal`.
 *
 * @example
 * dense(512, { activation: relu() });
 *
 * Source: Nair and Hinton, "Rectified linear units improve restricted Boltzmann machines", ICML 2010.
 */
export function relu(): Activation {
  return makeActivation('relu', 'heNormal');
}
