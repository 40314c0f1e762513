import type { ProgramBuilder, Value } from '../program/builder.js';

/** What training makes small. Make one with {@link softmaxCrossEntropy} and the others, or by its name. */
export interface Loss {
  readonly name: string;
  /** Which part of the data it compares the network's output with. */
  readonly compares: 'labels' | 'targets';
  /** What predictions are: one class of several, yes or no in every column, or numbers. Metrics read them so. */
  readonly task: 'classes' | 'decisions' | 'values';
  /**
   * The final activation that the loss and the predictions apply themselves. A network that ends in it, as a layer of its own
   * or within `dense`, is trained from its logits: the activation is left out, so that it is applied once.
   */
  readonly absorbs?: 'softmax' | 'sigmoid';
  /** One weight per output of the network. */
  readonly classWeights?: readonly number[];
  /**
   * Whether targets make sense to this loss; the width is known to fit.
   *
   * @throws DataError naming the sample
   */
  checkTargets?(targets: ArrayLike<number>, width: number, name: string): void;
  /**
   * Writes the loss of `output` against the batch's labels or targets, as the total `loss` (a sum over rows, divided by
   * their number when it is reported), and its metrics. Returns the gradient by `output` when asked for. Where samples or
   * classes have weights, `loss` / rows is the weighted mean of the step, and the total `weight` is what it was divided by.
   */
  write(program: ProgramBuilder, output: Value, withGradient: boolean): Value | undefined;
  /** Writes how raw output becomes a prediction, such as softmax for probabilities. */
  predictions(program: ProgramBuilder, output: Value): Value;
  /** Totals it writes besides `loss` and `weight`, reported as means over samples. */
  readonly metrics: readonly string[];
  readonly config: LossConfig;
}

export interface LossConfig {
  readonly name: string;
  readonly [option: string]: string | number | readonly number[];
}
