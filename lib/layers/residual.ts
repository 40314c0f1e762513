import { checkBoolean, checkOptions } from '../core/checks.js';
import { OptionError, ShapeError } from '../core/errors.js';
import type { ProgramBuilder, Value } from '../program/builder.js';
import type { Parameter } from '../program/parameters.js';
import { checkLayers } from './build.js';
import { writeBackwardChain, writeForwardChain } from './chain.js';
import { dense } from './dense.js';
import type { Layer, LayerContext, LayerDescription, Trace } from './layer.js';
import { checkName } from './name.js';

export interface ResidualOptions {
  /**
   * Whether the input goes through a learned projection (a dense layer without bias) before it is added; by default where
   * the widths differ, which it must. `true` learns one where they are equal too.
   */
  projection?: boolean;
  /** Unique in the network; by default `residual1`, `residual2`, … */
  name?: string;
}

/** Blocks inside blocks, at most. */
export const DEEPEST_NESTING = 32;

/**
 * Residual block: its layers learn what to add to their input, so that gradients find a way around them and very deep
 * networks train.
 *
 *     output = block(input) + input                   where the block keeps the width
 *     output = block(input) + input · projection      where it does not, or where told to
 *
 * Shapes: input `[batch, inputs]`, output `[batch, outputs of the last layer]`, projection `[inputs, outputs]`. Layers in
 * the block are named after it, such as `residual1.dense1`, the projection `residual1.projection`; blocks may stand in
 * blocks, 32 deep at most.
 *
 * @param layers of the block, at least one; `inputNormalization` cannot be among them
 * @param options `projection` true or false, by default where widths differ; `name`
 * @throws OptionError for an empty block, and for options that are unknown or of a wrong type; ShapeError, when the network
 *   is built, where widths differ and `projection` is false
 *
 * @example
 * [dense(64), residual([batchNorm(), activation('relu'), dense(64)]), residual([dense(32, { activation: 'relu' })])];
 *
 * Source: He, Zhang, Ren, Sun, "Identity mappings in deep residual networks", ECCV 2016. Keras and PyTorch write it as an
 * addition in the model's code.
 */
export function residual(layers: readonly LayerDescription[], options?: ResidualOptions): LayerDescription {
  const given = checkOptions<ResidualOptions>('residual', options, ['projection', 'name']);
  checkLayers('layers of residual', layers);
  const projection = given.projection === undefined ? undefined : checkBoolean('projection', given.projection);
  const block = [...layers];
  if (block.some(({ nesting = 0 }) => nesting >= DEEPEST_NESTING)) {
    throw new OptionError(
      'ERR_OPTION_RANGE',
      `Expected at most ${DEEPEST_NESTING} blocks inside each other for residual`,
    );
  }
  return {
    type: 'residual',
    name: checkName(given),
    nesting: 1 + Math.max(...block.map(({ nesting = 0 }) => nesting)),
    layers: block,
    config: projection === undefined ? {} : { projection },
    rebuild: (inner) => residual(inner, options),
    build: (context) => new Residual(context, block, projection),
  };
}

/** A residual block from what its config says; its layers are made already. */
export function residualFromConfig(
  config: Record<string, unknown>,
  layers: readonly LayerDescription[],
): LayerDescription {
  return residual(layers, checkOptions<ResidualOptions>('residual', config, ['projection', 'name']));
}

interface ResidualTrace extends Trace {
  readonly input: Value;
  readonly block: { readonly output: Value; readonly traces: readonly Trace[] };
  readonly skip: { readonly output: Value; readonly traces: readonly Trace[] };
}

class Residual implements Layer<ResidualTrace> {
  readonly type = 'residual';
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly layers: readonly Layer[];
  readonly multiplyAdds: number;
  readonly leastRows: number;
  readonly #block: readonly Layer[];
  /** One projection or nothing: a chain like the block. */
  readonly #skip: readonly Layer[];

  constructor(context: LayerContext, layers: readonly LayerDescription[], projection: boolean | undefined) {
    const { name, inputs, inner } = context;
    this.name = name;
    this.inputs = inputs;
    this.#block = inner(layers);
    this.outputs = this.#block[this.#block.length - 1].outputs;
    if (projection === false && this.outputs !== inputs) {
      throw new ShapeError(
        `Expected the block of ${name} to leave ${inputs} outputs, as it takes, where projection is false; received ${this.outputs}`,
      );
    }
    const projects = projection ?? this.outputs !== inputs;
    this.#skip = projects ? inner([dense(this.outputs, { bias: false, name: 'projection' })]) : [];
    const clash = projects && this.#block.some((layer) => layer.name === `${name}.projection`);
    if (clash) throw new OptionError('ERR_OPTION_RANGE', 'Expected unique layer names, received "projection" twice');
    this.layers = [...this.#block, ...this.#skip];
    this.multiplyAdds = this.layers.reduce((sum, layer) => sum + layer.multiplyAdds, 0);
    this.leastRows = Math.max(...this.layers.map((layer) => layer.leastRows));
  }

  get parameters(): readonly Parameter[] {
    return this.layers.flatMap(({ parameters }) => parameters);
  }

  forward(program: ProgramBuilder, input: Value): ResidualTrace {
    const block = writeForwardChain(program, this.#block, input);
    const skip = writeForwardChain(program, this.#skip, input);
    const requiresGradient = block.output.requiresGradient || skip.output.requiresGradient;
    const output = program.rows(this.outputs, { requiresGradient });
    program.call('add', { first: block.output, second: skip.output, sum: output }, {});
    return { input, block, skip, output };
  }

  backward(program: ProgramBuilder, { input, block, skip }: ResidualTrace, outputGradient: Value): Value | undefined {
    const through = writeBackwardChain(program, this.#block, block.traces, outputGradient);
    const around = writeBackwardChain(program, this.#skip, skip.traces, outputGradient);
    if (!input.requiresGradient || through === undefined || around === undefined) return undefined;
    const inputGradient = program.rows(this.inputs);
    program.call('add', { first: through, second: around, sum: inputGradient }, {});
    return inputGradient;
  }
}
