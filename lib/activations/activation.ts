import { activationId, activationKernels } from '../kernels/activation.js';

/** An activation function as layers use it. Make one with {@link relu}, {@link tanh} and the others, or by its name. */
export interface Activation {
  readonly name: string;
  /** Its place in the kernels' table. */
  readonly id: number;
  /** The one number that shapes it (a slope, an alpha); 0 where there is none. */
  readonly parameter: number;
  /** What the derivative is computed from. */
  readonly saves: 'output' | 'input';
  /** The initializer that keeps signals in scale through layers of this activation. */
  readonly initializer: 'heNormal' | 'glorotUniform' | 'lecunNormal';
  /** Everything needed to make it again. */
  readonly config: ActivationConfig;
}

export interface ActivationConfig {
  readonly name: string;
  readonly [option: string]: string | number;
}

export function makeActivation(
  name: string,
  initializer: Activation['initializer'],
  parameter = 0,
  options: Readonly<Record<string, string | number>> = {},
  kernel = name,
): Activation {
  const id = activationId(kernel);
  return { name, id, parameter, saves: activationKernels[id].saves, initializer, config: { name, ...options } };
}
