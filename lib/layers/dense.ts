import {
  activationFromConfig,
  identity,
  resolveActivation,
  type Activation,
  type ActivationLike,
} from '../activations/index.js';
import { checkBoolean, checkInteger, checkOptions } from '../core/checks.js';
import { constraintFromConfig, resolveConstraints, type ConstraintLike } from '../constraints/index.js';
import {
  initializerFromConfig,
  initializers,
  resolveInitializer,
  type Initializer,
  type InitializerLike,
} from '../initializers/index.js';
import type { ProgramBuilder, Value } from '../program/builder.js';
import type { ClaimOptions, Parameter } from '../program/parameters.js';
import {
  regularizerConfig,
  regularizersFromConfig,
  resolveRegularizers,
  type Regularizer,
  type RegularizerLike,
} from '../regularizers/index.js';
import { writeActivation, writeActivationGradient } from './activation-calls.js';
import { writeActivityPenalties } from './activity.js';
import type { Layer, LayerContext, LayerDescription, Trace } from './layer.js';
import { checkName } from './name.js';
import { checkUpdates, updateOptionNames, type LayerUpdateOptions } from './update-options.js';

export interface DenseOptions extends LayerUpdateOptions {
  /** Applied to the weighted sums; default `identity`. */
  activation?: ActivationLike;
  /** Whether each unit adds a bias; default true. */
  bias?: boolean;
  /** How the kernel begins; by default what fits the activation: He for the ReLU family, LeCun for SELU, else Glorot. */
  initializer?: InitializerLike;
  /** How the biases begin; default `zeros`. */
  biasInitializer?: InitializerLike;
  /** Penalties on the kernel, such as `l2(1e-4)`; default the network's, `[]` for none. */
  regularizer?: RegularizerLike;
  /** Penalties on the outputs, as a mean over the batch; default none. */
  activityRegularizer?: RegularizerLike;
  /** Where the kernel is put back after each update, such as `maxNorm(3)`; default none. */
  constraint?: ConstraintLike;
  /** Unique in the network; by default `dense1`, `dense2`, … */
  name?: string;
}

const optionNames = [
  'activation',
  'bias',
  'initializer',
  'biasInitializer',
  'regularizer',
  'activityRegularizer',
  'constraint',
  ...updateOptionNames,
  'name',
] as const;
const MOST_UNITS = 2 ** 24;

/**
 * Fully connected layer.
 *
 *     output = activation(input · kernel + bias)
 *
 * Shapes: input `[batch, inputs]`, kernel `[inputs, units]`, bias `[units]`, output `[batch, units]`. Parameters are named
 * `kernel` and `bias`.
 *
 * @param units outputs of the layer, 1 to 2²⁴
 * @throws OptionError for options that are unknown, of a wrong type or out of range
 *
 * @example
 * dense(512, { activation: 'relu', regularizer: l2(1e-5) });
 *
 * The kernel lies as Keras stores it; PyTorch's `Linear.weight` is its transpose. Keras initializes every kernel by
 * Glorot's rule, PyTorch by a uniform rule of its own.
 */
export function dense(units: number, options?: DenseOptions): LayerDescription {
  const given = checkOptions<DenseOptions>('dense', options, optionNames);
  checkInteger('units', units, { min: 1, max: MOST_UNITS });
  const activation = resolveActivation('activation', given.activation ?? 'identity');
  const bias = checkBoolean('bias', given.bias ?? true);
  const initializer =
    given.initializer === undefined
      ? initializers[activation.initializer]()
      : resolveInitializer('initializer', given.initializer);
  const biasInitializer = resolveInitializer('biasInitializer', given.biasInitializer ?? 'zeros');
  const regularizers =
    given.regularizer === undefined ? undefined : resolveRegularizers('regularizer', given.regularizer);
  const activityRegularizers = resolveRegularizers('activityRegularizer', given.activityRegularizer);
  const constraints = resolveConstraints('constraint', given.constraint);
  const { updates, config: updateConfig } = checkUpdates(given);
  return {
    type: 'dense',
    name: checkName(given),
    config: {
      units,
      activation: activation.config,
      bias,
      initializer: initializer.config,
      biasInitializer: biasInitializer.config,
      regularizers: regularizers?.map(regularizerConfig),
      activityRegularizers: activityRegularizers.map(regularizerConfig),
      constraints: constraints.map(({ config }) => config),
      ...updateConfig,
    },
    updates,
    build(context) {
      const kernel = { initialize: initializer.fill, regularizers, constraints };
      return new Dense(context, { units, activation, bias, kernel, biasInitializer, activityRegularizers });
    },
  };
}

