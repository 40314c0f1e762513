import { checkNumber, checkOptions } from '../core/checks.js';
import { ones, zeros } from '../initializers/index.js';
import type { ProgramBuilder, Value } from '../program/builder.js';
import type { Parameter } from '../program/parameters.js';
import type { Layer, LayerContext, LayerDescription, Trace } from './layer.js';
import { checkName } from './name.js';
import { checkUpdates, updateOptionNames, type LayerUpdateOptions } from './update-options.js';

export interface BatchNormOptions extends LayerUpdateOptions {
  /** Added to the variance; above 0, default 1e-5. */
  epsilon?: number;
  /** Weight of the OLD running statistic, in [0, 1); default 0.9. */
  momentum?: number;
  /** Unique in the network; by default `batchNorm1`, `batchNorm2`, … */
  name?: string;
}

const optionNames = ['epsilon', 'momentum', ...updateOptionNames, 'name'] as const;

/**
 * Batch normalization: each feature gets mean 0 and variance 1 over the batch, then a learned scale and shift.
 *
 *     normalized = (input - mean) / √(variance + epsilon)    output = gamma · normalized + beta
 *     running = momentum · running + (1 - momentum) · statistic of the batch
 *
 * While training, mean and (biased) variance are the batch's; in evaluation and prediction they are the running ones, of
 * which the variance is stored unbiased. Parameters: `gamma`, `beta`, and the untrained state `runningMean` and
 * `runningVariance`, all `[features]`. A training batch must have at least two rows. A frozen layer (`network.freeze`)
 * uses its running statistics while training too, and keeps them as they are.
 *
 * @throws OptionError for options that are unknown or out of range
 *
 * @example
 * [dense(100, { bias: false }), batchNorm(), activation('relu')];
 *
 * Source: Ioffe and Szegedy, "Batch normalization: accelerating deep network training by reducing internal covariate
 * shift", ICML 2015. Keras' momentum (0.99) means the same as ours, and its epsilon is 1e-3; PyTorch's momentum 0.1 is
 * the weight of the new statistic and equals our 0.9.
 */
export function batchNorm(options?: BatchNormOptions): LayerDescription {
  const given = checkOptions<BatchNormOptions>('batchNorm', options, optionNames);
  const { updates, config: updateConfig } = checkUpdates(given);
  const epsilon = checkNumber('epsilon', given.epsilon ?? 1e-5, { above: 0 });
  const momentum = checkNumber('momentum', given.momentum ?? 0.9, { min: 0, below: 1 });
  return {
    type: 'batchNorm',
    name: checkName(given),
    config: { epsilon, momentum, ...updateConfig },
    updates,
    build: (context) => new BatchNorm(context, epsilon, momentum),
  };
}

export function batchNormFromConfig(config: Record<string, unknown>): LayerDescription {
  return batchNorm(checkOptions<BatchNormOptions>('batchNorm', config, optionNames));
}

interface BatchNormTrace extends Trace {
  readonly input: Value;
  readonly mean: Value | undefined;
  readonly inverseDeviation: Value | undefined;
}

class BatchNorm implements Layer<BatchNormTrace> {
  readonly type = 'batchNorm';
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly multiplyAdds = 0;
  readonly leastRows = 2;
  readonly gamma: Parameter;
  readonly beta: Parameter;
  readonly runningMean: Parameter;
  readonly runningVariance: Parameter;
  readonly #epsilon: number;
  readonly #momentum: number;

  constructor({ claims, name, inputs }: LayerContext, epsilon: number, momentum: number) {
    this.name = name;
    this.inputs = inputs;
    this.outputs = inputs;
    this.#epsilon = epsilon;
    this.#momentum = momentum;
    this.gamma = claims.claim('gamma', [inputs], { role: 'scale', initialize: ones().fill });
    this.beta = claims.claim('beta', [inputs], { role: 'bias', initialize: zeros().fill });
    this.runningMean = claims.claim('runningMean', [inputs], { role: 'state', initialize: zeros().fill });
    this.runningVariance = claims.claim('runningVariance', [inputs], { role: 'state', initialize: ones().fill });
  }

  get parameters(): readonly Parameter[] {
    return [this.gamma, this.beta, this.runningMean, this.runningVariance];
  }

  forward(program: ProgramBuilder, input: Value): BatchNormTrace {
    const { gamma, beta, runningMean, runningVariance } = this;
    const learns = program.trains(gamma);
    const output = program.rows(this.outputs, { requiresGradient: input.requiresGradient || learns });
    if (program.purpose !== 'train' || !learns) {
      const operands = { input, runningMean, runningVariance, gamma, beta, output };
      program.call('batchNormInference', operands, { epsilon: this.#epsilon });
      return { input, output, mean: undefined, inverseDeviation: undefined };
    }
    const mean = program.vector(this.inputs);
    const inverseDeviation = program.vector(this.inputs);
    const variance = program.vector(this.inputs);
    program.call('batchNormStatistics', { input, mean, inverseDeviation, variance }, { epsilon: this.#epsilon });
    if (!program.keepState) {
      // With the updates, so that a step that is given up leaves the running statistics as they were.
      const running = { mean, variance, runningMean, runningVariance };
      program.parameterCall(runningMean, 'update', 'runningStatistics', running, { momentum: this.#momentum });
    }
    program.call('batchNorm', { input, mean, inverseDeviation, gamma, beta, output }, {});
    return { input, output, mean, inverseDeviation };
  }

  backward(program: ProgramBuilder, trace: BatchNormTrace, outputGradient: Value): Value | undefined {
    const { gamma, beta } = this;
    const { input, mean, inverseDeviation } = trace;
    if (mean === undefined || inverseDeviation === undefined)
      return this.#frozenGradient(program, input, outputGradient);
    const gammaGradient = program.gradientOf(gamma);
    const betaGradient = program.gradientOf(beta);
    const statistics = { input, outputGradient, mean, inverseDeviation };
    program.call('batchNormParameterGradients', { ...statistics, gammaGradient, betaGradient }, {});
    if (!input.requiresGradient) return undefined;
    const inputGradient = program.rows(this.inputs);
    program.call('batchNormInputGradient', { ...statistics, gamma, gammaGradient, betaGradient, inputGradient }, {});
    return inputGradient;
  }

  #frozenGradient(program: ProgramBuilder, input: Value, outputGradient: Value): Value | undefined {
    if (!input.requiresGradient) return undefined;
    const { gamma, runningVariance } = this;
    const inputGradient = program.rows(this.inputs);
    const operands = { outputGradient, runningVariance, gamma, inputGradient };
    program.call('batchNormInferenceGradient', operands, { epsilon: this.#epsilon });
    return inputGradient;
  }
}
