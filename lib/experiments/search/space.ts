import { checkInteger, checkNumber, describe, expected } from '../../core/checks.js';
import { OptionError } from '../../core/errors.js';
import type { RandomStream } from '../../core/random.js';

/** What a setting may be: a range or a list. Made by {@link uniform} and its relatives. */
export interface Dimension<T = unknown> {
  /** A value drawn at random. */
  draw(random: RandomStream): T;
  /** About `count` values spread over the range; all of a list. */
  grid(count: number): readonly T[];
  /** The whole description as plain data, by which a journal recognizes its space. */
  readonly config: Readonly<Record<string, unknown>>;
}

export type Space = Readonly<Record<string, Dimension>>;

/** The values that a space gives to a trial. */
export type Values<S extends Space> = { readonly [K in keyof S]: S[K] extends Dimension<infer T> ? T : never };

/**
 * A number between two ends, every part of the range as likely as any other of its length.
 *
 * @throws OptionError for ends that are not finite or a range that is empty
 *
 * @example
 * const space = { dropout: uniformRange(0, 0.5) };
 */
export function uniformRange(low: number, high: number): Dimension<number> {
  checkEnds('uniformRange', low, high);
  return {
    draw: (random) => low + (high - low) * random.uniform(),
    grid: (count) => spread(count, (share) => low + (high - low) * share),
    config: { kind: 'uniform', low, high },
  };
}

/**
 * A number between two ends, every factor as likely as any other: 0.0001 to 0.001 as often as 0.001 to 0.01. For learning
 * rates and penalties.
 *
 * @throws OptionError for a lower end of 0 or less, or a range that is empty
 *
 * @example
 * const space = { learningRate: logUniformRange(1e-6, 1e-2) };
 */
export function logUniformRange(low: number, high: number): Dimension<number> {
  checkNumber('low of logUniformRange', low, { above: 0 });
  checkEnds('logUniformRange', low, high);
  const at = (share: number) => low * (high / low) ** share;
  return {
    draw: (random) => at(random.uniform()),
    grid: (count) => spread(count, at),
    config: { kind: 'logUniform', low, high },
  };
}

/**
 * A whole number from `low` to `high`, both included.
 *
 * @throws OptionError for ends that are no whole numbers, or a range that is empty
 */
export function integerRange(low: number, high: number): Dimension<number> {
  checkInteger('low of integerRange', low, { min: -Number.MAX_SAFE_INTEGER });
  checkInteger('high of integerRange', high, { min: -Number.MAX_SAFE_INTEGER });
  if (high < low) throw emptyRange('integerRange', low, high);
  return {
    draw: (random) => low + Math.min(high - low, Math.floor(random.uniform() * (high - low + 1))),
    grid: (count) => [...new Set(spread(count, (share) => Math.round(low + (high - low) * share)))],
    config: { kind: 'integer', low, high },
  };
}

/**
 * One of a list, all equally likely.
 *
 * @param values at least one; plain data, since a journal keeps them
 * @throws OptionError for an empty list
 *
 * @example
 * const space = { activation: choice(['relu', 'tanh']) };
 */
export function choice<const T>(values: readonly T[]): Dimension<T> {
  if (!Array.isArray(values) || values.length === 0) {
    throw new OptionError('ERR_OPTION_TYPE', expected('an array with at least one value', 'choice', values));
  }
  const kept = [...(values as readonly T[])];
  return {
    draw: (random) => kept[random.integer(kept.length)],
    grid: () => kept,
    config: { kind: 'choice', values: kept },
  };
}

/** A space whose every entry is a dimension. */
export function checkSpace(space: unknown): Space {
  if (typeof space !== 'object' || space === null || Object.keys(space).length === 0) {
    throw new OptionError('ERR_OPTION_TYPE', expected('an object with at least one range', 'space', space));
  }
  for (const [name, dimension] of Object.entries(space)) {
    const given = dimension as Partial<Dimension> | null;
    if (typeof given?.draw === 'function' && typeof given.grid === 'function' && typeof given.config === 'object')
      continue;
    const what = 'uniformRange, logUniformRange, integerRange or choice';
    throw new OptionError('ERR_OPTION_TYPE', `Expected ${what} for ${name} of space, received ${describe(dimension)}`);
  }
  return space as Space;
}

export function spaceConfig(space: Space): Record<string, unknown> {
  return Object.fromEntries(Object.entries(space).map(([name, { config }]) => [name, config]));
}

/** One value for each dimension, in the order of their names, so that the order in the object does not matter. */
export function drawValues(space: Space, random: RandomStream): Record<string, unknown> {
  const names = Object.keys(space).sort();
  return Object.fromEntries(names.map((name) => [name, space[name].draw(random)]));
}

/** Every combination of `count` values a dimension. */
export function gridValues(space: Space, count: number): Record<string, unknown>[] {
  let rows: Record<string, unknown>[] = [{}];
  for (const name of Object.keys(space).sort()) {
    const values = space[name].grid(count);
    rows = rows.flatMap((row) => values.map((value) => ({ ...row, [name]: value })));
  }
  return rows;
}

function spread<T>(count: number, at: (share: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => at(count === 1 ? 0.5 : i / (count - 1)));
}

function checkEnds(owner: string, low: unknown, high: unknown): void {
  const first = checkNumber(`low of ${owner}`, low);
  const last = checkNumber(`high of ${owner}`, high);
  if (last <= first) throw emptyRange(owner, first, last);
}

function emptyRange(owner: string, low: number, high: number): OptionError {
  return new OptionError(
    'ERR_OPTION_RANGE',
    `Expected a high end above ${low} for ${owner}, received ${high}: the range is empty`,
  );
}
