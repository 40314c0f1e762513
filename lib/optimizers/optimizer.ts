import { checkNumber } from '../core/checks.js';
import type { ProgramBuilder } from '../program/builder.js';
import type { Parameter } from '../program/parameters.js';

/** How parameters follow their gradients. Make one with {@link adam} and the others, or by its name. */
export interface Optimizer {
  readonly name: string;
  readonly learningRate: number;
  /** Arrays of the size of the parameters that it keeps between steps. */
  readonly slots: number;
  /** How many numbers `scalars` returns. */
  readonly scalarCount: number;
  /**
   * The numbers of one step that the kernels read: first the learning rate, then what else changes with the step.
   * @param step updates done before, from 0
   */
  scalars(step: number): readonly number[];
  /** Writes the update of one parameter, whose gradient stands ready. */
  update(program: ProgramBuilder, parameter: Parameter): void;
  readonly config: { readonly name: string; readonly [option: string]: string | number };
}

export interface LearningRateOption {
  /** Step size; above 0. */
  learningRate?: number;
}

export function checkLearningRate(value: number): number {
  return checkNumber('learningRate', value, { above: 0 });
}

/** A decay rate such as Adam's betas: in [0, 1). */
export function checkDecay(name: string, value: number): number {
  return checkNumber(name, value, { min: 0, below: 1 });
}

export function checkEpsilon(value: number): number {
  return checkNumber('epsilon', value, { min: 0 });
}
