import { checkOptions } from '../core/checks.js';
import { OptionError } from '../core/errors.js';
import { ones, zeros } from '../initializers/index.js';
import type { ProgramBuilder, Value } from '../program/builder.js';
import type { Parameter } from '../program/parameters.js';
import type { FeatureStatistics, Layer, LayerContext, LayerDescription, LearnedState, Trace } from './layer.js';
import { checkName } from './name.js';

export interface InputNormalizationOptions {
  /** Unique in the network; by default `inputNormalization1`. */
  name?: string;
}

/**
 * Gives each feature of the input mean 0 and standard deviation 1, by what it learned from the training set. The first
 * layer of a network.
 *
 *     output = (input - mean) / deviation
 *
 * Mean and standard deviation are those of the whole training set, computed exactly in float64 before the first step of
 * the first fit, and saved with the model: predictions normalize in the same way, so nobody has to keep numbers beside the
 * model. A constant feature gets deviation 1. Later fits keep what was learned; `network.adaptInputs(data)` learns anew.
 * Until then the layer does nothing (mean 0, deviation 1).
 *
 * Shapes: input and output `[batch, features]`. State, never trained: `mean` and `deviation`, both `[features]`, and
 * `samples`, `[1]`, the number of samples learned from, 0 before.
 *
 * @throws OptionError for unknown options, and when it is not the first layer of a network
 *
 * @example
 * [inputNormalization(), dense(100, { activation: 'relu' }), dense(3)];
 *
 * Source: LeCun, Bottou, Orr, Müller, "Efficient BackProp", 1998. As Keras' Normalization with `adapt`, which divides by at
 * least 1e-7 where a feature is constant; PyTorch leaves it to the data's transforms.
 */
export function inputNormalization(options?: InputNormalizationOptions): LayerDescription {
  const given = checkOptions<InputNormalizationOptions>('inputNormalization', options, ['name']);
  return {
    type: 'inputNormalization',
    name: checkName(given),
    config: {},
    build: (context) => new InputNormalization(context),
  };
}

export function inputNormalizationFromConfig(config: Record<string, unknown>): LayerDescription {
  return inputNormalization(checkOptions<InputNormalizationOptions>('inputNormalization', config, ['name']));
}

class InputNormalization implements Layer {
  readonly type = 'inputNormalization';
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly multiplyAdds = 0;
  readonly leastRows = 1;
  readonly mean: Parameter;
  readonly deviation: Parameter;
  readonly samples: Parameter;

  constructor({ claims, name, inputs, index }: LayerContext) {
    if (index !== 0) {
      const message = `Expected inputNormalization as the first layer of the network, received it as ${name}`;
      throw new OptionError('ERR_OPTION_RANGE', message);
    }
    this.name = name;
    this.inputs = inputs;
    this.outputs = inputs;
    this.mean = claims.claim('mean', [inputs], { role: 'state', initialize: zeros().fill });
    this.deviation = claims.claim('deviation', [inputs], { role: 'state', initialize: ones().fill });
    this.samples = claims.claim('samples', [1], { role: 'state', initialize: zeros().fill });
  }

  get parameters(): readonly Parameter[] {
    return [this.mean, this.deviation, this.samples];
  }

  forward(program: ProgramBuilder, input: Value): Trace {
    const { mean, deviation } = this;
    const output = program.rows(this.outputs, { requiresGradient: input.requiresGradient });
    program.call('standardize', { input, mean, deviation, output }, {});
    return { output };
  }

  /** Nothing stands upstream of the first layer. Who wants the gradient by the inputs divides it by their deviation. */
  backward(_program: ProgramBuilder, _trace: Trace, outputGradient: Value): Value {
    return outputGradient;
  }

  learnInputs({ mean, deviation, samples }: FeatureStatistics): readonly LearnedState[] {
    return [
      { parameter: this.mean, values: mean },
      { parameter: this.deviation, values: deviation },
      { parameter: this.samples, values: Float64Array.of(samples) },
    ];
  }
}
