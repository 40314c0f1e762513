import {
  activationFromConfig,
  identity,
  resolveActivation,
  type Activation,
  type ActivationLike,
} from '../activations/index.js';
import { checkOptions } from '../core/checks.js';
import type { ProgramBuilder, Value } from '../program/builder.js';
import { writeActivation, writeActivationGradient } from './activation-calls.js';
import type { Layer, LayerContext, LayerDescription, Trace } from './layer.js';
import { checkName } from './name.js';

export interface ActivationLayerOptions {
  /** Unique in the network; by default `activation1`, `activation2`, … */
  name?: string;
}

/**
 * An activation as a layer of its own: where something stands between the weighted sums and the activation, as in
 * dense - batchNorm - activation.
 *
 *     output = f(input)
 *
 * @param kind a name such as `relu`, or an activation with options
 * @throws OptionError for an unknown name or option
 *
 * @example
 * [dense(100), batchNorm(), activation('relu')];
 */
export function activation(kind: ActivationLike, options?: ActivationLayerOptions): LayerDescription {
  const given = checkOptions<ActivationLayerOptions>('activation', options, ['name']);
  const resolved = resolveActivation('activation', kind);
  return {
    type: 'activation',
    name: checkName(given),
    config: { activation: resolved.config },
    build: (context) => new ActivationLayer(context, resolved),
  };
}

export function activationLayerFromConfig(config: Record<string, unknown>): LayerDescription {
  const given = checkOptions<Record<string, unknown>>('activation', config, ['activation', 'name']);
  return activation(activationFromConfig(given['activation']), { name: given['name'] as string | undefined });
}

interface ActivationTrace extends Trace {
  readonly input: Value;
}

class ActivationLayer implements Layer<ActivationTrace> {
  readonly type = 'activation';
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly parameters = [];
  readonly multiplyAdds = 0;
  readonly leastRows = 1;
  readonly activation: Activation;

  constructor({ name, inputs, absorbed }: LayerContext, kind: Activation) {
    this.name = name;
    this.inputs = inputs;
    this.outputs = inputs;
    this.activation = kind.name === absorbed ? identity() : kind;
  }

  forward(program: ProgramBuilder, input: Value): ActivationTrace {
    if (this.activation.name === 'identity') return { input, output: input };
    const output = writeActivation(program, this.activation, input);
    return { input, output, saved: this.activation.saves === 'output' ? output : input };
  }

  backward(program: ProgramBuilder, { input, output }: ActivationTrace, outputGradient: Value): Value | undefined {
    if (!input.requiresGradient) return undefined;
    return writeActivationGradient(program, this.activation, { input, output }, outputGradient);
  }
}
