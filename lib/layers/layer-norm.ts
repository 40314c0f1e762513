import { checkNumber, checkOptions } from '../core/checks.js';
import { ones, zeros } from '../initializers/index.js';
import type { ProgramBuilder, Value } from '../program/builder.js';
import type { Parameter } from '../program/parameters.js';
import type { Layer, LayerContext, LayerDescription, Trace } from './layer.js';
import { checkName } from './name.js';
import { checkUpdates, updateOptionNames, type LayerUpdateOptions } from './update-options.js';

export interface LayerNormOptions extends LayerUpdateOptions {
  /** Added to the variance; above 0, default 1e-5. */
  epsilon?: number;
  /** Unique in the network; by default `layerNorm1`, `layerNorm2`, … */
  name?: string;
}

const optionNames = ['epsilon', ...updateOptionNames, 'name'] as const;

/**
 * Layer normalization: each sample gets mean 0 and variance 1 over its features, then a learned scale and shift. Unlike
 * BatchNorm it does the same in training and prediction, and works with a batch of one.
 *
 *     normalized = (input - mean) / √(variance + epsilon)    output = gamma · normalized + beta
 *
 * Mean and (biased) variance are those of the sample's own row. Shapes: input and output `[batch, features]`. Parameters:
 * `gamma` (ones at first) and `beta` (zeros), both `[features]`.
 *
 * @param options `epsilon` above 0, default 1e-5; `learningRateMultiplier` and `weightDecay` as in {@link dense}; `name`
 * @throws OptionError for options that are unknown or out of range
 *
 * @example
 * [dense(100), layerNorm(), activation('gelu'), dense(10)];
 *
 * Source: Ba, Kiros, Hinton, "Layer normalization", 2016. As in PyTorch; Keras' epsilon is 1e-3.
 */
export function layerNorm(options?: LayerNormOptions): LayerDescription {
  const given = checkOptions<LayerNormOptions>('layerNorm', options, optionNames);
  const { updates, config: updateConfig } = checkUpdates(given);
  const epsilon = checkNumber('epsilon', given.epsilon ?? 1e-5, { above: 0 });
  return {
    type: 'layerNorm',
    name: checkName(given),
    config: { epsilon, ...updateConfig },
    updates,
    build: (context) => new LayerNorm(context, epsilon),
  };
}

export function layerNormFromConfig(config: Record<string, unknown>): LayerDescription {
  return layerNorm(checkOptions<LayerNormOptions>('layerNorm', config, optionNames));
}

interface LayerNormTrace extends Trace {
  readonly input: Value;
  /** Of each row; kept by training programs only. */
  readonly mean: Value | undefined;
  readonly inverseDeviation: Value | undefined;
}

class LayerNorm implements Layer<LayerNormTrace> {
  readonly type = 'layerNorm';
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly multiplyAdds = 0;
  readonly leastRows = 1;
  readonly gamma: Parameter;
  readonly beta: Parameter;
  readonly #epsilon: number;

  constructor({ claims, name, inputs }: LayerContext, epsilon: number) {
    this.name = name;
    this.inputs = inputs;
    this.outputs = inputs;
    this.#epsilon = epsilon;
    this.gamma = claims.claim('gamma', [inputs], { role: 'scale', initialize: ones().fill });
    this.beta = claims.claim('beta', [inputs], { role: 'bias', initialize: zeros().fill });
  }

  get parameters(): readonly Parameter[] {
    return [this.gamma, this.beta];
  }

  forward(program: ProgramBuilder, input: Value): LayerNormTrace {
    const { gamma, beta } = this;
    const output = program.rows(this.outputs, {
      requiresGradient: input.requiresGradient || program.trains(gamma),
    });
    const training = program.purpose === 'train';
    const mean = training ? program.rows(1) : undefined;
    const inverseDeviation = training ? program.rows(1) : undefined;
    const operands = { input, gamma, beta, output, mean, inverseDeviation };
    program.call('layerNorm', operands, { epsilon: this.#epsilon });
    return { input, output, mean, inverseDeviation };
  }

  backward(program: ProgramBuilder, trace: LayerNormTrace, outputGradient: Value): Value | undefined {
    const { gamma, beta } = this;
    const { input, mean, inverseDeviation } = trace;
    if (mean === undefined || inverseDeviation === undefined) return undefined;
    const row = { input, outputGradient, mean, inverseDeviation };
    if (program.trains(gamma)) {
      const gammaGradient = program.gradientOf(gamma);
      program.parameterCall(gamma, 'gradient', 'layerNormGammaGradient', { ...row, gammaGradient }, {});
      const biasGradient = program.gradientOf(beta);
      program.parameterCall(beta, 'gradient', 'denseBiasGradient', { outputGradient, biasGradient }, {});
    }
    if (!input.requiresGradient) return undefined;
    const inputGradient = program.rows(this.inputs);
    program.call('layerNormInputGradient', { ...row, gamma, inputGradient }, {});
    return inputGradient;
  }
}
