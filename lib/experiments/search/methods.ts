import { checkChoice, checkInteger, checkNumber, checkOptions, expected } from '../../core/checks.js';
import { OptionError } from '../../core/errors.js';
import { RandomStream, streams } from '../../core/random.js';
import { drawValues, gridValues, type Space } from './space.js';
import type { Planned, Trial } from './trial.js';

export interface HalvingOptions {
  /** Budget of the longest trials, such as epochs; a whole number above `factor`. */
  maxBudget: number;
  /** Of the shortest; at least 1, default 1. */
  minBudget?: number;
  /** What share goes on is one over this, and its budget grows by as much; at least 2, default 3. */
  factor?: number;
}

export type Method = 'random' | 'grid' | ({ readonly name: 'successiveHalving' | 'hyperband' } & HalvingOptions);

/**
 * Plans a search: gives a list of trials to run, and from how they ended the next list, until there is none. What it
 * plans depends on the seed and on the values found, not on the order in which trials end.
 */
export interface Plan {
  readonly config: unknown;
  next(ended: ReadonlyMap<string, Trial>): Planned[] | undefined;
}

export interface PlanOptions {
  readonly trials: number;
  readonly gridSteps: number;
  readonly seed: number;
  readonly isBetter: (a: number, b: number) => boolean;
}

const MOST_TRIALS = 1e6;

export function planFor(method: unknown, space: Space, options: PlanOptions): Plan {
  if (typeof method === 'string') {
    const name = checkChoice('method', method, ['random', 'grid']);
    return name === 'random' ? randomPlan(space, options) : gridPlan(space, options);
  }
  if (typeof method !== 'object' || method === null) {
    const what = '"random", "grid", or an object with the name successiveHalving or hyperband';
    throw new OptionError('ERR_OPTION_TYPE', expected(what, 'method', method));
  }
  const known = ['name', 'maxBudget', 'minBudget', 'factor'] as const;
  const given = checkOptions<{ name: string } & HalvingOptions>('method', method, known);
  const name = checkChoice('name of method', given.name, ['successiveHalving', 'hyperband']);
  const factor = checkInteger('factor', given.factor ?? 3, { min: 2 });
  const minBudget = checkNumber('minBudget', given.minBudget ?? 1, { min: 1 });
  const maxBudget = checkNumber('maxBudget', given.maxBudget, { min: minBudget * factor });
  return halvingPlan(space, { ...options, name, factor, minBudget, maxBudget });
}

const valuesAt = (space: Space, seed: number, id: number) =>
  drawValues(space, new RandomStream(seed, streams.search, id));

function once(config: unknown, trials: Planned[]): Plan {
  return { config, next: (ended) => (trials.every(({ key }) => ended.has(key)) ? undefined : trials) };
}

function randomPlan(space: Space, { trials, seed }: PlanOptions): Plan {
  const planned = Array.from({ length: trials }, (_, id) => ({
    key: String(id),
    id,
    values: valuesAt(space, seed, id),
  }));
  return once({ name: 'random' }, planned);
}

function gridPlan(space: Space, { gridSteps }: PlanOptions): Plan {
  const count = Object.values(space).reduce((product, dimension) => product * dimension.grid(gridSteps).length, 1);
  if (count > MOST_TRIALS) {
    throw new OptionError('ERR_OPTION_RANGE', `Expected a grid of at most ${MOST_TRIALS} trials, received ${count}`);
  }
  const planned = gridValues(space, gridSteps).map((values, id) => ({ key: String(id), id, values }));
  return once({ name: 'grid', gridSteps }, planned);
}

interface Halving extends PlanOptions {
  readonly name: 'successiveHalving' | 'hyperband';
  readonly factor: number;
  readonly minBudget: number;
  readonly maxBudget: number;
}

interface Entry {
  readonly config: number;
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * Brackets of successive halving: all of a rung run with a small budget, the best 1/factor go on with factor times as
 * much. Successive halving is one bracket with `trials` at first; Hyperband runs brackets from many short trials to few
 * long ones, since nobody knows which is right.
 *
 * Source: Jamieson and Talwalkar 2016; Li, Jamieson, DeSalvo, Rostamizadeh, Talwalkar, "Hyperband", JMLR 2018.
 */
function halvingPlan(space: Space, options: Halving): Plan {
  const { name, factor, minBudget, maxBudget, seed } = options;
  const rungs = Math.floor(Math.log(maxBudget / minBudget) / Math.log(factor) + 1e-9);
  const brackets = name === 'hyperband' ? Array.from({ length: rungs + 1 }, (_, i) => rungs - i) : [rungs];
  const sizeOf = (bracket: number) =>
    name === 'hyperband' ? Math.ceil(((rungs + 1) * factor ** bracket) / (bracket + 1)) : options.trials;
  const config = {
    name,
    factor,
    minBudget,
    maxBudget,
    ...(name === 'successiveHalving' && { trials: options.trials }),
  };

  const next = (ended: ReadonlyMap<string, Trial>): Planned[] | undefined => {
    let [id, firstConfig] = [0, 0];
    for (const bracket of brackets) {
      const size = sizeOf(bracket);
      const offset = firstConfig;
      let entries: Entry[] = Array.from({ length: size }, (_, i) => {
        return { config: offset + i, values: valuesAt(space, seed, offset + i) };
      });
      firstConfig += size;
      for (let rung = 0; rung <= bracket && entries.length > 0; rung++) {
        const budget = Math.max(1, Math.round(maxBudget * factor ** (rung - bracket)));
        const planned = entries.map(({ config: place, values }) => ({
          key: `${bracket}.${rung}.${place}`,
          id: id++,
          values,
          budget,
        }));
        if (!planned.every(({ key }) => ended.has(key))) return planned;
        entries = bestOf(entries, planned, ended, options);
      }
    }
    return undefined;
  };
  return { config, next };
}

/** The best 1/factor of a rung; what failed never goes on. */
function bestOf(
  entries: readonly Entry[],
  planned: readonly Planned[],
  ended: ReadonlyMap<string, Trial>,
  { factor, isBetter }: Halving,
): Entry[] {
  const scored = entries.flatMap((entry, i) => {
    const { state, value } = ended.get(planned[i].key)!;
    return state === 'done' && value !== undefined ? [{ entry, value }] : [];
  });
  scored.sort((a, b) =>
    isBetter(a.value, b.value) ? -1 : isBetter(b.value, a.value) ? 1 : a.entry.config - b.entry.config,
  );
  return scored.slice(0, Math.max(1, Math.floor(entries.length / factor))).map(({ entry }) => entry);
}
