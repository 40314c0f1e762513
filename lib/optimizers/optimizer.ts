import { checkNumber, checkOptions } from '../core/checks.js';
import type { ProgramBuilder } from '../program/builder.js';
import type { Parameter } from '../program/parameters.js';
import { checkClipping, clippingOptions, type Clipping, type ClippingOptions } from './clipping.js';
import { checkRate, rateAt, rateConfig, type Schedule, type ScheduleConfig } from './schedules/schedule.js';

/** How parameters follow their gradients. Make one with {@link adam} and the others, or by its name. */
export interface Optimizer {
  readonly name: string;
  readonly learningRate: number | Schedule;
  /** What is done to gradients before the update reads them. */
  readonly clipping?: Clipping;
  /** Arrays of the size of the parameters that it keeps between steps. */
  readonly slots: number;
  /** How many numbers `scalars` returns. */
  readonly scalarCount: number;
  /**
   * The numbers of one step that the kernels read, in float64: first the learning rate, then what else changes with the
   * step.
   *
   * @param step updates done before, from 0
   * @throws OptionError naming the step, when the schedule of the learning rate returns no number of at least 0
   */
  scalars(step: number): readonly number[];
  /** Writes the update of one parameter, whose gradient stands ready. */
  update(program: ProgramBuilder, parameter: Parameter): void;
  readonly config: OptimizerConfig;
}

export interface OptimizerConfig {
  readonly name: string;
  readonly [option: string]: string | number | boolean | ScheduleConfig;
}

/** What every optimizer takes. */
export interface OptimizerOptions extends ClippingOptions {
  /** Step size: a number above 0, or a schedule of the step. */
  learningRate?: number | Schedule;
}

const sharedOptions = ['learningRate', ...clippingOptions] as const;

/** The options of a factory with the shared ones taken out and checked. */
export interface ReadOptions<T> {
  readonly given: T;
  readonly shared: Shared;
}

interface Shared {
  readonly name: string;
  readonly learningRate: number | Schedule;
  readonly clipping: Clipping | undefined;
}

/** Checks the names of all options, and the values of those that every optimizer has. */
export function readOptions<T extends OptimizerOptions>(
  name: string,
  options: T | undefined,
  own: readonly (keyof T & string)[],
  defaultRate: number,
): ReadOptions<T> {
  const given = checkOptions<T>(name, options, [...sharedOptions, ...own]);
  const learningRate = checkRate('learningRate', given.learningRate ?? defaultRate);
  return { given, shared: { name, learningRate, clipping: checkClipping(given) } };
}

/** What is an optimizer's own. */
interface Rule {
  readonly slots: number;
  /** Its options, for the history. */
  readonly config: Readonly<Record<string, string | number | boolean>>;
  /** Numbers of a step behind the learning rate, always as many of them. */
  readonly factors?: (step: number) => readonly number[];
  readonly update: (program: ProgramBuilder, parameter: Parameter) => void;
}

export function makeOptimizer({ name, learningRate, clipping }: Shared, rule: Rule): Optimizer {
  const { slots, config, factors = () => [], update } = rule;
  return {
    name,
    learningRate,
    ...(clipping === undefined ? {} : { clipping }),
    slots,
    scalarCount: 1 + factors(0).length,
    scalars: (step) => [rateAt('learningRate', learningRate, step), ...factors(step)],
    update,
    config: {
      name,
      learningRate: rateConfig(learningRate),
      ...config,
      ...(clipping === undefined ? {} : { [clipping.option]: clipping.limit }),
    },
  };
}

/** A decay rate such as Adam's betas: in [0, 1). */
export function checkDecay(name: string, value: number): number {
  return checkNumber(name, value, { min: 0, below: 1 });
}

export function checkEpsilon(value: number): number {
  return checkNumber('epsilon', value, { min: 0 });
}
