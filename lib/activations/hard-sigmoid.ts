import { makeActivation, type Activation } from './activation.js';

/**
 * The sigmoid in three straight pieces: no exponential.
 *
 *     f(x) = min(max(x + 3, 0), 6) / 6    f′(x) = 1/6 for -3 < x < 3, else 0
 *
 * @example
 * dense(30, { activation: hardSigmoid() });
 *
 * Source: Courbariaux, Bengio, David, "BinaryConnect", NeurIPS 2015; with these slopes Howard and others, "Searching for
 * MobileNetV3", ICCV 2019. As in PyTorch and Keras 3; Keras 2 had 0.2 · x + 0.5. At ±3 the derivative is 0, as in PyTorch.
 */
export function hardSigmoid(): Activation {
  return makeActivation('hardSigmoid', 'glorotUniform');
}
