import type { RandomStream } from '../core/random.js';
import type { ProgramBuilder } from './builder.js';

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
  readonly constraints: readonly Constraint[];
  /** Its share of the optimizer's learning rate. */
  readonly learningRateMultiplier: number;
  /** Whether an optimizer's own weight decay may act on it. */
  readonly weightDecay: boolean;
}

/** Adds a penalty to the loss. Defined here, where programs are built, because it is written as kernel calls. */
export interface Regularizer {
  readonly name: string;
  /** The kernel that adds the penalty's gradient and returns the penalty. */
  readonly kernel: 'l1' | 'l2';
  readonly lambda: number;
}

/** Puts a kernel back where it may be after every update. It adds nothing to the loss. */
export interface Constraint {
  readonly name: string;
  readonly config: { readonly name: string; readonly [option: string]: string | number };
  /** Writes the kernel calls of the phase `constrain`. */
  write(program: ProgramBuilder, parameter: Parameter): void;
}

export interface ClaimOptions {
  readonly role: Role;
  readonly initialize: InitializeFunction;
  /** Undefined for those of the network, which act on kernels only. */
  readonly regularizers?: readonly Regularizer[];
  readonly constraints?: readonly Constraint[];
}

/** How the optimizer treats all parameters of a layer. */
export interface UpdateOptions {
  readonly learningRateMultiplier: number;
  readonly weightDecay: boolean;
}

const plainUpdates: UpdateOptions = { learningRateMultiplier: 1, weightDecay: true };

const ALIGNMENT = 16;

/** Hands out ranges of the parameter arena while a network is built. */
export class ParameterClaims {
  readonly all: Parameter[] = [];
  readonly #regularizers: readonly Regularizer[];
  #layer = '';
  #updates = plainUpdates;
  #size = 0;

  /** @param regularizers of kernels that have none of their own */
  constructor(regularizers: readonly Regularizer[] = []) {
    this.#regularizers = regularizers;
  }

  /** Elements of the arena so far. */
  get size(): number {
    return this.#size;
  }

  /** The claims that follow belong to this layer. */
  enter(layer: string, updates: UpdateOptions = plainUpdates): void {
    this.#layer = layer;
    this.#updates = updates;
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
      regularizers: options.regularizers ?? (options.role === 'kernel' ? this.#regularizers : []),
      constraints: options.constraints ?? [],
      ...this.#updates,
    };
    this.#size += Math.ceil(size / ALIGNMENT) * ALIGNMENT;
    this.all.push(parameter);
    return parameter;
  }
}