/** A dense layer from what its `config` says; the way back from a file. */
export function denseFromConfig(config: Record<string, unknown>): LayerDescription {
  const lists = ['regularizers', 'activityRegularizers', 'constraints'];
  const known = [
    'units',
    'activation',
    'bias',
    'initializer',
    'biasInitializer',
    ...lists,
    ...updateOptionNames,
    'name',
  ];
  const given = checkOptions<Record<string, unknown>>('dense', config, known);
  const constraints = Array.isArray(given['constraints']) ? (given['constraints'] as unknown[]) : [];
  return dense(given['units'] as number, {
    activation: activationFromConfig(given['activation']),
    bias: given['bias'] as boolean,
    initializer: initializerFromConfig(given['initializer']),
    biasInitializer: initializerFromConfig(given['biasInitializer']),
    regularizer: regularizersFromConfig(given['regularizers']),
    activityRegularizer: regularizersFromConfig(given['activityRegularizers']),
    constraint: constraints.map(constraintFromConfig),
    learningRateMultiplier: given['learningRateMultiplier'] as number | undefined,
    weightDecay: given['weightDecay'] as boolean | undefined,
    name: given['name'] as string | undefined,
  });
}

interface DenseSettings {
  readonly units: number;
  readonly activation: Activation;
  readonly bias: boolean;
  readonly kernel: Omit<ClaimOptions, 'role'>;
  readonly biasInitializer: Initializer;
  readonly activityRegularizers: readonly Regularizer[];
}

interface DenseTrace extends Trace {
  readonly input: Value;
  /** The weighted sums, where the activation's derivative needs them; else the same as `output`. */
  readonly sums: Value;
}

class Dense implements Layer<DenseTrace> {
  readonly type = 'dense';
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly leastRows = 1;
  readonly kernel: Parameter;
  readonly bias: Parameter | undefined;
  readonly activation: Activation;
  readonly #activityRegularizers: readonly Regularizer[];

  constructor({ claims, name, inputs, absorbed }: LayerContext, settings: DenseSettings) {
    this.name = name;
    this.inputs = inputs;
    this.outputs = settings.units;
    this.activation = settings.activation.name === absorbed ? identity() : settings.activation;
    this.#activityRegularizers = settings.activityRegularizers;
    const { kernel, biasInitializer, units } = settings;
    this.kernel = claims.claim('kernel', [inputs, units], { role: 'kernel', ...kernel });
    if (settings.bias) this.bias = claims.claim('bias', [units], { role: 'bias', initialize: biasInitializer.fill });
  }

  get parameters(): readonly Parameter[] {
    return this.bias === undefined ? [this.kernel] : [this.kernel, this.bias];
  }

  get multiplyAdds(): number {
    return this.inputs * this.outputs;
  }

  forward(program: ProgramBuilder, input: Value): DenseTrace {
    const { kernel, bias } = this;
    const { id, parameter, saves } = this.activation;
    const fused = saves === 'output';
    const sums = program.rows(this.outputs, { requiresGradient: input.requiresGradient || program.trains(kernel) });
    const attributes = fused ? { activation: id, parameter } : { activation: 0, parameter: 0 };
    program.call('dense', { input, kernel, bias, output: sums }, attributes);
    const output = fused ? sums : writeActivation(program, this.activation, sums);
    return { input, sums, output, saved: sums };
  }

  backward(program: ProgramBuilder, { input, sums, output }: DenseTrace, outputGradient: Value): Value | undefined {
    const { kernel, bias } = this;
    const penalized = writeActivityPenalties(program, this.#activityRegularizers, output, outputGradient);
    const sumsGradient = writeActivationGradient(program, this.activation, { input: sums, output }, penalized);
    if (program.trains(kernel)) {
      const operands = { input, outputGradient: sumsGradient, kernelGradient: program.gradientOf(kernel) };
      program.parameterCall(kernel, 'gradient', 'denseKernelGradient', operands, {});
    }
    if (bias !== undefined && program.trains(bias)) {
      const biasGradient = program.gradientOf(bias);
      program.parameterCall(bias, 'gradient', 'denseBiasGradient', { outputGradient: sumsGradient, biasGradient }, {});
    }
    if (!input.requiresGradient) return undefined;
    const inputGradient = program.rows(this.inputs);
    program.call('denseInputGradient', { outputGradient: sumsGradient, kernel, inputGradient }, {});
    return inputGradient;
  }
}
