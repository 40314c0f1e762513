import { describe, expected } from '../core/checks.js';
import { OptionError, StateError } from '../core/errors.js';
import type { RandomStream } from '../core/random.js';
import type { Fans, InitializeFunction } from '../program/parameters.js';
import type { Initializer } from './initializer.js';

/** Returns one value of a parameter after the other, row by row. */
export type InitializerFunction = (fans: Fans, random: RandomStream) => number;

/** Fills a whole parameter at once. */
export interface FillingInitializer {
  fill(values: Float64Array, fans: Fans, random: RandomStream): void;
}

const LONGEST_NAME = 100;

/**
 * An initializer from a function of yours: called once for every value, or once for all of them.
 *
 * The function gets `fanIn` and `fanOut` (inputs and units of the layer), `shape`, and a stream of random numbers that
 * follows from the network's seed: `random.uniform()` in [0, 1), `random.normal()`, `random.integer(limit)`. Whoever uses
 * it instead of Math.random gets the same network from the same seed.
 *
 * A saved model holds weights, so a network with such a layer saves and loads; of the function it keeps the name alone.
 *
 * @throws OptionError, when the network is built, for values that are not finite numbers
 *
 * @example
 * dense(100, { initializer: ({ fanIn }, random) => random.normal() / fanIn });
 * dense(100, { biasInitializer: { fill: (values) => values.forEach((_, i) => (values[i] = i % 2)) } });
 */
export function custom(from: InitializerFunction | FillingInitializer): Initializer {
  const name = typeof from === 'function' ? from.name : 'fill';
  const fill: InitializeFunction =
    typeof from === 'function'
      ? (values, fans, random) => {
          for (let i = 0; i < values.length; i++) values[i] = checkValue(from(fans, random));
        }
      : (values, fans, random) => {
          from.fill(values, fans, random);
          values.forEach(checkValue);
        };
  return { name: 'custom', fill, config: { name: 'custom', function: name.slice(0, LONGEST_NAME) } };
}

/** What a model file keeps of a custom initializer: enough to hold weights, not enough to make new ones. */
export function lostInitializer(name: unknown): Initializer {
  if (typeof name !== 'string' || name.length > LONGEST_NAME) {
    throw new OptionError('ERR_OPTION_TYPE', expected(`a name of at most ${LONGEST_NAME} letters`, 'function', name));
  }
  return {
    name: 'custom',
    fill: () => {
      throw new StateError(
        `The initializer function "${name}" was not saved with the model: give the layer another one`,
      );
    },
    config: { name: 'custom', function: name },
  };
}

function checkValue(value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  const isMaker = typeof value === 'object' && value !== null && 'fill' in value;
  const hint = isMaker ? ' (an initializer: call it where you give it, as in heNormal())' : '';
  throw new OptionError(
    'ERR_OPTION_RANGE',
    `Expected finite numbers from the function for initializer, received ${describe(value)}${hint}`,
  );
}
