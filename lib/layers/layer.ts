import type { Activation } from '../activations/index.js';
import type { ProgramBuilder, Value } from '../program/builder.js';
import type { Parameter, ParameterClaims, UpdateOptions } from '../program/parameters.js';

/** What the forward pass of a layer leaves for its backward pass. */
export interface Trace {
  readonly output: Value;
  /** What the derivative of the layer's activation is computed from, where it has one. */
  readonly saved?: Value;
}

/**
 * A layer of a network. It never computes: `forward` and `backward` write kernel calls into a program, so a layer reads
 * as its mathematics and runs on every engine.
 */
export interface Layer<T extends Trace = Trace> {
  /** Unique in its network, such as `dense1`. */
  readonly name: string;
  readonly type: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly parameters: readonly Parameter[];
  /** Multiply-adds of the forward pass per sample. */
  readonly multiplyAdds: number;
  /** Rows below which a training batch makes no sense (BatchNorm needs two). */
  readonly leastRows: number;
  /** The activation that its output went through last; what looks at saturated units wants to know. */
  readonly activation?: Activation;
  /** Layers inside this one, which also stand for its parameters. */
  readonly layers?: readonly Layer[];
  forward(program: ProgramBuilder, input: Value): T;
  /** Returns the gradient by the layer's input, where anybody upstream wants it. */
  backward(program: ProgramBuilder, trace: T, outputGradient: Value): Value | undefined;
  /** Takes what is known of the training set's features; returns the state that it becomes. */
  learnInputs?(statistics: FeatureStatistics): readonly LearnedState[];
}

/** Mean and standard deviation of every feature over a data set, in float64. */
export interface FeatureStatistics {
  readonly samples: number;
  readonly mean: Float64Array;
  /** 1 where a feature is constant. */
  readonly deviation: Float64Array;
}

export interface LearnedState {
  readonly parameter: Parameter;
  readonly values: Float64Array;
}

/** What a layer is built with. */
export interface LayerContext {
  readonly claims: ParameterClaims;
  readonly name: string;
  readonly inputs: number;
  /** Place in the network, from 0, inner layers counted: layers that draw random numbers have a stream of their own by it. */
  readonly index: number;
  /**
   * For the last layer: the final activation that the loss applies itself. A layer that ends in it leaves it out, so that the
   * network gives logits; training, evaluation and predictions apply it once, see `Loss.absorbs`.
   */
  readonly absorbed?: string | undefined;
  /** Builds layers inside this one, on its own inputs unless told otherwise. */
  readonly inner: (descriptions: readonly LayerDescription[], inputs?: number) => Layer[];
}

/**
 * A layer as the user describes it: checked options, no state. The same description may serve any number of networks.
 */
export interface LayerDescription {
  readonly type: string;
  /** Given by the user; by default the type with a number. */
  readonly name: string | undefined;
  /** Every option, ready for JSON: enough to make the description again. */
  readonly config: Readonly<Record<string, unknown>>;
  /** How the optimizer treats the layer's parameters, where it is not as usual. */
  readonly updates?: UpdateOptions;
  /** What stands inside a block, and how deep it goes on in there. */
  readonly layers?: readonly LayerDescription[];
  readonly nesting?: number;
  /** The same block around other layers. */
  rebuild?(layers: readonly LayerDescription[]): LayerDescription;
  build(context: LayerContext): Layer;
}
