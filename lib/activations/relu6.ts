import { makeActivation, type Activation } from './activation.js';

/**
 * ReLU with a ceiling of 6, made for networks that are later run in few bits.
 *
 *     f(x) = min(max(x, 0), 6)    f′(x) = 1 for 0 < x < 6, else 0
 *
 * @example
 * dense(128, { activation: relu6() });
 *
 * Source: Krizhevsky, "Convolutional deep belief networks on CIFAR-10", 2010.
 * At 0 and at 6 the derivative is 0, as in PyTorch.
 */
export function relu6(): Activation {
  return makeActivation('relu6', 'heNormal');
}
