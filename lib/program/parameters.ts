import type { RandomStream } from '../core/random.js';

/** How large the parameter to be filled is, and the inputs and units of its layer, which most initializers scale by. */
export interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
  /** One or two extents; the values lie row after row. */
  readonly shape: readonly number[];
}

/** Fills a new parameter. */
export type InitializeFunction = (values: Float64Array, fans: Fans, random: RandomStream) => void;

/** What a parameter is to its layer. Regularizers and weight decay act on kernels only. State is never trained. */
export type Role = 'kernel' | 'bias' | 'scale' | 'state';

/** A named range of the network's parameter arena. */
export interface Parameter {
  readonly name: string;
  readonly layer: string;
  readonly role: Role;
  /** One or two extents. */
  readonly shape: readonly number[];
  readonly size: number;
  /** First element in the arena; always on a 64-byte boundary. */
  readonly offset: number;
  readonly initialize: InitializeFunction;
  readonly regularizers: readonly Regularizer[];
}

/** Adds a penalty to the loss. Defined here, where programs are built, because it is written as kernel calls. */
export interface Regularizer {
  readonly name: string;
  /** The kernel that adds the penalty's gradient and returns the penalty. */
  readonly kernel: 'l2';
  readonly lambda: number;
}

export interface ClaimOptions {
  readonly role: Role;
  readonly initialize: InitializeFunction;
  readonly regularizers?: readonly Regularizer[];
}

const ALIGNMENT = 16;

/** Hands out ranges of the parameter arena while a network is built. */
export class ParameterClaims {
  readonly all: Parameter[] = [];
  #layer = '';
  #size = 0;

  /** Elements of the arena so far. */
  get size(): number {
    return this.#size;
  }

  /** The claims that follow belong to this layer. */
  enter(layer: string): void {
    this.#layer = layer;
  }

  claim(name: string, shape: readonly number[], options: ClaimOptions): Parameter {
    const size = shape.reduce((product, extent) => product * extent, 1);
    const parameter: Parameter = {
      name: `${this.#layer}.${name}`,
      layer: this.#layer,
      role: options.role,
      shape,
      size,
      offset: this.#size,
      initialize: options.initialize,
      regularizers: options.regularizers ?? [],
    };
    this.#size += Math.ceil(size / ALIGNMENT) * ALIGNMENT;
    this.all.push(parameter);
    return parameter;
  }
}
