import { checkNumber, checkOptions, checkString } from '../core/checks.js';
import { streams } from '../core/random.js';
import type { ProgramBuilder, Value } from '../program/builder.js';
import type { Layer, LayerContext, LayerDescription, Trace } from './layer.js';

export interface DropoutOptions {
  /** Unique in the network; by default `dropout1`, `dropout2`, … */
  name?: string;
}

/**
 * Dropout: while training, each value is dropped with probability `rate` and the others are scaled up so that the
 * expectation stays the same. In evaluation and prediction it does nothing.
 *
 *     output = input · mask    mask = 0 with probability rate, else 1 / (1 - rate)
 *
 * Masks follow from the seed, the layer's place and the step: the same on both engines and with any number of threads.
 *
 * @param rate share of values dropped, in [0, 1); 0.2 for inputs and 0.5 for hidden layers are usual
 * @throws OptionError when `rate` is outside [0, 1)
 *
 * @example
 * [dense(512, { activation: 'relu' }), dropout(0.2), dense(10)];
 *
 * Source: Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", JMLR 2014. The paper
 * scales at test time instead; this inverted form is what Keras and PyTorch do as well.
 */
export function dropout(rate: number, options?: DropoutOptions): LayerDescription {
  const given = checkOptions<DropoutOptions>('dropout', options, ['name']);
  checkNumber('rate', rate, { min: 0, below: 1 });
  return {
    type: 'dropout',
    name: given.name === undefined ? undefined : checkString('name', given.name),
    config: { rate },
    build: (context) => new Dropout(context, rate),
  };
}

export function dropoutFromConfig(config: Record<string, unknown>): LayerDescription {
  const given = checkOptions<Record<string, unknown>>('dropout', config, ['rate', 'name']);
  return dropout(given['rate'] as number, { name: given['name'] as string | undefined });
}

interface DropoutTrace extends Trace {
  readonly input: Value;
  readonly mask: Value | undefined;
}

class Dropout implements Layer<DropoutTrace> {
  readonly type = 'dropout';
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly parameters = [];
  readonly multiplyAdds = 0;
  readonly leastRows = 1;
  readonly #rate: number;
  readonly #stream: number;

  constructor({ name, inputs, index }: LayerContext, rate: number) {
    this.name = name;
    this.inputs = inputs;
    this.outputs = inputs;
    this.#rate = rate;
    this.#stream = streams.dropout + index;
  }

  forward(program: ProgramBuilder, input: Value): DropoutTrace {
    if (program.purpose !== 'train' || this.#rate === 0) return { input, output: input, mask: undefined };
    const output = program.rows(input.second, { requiresGradient: input.requiresGradient });
    const mask = program.rows(input.second);
    program.call('dropout', { input, output, mask }, { rate: this.#rate, stream: this.#stream });
    return { input, output, mask };
  }

  backward(program: ProgramBuilder, { input, mask }: DropoutTrace, outputGradient: Value): Value | undefined {
    if (!input.requiresGradient || mask === undefined) return outputGradient;
    const inputGradient = program.rows(outputGradient.second);
    program.call('dropoutGradient', { mask, outputGradient, inputGradient }, {});
    return inputGradient;
  }
}
