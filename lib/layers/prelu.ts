import { checkNumber, checkOptions } from '../core/checks.js';
import { constant } from '../initializers/index.js';
import type { ProgramBuilder, Value } from '../program/builder.js';
import type { Parameter } from '../program/parameters.js';
import type { Layer, LayerContext, LayerDescription, Trace } from './layer.js';
import { checkName } from './name.js';
import { checkUpdates, updateOptionNames, type LayerUpdateOptions } from './update-options.js';

export interface PreluOptions extends LayerUpdateOptions {
  /** What every slope begins with; a finite number, default 0.25. */
  slope?: number;
  /** Unique in the network; by default `prelu1`, `prelu2`, … */
  name?: string;
}

const optionNames = ['slope', ...updateOptionNames, 'name'] as const;

/**
 * Parametric ReLU: a leaky ReLU that learns how much it leaks, for each feature.
 *
 *     output = x for x > 0, else slope · x
 *
 * Shapes: input and output `[batch, features]`. Parameter: `slope`, `[features]`; as the scale of a normalization it is
 * never penalized. The dense layer before it takes `initializer: 'heNormal'`, as it cannot know what follows.
 *
 * @param options `slope` finite, default 0.25; `learningRateMultiplier` and `weightDecay` as in {@link dense}; `name`
 * @throws OptionError for options that are unknown or out of range
 *
 * @example
 * [dense(100, { initializer: 'heNormal' }), prelu(), dense(10)];
 *
 * Source: He, Zhang, Ren, Sun, "Delving deep into rectifiers", ICCV 2015. Keras begins with slope 0 and PyTorch has one
 * slope for all features unless told their number; both else are this.
 */
export function prelu(options?: PreluOptions): LayerDescription {
  const given = checkOptions<PreluOptions>('prelu', options, optionNames);
  const { updates, config: updateConfig } = checkUpdates(given);
  const slope = checkNumber('slope', given.slope ?? 0.25);
  return {
    type: 'prelu',
    name: checkName(given),
    config: { slope, ...updateConfig },
    updates,
    build: (context) => new Prelu(context, slope),
  };
}

export function preluFromConfig(config: Record<string, unknown>): LayerDescription {
  return prelu(checkOptions<PreluOptions>('prelu', config, optionNames));
}

interface PreluTrace extends Trace {
  readonly input: Value;
}

class Prelu implements Layer<PreluTrace> {
  readonly type = 'prelu';
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly multiplyAdds = 0;
  readonly leastRows = 1;
  readonly slope: Parameter;

  constructor({ claims, name, inputs }: LayerContext, slope: number) {
    this.name = name;
    this.inputs = inputs;
    this.outputs = inputs;
    this.slope = claims.claim('slope', [inputs], { role: 'scale', initialize: constant({ value: slope }).fill });
  }

  get parameters(): readonly Parameter[] {
    return [this.slope];
  }

  forward(program: ProgramBuilder, input: Value): PreluTrace {
    const { slope } = this;
    const output = program.rows(this.outputs, {
      requiresGradient: input.requiresGradient || program.trains(slope),
    });
    program.call('prelu', { input, slope, output }, {});
    return { input, output };
  }

  backward(program: ProgramBuilder, { input }: PreluTrace, outputGradient: Value): Value | undefined {
    const { slope } = this;
    if (program.trains(slope)) {
      const slopeGradient = program.gradientOf(slope);
      program.parameterCall(slope, 'gradient', 'preluSlopeGradient', { input, outputGradient, slopeGradient }, {});
    }
    if (!input.requiresGradient) return undefined;
    const inputGradient = program.rows(this.inputs);
    program.call('preluInputGradient', { input, outputGradient, slope, inputGradient }, {});
    return inputGradient;
  }
}
