import type { Engine } from '../../lib/engine/engine.js';
import { writeClipping, type Optimizer } from '../../lib/optimizers/index.js';
import { ProgramBuilder } from '../../lib/program/builder.js';
import { ParameterClaims, type ClaimOptions, type UpdateOptions } from '../../lib/program/parameters.js';

export interface OptimizerRunOptions {
  /** Extents of every parameter; default one of 2 numbers. */
  readonly shapes?: readonly (readonly number[])[];
  readonly claim?: Partial<ClaimOptions>;
  readonly updates?: UpdateOptions;
}

/**
 * An optimizer alone, with gradients of the test's making: its program has nothing but penalties, clipping, updates and
 * constraints.
 */
export class OptimizerRun {
  readonly optimizer: Optimizer;
  /** Totals of the last step, by name. */
  totals: Readonly<Record<string, number>> = {};
  readonly #engine: Engine;
  readonly #claims: ParameterClaims;
  readonly #store;
  readonly #program;
  readonly #data;
  #step = 0;

  constructor(engine: Engine, optimizer: Optimizer, options: OptimizerRunOptions = {}) {
    const { shapes = [[2, 1]], claim, updates } = options;
    this.#engine = engine;
    this.optimizer = optimizer;
    this.#claims = new ParameterClaims();
    this.#claims.enter('only', updates);
    shapes.forEach((shape, i) => {
      this.#claims.claim(`kernel${i}`, shape, { role: 'kernel', initialize: () => undefined, ...claim });
    });
    const { slots, scalarCount } = optimizer;
    this.#store = engine.createStore(this.#claims.size, slots);
    this.#program = engine.compile(
      this.#written().finish({ scalars: scalarCount, slots, parameters: this.#claims.size }),
    );
    const features = new Float32Array(1);
    this.#data = engine.createData({ length: 1, width: 1, features, scale: 1, targetWidth: 0 });
  }

  #written(): ProgramBuilder {
    const builder = new ProgramBuilder('train', 1);
    builder.keepGradients = true;
    for (const parameter of this.#claims.all) {
      const gradient = builder.gradientOf(parameter);
      for (const { kernel, lambda } of parameter.regularizers) {
        builder.parameterCall(
          parameter,
          'regularize',
          kernel,
          { parameter, gradient },
          { lambda },
          { total: 'penalty' },
        );
      }
      if (this.optimizer.clipping !== undefined) writeClipping(builder, parameter, this.optimizer.clipping);
      this.optimizer.update(builder, parameter);
      for (const constraint of parameter.constraints) constraint.write(builder, parameter);
    }
    return builder;
  }

  /** Values of one parameter. */
  read(index = 0): number[] {
    const { offset, size } = this.#claims.all[index];
    return Array.from(this.#store.read('parameters', offset, size));
  }

  write(values: readonly number[], index = 0): void {
    this.#store.write('parameters', this.#claims.all[index].offset, Float64Array.from(values));
  }

  /** One update with a gradient for each parameter; returns the first parameter. */
  async step(...gradients: readonly (readonly number[])[]): Promise<number[]> {
    gradients.forEach((gradient, i) => {
      this.#store.write('gradients', this.#claims.all[i].offset, Float64Array.from(gradient));
    });
    const { totals } = await this.#program.run(this.#store, {
      data: this.#data,
      firstSample: 0,
      count: 1,
      scalars: Float64Array.from(this.optimizer.scalars(this.#step)),
      seed: 0,
      firstStep: this.#step,
    });
    this.#step++;
    this.totals = Object.fromEntries(this.#program.program.totals.map((name, i) => [name, totals[i]]));
    return this.read();
  }

  /** The engine's name, for messages. */
  get engineName(): string {
    return this.#engine.name;
  }
}
