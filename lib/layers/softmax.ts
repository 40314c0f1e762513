import { checkOptions } from '../core/checks.js';
import type { ProgramBuilder, Value } from '../program/builder.js';
import type { Layer, LayerContext, LayerDescription, Trace } from './layer.js';
import { checkName } from './name.js';

export interface SoftmaxOptions {
  /** Unique in the network; by default `softmax1`, `softmax2`, … */
  name?: string;
}

/**
 * Softmax: turns a row of numbers into probabilities that add up to 1.
 *
 *     output[j] = exp(input[j]) / Σ exp(input)    inputGradient = output · (outputGradient - Σ output · outputGradient)
 *
 * Shapes: input and output `[batch, features]`. The row's maximum is subtracted first, so large inputs do not overflow.
 *
 * A network that ends in it trains from its logits: `softmaxCrossEntropy` contains the softmax, so it takes this layer's
 * input and softmax is applied once, as in a network that ends in `dense`. Predictions are the same probabilities, and
 * `predict(…, { raw: true })` gives the logits. With any other loss, or in the middle, it is an ordinary layer.
 *
 * @throws OptionError for unknown options
 *
 * @example
 * [dense(512, { activation: 'relu' }), dense(10), softmax()];
 *
 * Keras and PyTorch apply such a layer as it stands: there, cross-entropy from logits behind it is a common mistake.
 */
export function softmax(options?: SoftmaxOptions): LayerDescription {
  const given = checkOptions<SoftmaxOptions>('softmax', options, ['name']);
  return {
    type: 'softmax',
    name: checkName(given),
    config: {},
    build: (context) => new Softmax(context),
  };
}

export function softmaxFromConfig(config: Record<string, unknown>): LayerDescription {
  return softmax(checkOptions<SoftmaxOptions>('softmax', config, ['name']));
}

interface SoftmaxTrace extends Trace {
  readonly input: Value;
}

class Softmax implements Layer<SoftmaxTrace> {
  readonly type = 'softmax';
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly parameters = [];
  readonly multiplyAdds = 0;
  readonly leastRows = 1;
  /** Left to the loss. */
  readonly #absorbed: boolean;

  constructor({ name, inputs, absorbed }: LayerContext) {
    this.name = name;
    this.inputs = inputs;
    this.outputs = inputs;
    this.#absorbed = absorbed === 'softmax';
  }

  forward(program: ProgramBuilder, input: Value): SoftmaxTrace {
    if (this.#absorbed) return { input, output: input };
    const output = program.rows(this.outputs, { requiresGradient: input.requiresGradient });
    program.call('softmax', { input, output }, {});
    return { input, output };
  }

  backward(program: ProgramBuilder, { input, output }: SoftmaxTrace, outputGradient: Value): Value | undefined {
    if (this.#absorbed) return outputGradient;
    if (!input.requiresGradient) return undefined;
    const inputGradient = program.rows(this.inputs);
    program.call('softmaxGradient', { output, outputGradient, inputGradient }, {});
    return inputGradient;
  }
}
