import { checkNumber, checkOptions, checkString } from '../core/checks.js';
import { streams } from '../core/random.js';
import type { ProgramBuilder, Value } from '../program/builder.js';
import type { Layer, LayerContext, LayerDescription, Trace } from './layer.js';

export interface AlphaDropoutOptions {
  /** Unique in the network; by default `alphaDropout1`, `alphaDropout2`, … */
  name?: string;
}

/**
 * Dropout for SELU networks: while training, each value is replaced by SELU's floor with probability `rate`, and the whole
 * is scaled and shifted so that mean 0 and variance 1 stay as they are. In evaluation and prediction it does nothing.
 *
 *     s = -1.7581 (what SELU approaches for large negative inputs)    q = 1 - rate
 *     a = 1 / √(q + s² · q · (1 - q))    b = -a · s · (1 - q)
 *     output = a · (input, or s with probability rate) + b
 *
 * Which values are dropped follows from the seed, the layer's place and the step: the same on both engines and with any
 * number of threads.
 *
 * @param rate share of values dropped, in [0, 1); 0.05 to 0.1 are usual
 * @throws OptionError when `rate` is outside [0, 1)
 *
 * @example
 * [dense(512, { activation: 'selu' }), alphaDropout(0.1), dense(10)];
 *
 * Source: Klambauer, Unterthiner, Mayr, Hochreiter, "Self-normalizing neural networks", NeurIPS 2017. As in Keras and
 * PyTorch.
 */
export function alphaDropout(rate: number, options?: AlphaDropoutOptions): LayerDescription {
  const given = checkOptions<AlphaDropoutOptions>('alphaDropout', options, ['name']);
  checkNumber('rate', rate, { min: 0, below: 1 });
  return {
    type: 'alphaDropout',
    name: given.name === undefined ? undefined : checkString('name', given.name),
    config: { rate },
    build: (context) => new AlphaDropout(context, rate),
  };
}

export function alphaDropoutFromConfig(config: Record<string, unknown>): LayerDescription {
  const given = checkOptions<Record<string, unknown>>('alphaDropout', config, ['rate', 'name']);
  return alphaDropout(given['rate'] as number, { name: given['name'] as string | undefined });
}

interface AlphaDropoutTrace extends Trace {
  readonly input: Value;
  readonly mask: Value | undefined;
}

class AlphaDropout implements Layer<AlphaDropoutTrace> {
  readonly type = 'alphaDropout';
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

  forward(program: ProgramBuilder, input: Value): AlphaDropoutTrace {
    if (program.purpose !== 'train' || this.#rate === 0) return { input, output: input, mask: undefined };
    const output = program.rows(input.second, { requiresGradient: input.requiresGradient });
    const mask = program.rows(input.second);
    program.call('alphaDropout', { input, output, mask }, { rate: this.#rate, stream: this.#stream });
    return { input, output, mask };
  }

  backward(program: ProgramBuilder, { input, mask }: AlphaDropoutTrace, outputGradient: Value): Value | undefined {
    if (!input.requiresGradient || mask === undefined) return outputGradient;
    const inputGradient = program.rows(outputGradient.second);
    program.call('dropoutGradient', { mask, outputGradient, inputGradient }, {});
    return inputGradient;
  }
}
