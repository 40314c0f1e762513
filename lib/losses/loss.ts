import type { ProgramBuilder, Value } from '../program/builder.js';

/** What training makes small. Make one with {@link softmaxCrossEntropy} and the others, or by its name. */
export interface Loss {
  readonly name: string;
  /** Which part of the data it compares the network's output with. */
  readonly compares: 'labels' | 'targets';
  /**
   * Writes the loss of `output` against the batch's labels or targets, as the total `loss` (a sum over rows, divided by
   * their number when it is reported), and its metrics. Returns the gradient by `output` when asked for.
   */
  write(program: ProgramBuilder, output: Value, withGradient: boolean): Value | undefined;
  /** Writes how raw output becomes a prediction, such as softmax for probabilities. */
  predictions(program: ProgramBuilder, output: Value): Value;
  /** Totals it writes besides `loss`, reported as means over samples. */
  readonly metrics: readonly string[];
  /** Type of a layer that the loss contains: at the end of a network it is left to the loss, which takes its input. */
  readonly absorbs?: string;
  readonly config: { readonly name: string; readonly [option: string]: string | number };
}
