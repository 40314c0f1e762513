import { availableParallelism } from 'node:os';
import { checkChoice, checkInteger, checkOptions, checkString, expected } from '../../core/checks.js';
import { OptionError } from '../../core/errors.js';
import { drawSeed } from '../../core/random.js';
import { isHopeless, type EarlyStop } from './hopeless.js';
import { Journal } from './journal.js';
import { planFor, type Method } from './methods.js';
import { checkSpace, spaceConfig, type Space, type Values } from './space.js';
import type { Objective, Planned, Trial } from './trial.js';
import { WorkerPool } from './worker-pool.js';

export interface SearchOptions<V = Readonly<Record<string, unknown>>> {
  /** `random`, `grid`, or `{ name: 'successiveHalving' | 'hyperband', maxBudget }`; default `random`. */
  method?: Method;
  /** Trials of a random search, or of the first rung of successive halving; at least 1, default 20. */
  trials?: number;
  /** Values of each range in a grid; at least 1, default 5. */
  gridSteps?: number;
  /** Whether a small or a large value is wanted; default `minimize`. */
  direction?: 'minimize' | 'maximize';
  /** Decides the values of every trial; a whole number in [0, 2⁵³); default the journal's, or drawn. */
  seed?: number;
  /** Trials at the same time; at least 1, default 1. */
  parallel?: number;
  /** Threads for all of them together; default one for each core. */
  threads?: number;
  /** Ends trials that fall behind; default none. For trials that report. */
  earlyStop?: EarlyStop;
  /** A file in which every ended trial is kept. A search that finds its own journal goes on from there. */
  journal?: string;
  /** Ends the search; it rejects with the signal's reason, and the journal keeps the trials that have ended. */
  signal?: AbortSignal;
  /** Called after each trial. */
  onTrial?: (trial: Trial<V>) => void;
}

const optionNames = [
  'method',
  'trials',
  'gridSteps',
  'direction',
  'seed',
  'parallel',
  'threads',
  'earlyStop',
  'journal',
  'signal',
  'onTrial',
] as const;

/** What a search found. */
export interface SearchResult<V = Readonly<Record<string, unknown>>> {
  /** In the order of their plan. */
  readonly trials: readonly Trial<V>[];
  /** The best that ended regularly, with the largest budget where there are budgets; undefined where none did. */
  readonly best: Trial<V> | undefined;
  readonly seed: number;
}

/**
 * Looks for the settings with which an objective becomes small, by trying many.
 *
 * The values of trial i depend on the seed and i alone. An objective that throws, or gives anything but a finite number,
 * makes a failed trial, and the search goes on. An objective is a function, which runs here, or the URL of a module whose
 * default export is one, which runs on worker threads; training is off this thread in both cases, so a function is right
 * unless it computes much in JavaScript itself.
 *
 * @param space a range or list for each setting: see {@link uniformRange}, {@link logUniformRange}, {@link integerRange},
 *   {@link choice}
 * @param objective gets the values and a {@link TrialContext}
 * @param options see {@link SearchOptions}
 * @throws OptionError for a wrong space or option, and for a journal of another search; FormatError, FileError for a
 *   journal that cannot be read or written
 *
 * @example
 * const { best } = await search(
 *   { learningRate: logUniformRange(1e-4, 1e-1), units: integerRange(20, 200) },
 *   async ({ learningRate, units }, { seed, threads }) => {
 *     const network = new Network({ inputs: 784, layers: [dense(units, { activation: 'relu' }), dense(10)], seed, threads });
 *     await network.fit(train, { optimizer: 'adam', learningRate, epochs: 2 });
 *     return (await network.evaluate(validation)).loss;
 *   },
 *   { trials: 30, seed: 1, journal: 'search.jsonl' },
 * );
 *
 * Source: Bergstra and Bengio, "Random search for hyper-parameter optimization", JMLR 2012. Keras Tuner and Optuna sample
 * from what they have seen; this does not, and can be repeated from its seed.
 */
export async function search<S extends Space>(
  space: S,
  objective: Objective<Values<S>> | URL,
  options?: SearchOptions<Values<S>>,
): Promise<SearchResult<Values<S>>> {
  const settings = checkSearch(space, objective, await withJournalSeed(options));
  const { plan, header, parallel, threads, signal, earlyStop, isBetter, onTrial } = settings;
  signal?.throwIfAborted();
  const opened = settings.journal === undefined ? undefined : await Journal.open(settings.journal, header);
  const ended = new Map<string, Trial>((opened?.trials ?? []).map((trial) => [trial.key, trial]));
  const pool = objective instanceof URL ? new WorkerPool(objective) : undefined;
  const neverAborted = new AbortController().signal;

  const runTrial = async (planned: Planned): Promise<void> => {
    const reports: [number, number][] = [];
    let stopped = false;
    const context = {
      id: planned.id,
      seed: (header.seed + planned.id) % Number.MAX_SAFE_INTEGER,
      budget: planned.budget,
      threads: Math.max(1, Math.floor(threads / parallel)),
      signal: signal ?? neverAborted,
      report: (step: number, value: number): Promise<boolean> => {
        if (Number.isFinite(value)) reports.push([step, value]);
        stopped ||= earlyStop !== undefined && isHopeless(reports, ended.values(), earlyStop, isBetter);
        return Promise.resolve(!stopped);
      },
    };
    const began = performance.now();
    let outcome: Pick<Trial, 'state' | 'value' | 'error'>;
    try {
      const value: unknown =
        pool === undefined
          ? await (objective as Objective<unknown>)(planned.values, context)
          : await pool.run(planned, context);
      outcome = outcomeOf(value, stopped);
    } catch (error) {
      signal?.throwIfAborted();
      outcome = { state: 'failed', error: error instanceof Error ? error.message : String(error) };
    }
    signal?.throwIfAborted();
    const { key, id, values, budget } = planned;
    const seconds = (performance.now() - began) / 1000;
    const trial: Trial = {
      key,
      id,
      values,
      ...(budget !== undefined && { budget }),
      seed: context.seed,
      ...outcome,
      reports,
      seconds,
    };
    await opened?.journal.add(trial);
    ended.set(key, trial);
    onTrial?.(trial);
  };

  try {
    for (let planned = plan.next(ended); planned !== undefined; planned = plan.next(ended)) {
      const waiting = planned.filter(({ key }) => !ended.has(key));
      const runOnes = async () => {
        for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
          await runTrial(one).catch((error: unknown) => {
            // The search has failed (its journal cannot be written): the others begin no more.
            waiting.length = 0;
            throw error;
          });
        }
      };
      await settleAll(Array.from({ length: Math.min(parallel, waiting.length) }, runOnes));
    }
  } finally {
    await pool?.close();
    await opened?.journal.close();
  }
  const trials = [...ended.values()].sort((a, b) => a.id - b.id) as Trial<Values<S>>[];
  return { trials, best: bestOf(trials, isBetter), seed: header.seed };
}

/** Waits for all even where one fails, so that no trial writes to a journal that is closed; then fails with the first. */
async function settleAll(tasks: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(tasks);
  const failed = results.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

/** Where no seed is given, that of the journal: else a search could not go on from it. */
async function withJournalSeed<O extends SearchOptions<never>>(options: O | undefined): Promise<O | undefined> {
  if (typeof options?.journal !== 'string' || options.seed !== undefined) return options;
  const seed = await Journal.seedOf(options.journal);
  return seed === undefined ? options : { ...options, seed };
}

function outcomeOf(value: unknown, stopped: boolean): Pick<Trial, 'state' | 'value' | 'error'> {
  if (typeof value === 'number' && Number.isFinite(value)) return { state: stopped ? 'stopped' : 'done', value };
  return { state: 'failed', error: expected('a finite number', 'the objective’s value', value) };
}

function bestOf<V>(trials: readonly Trial<V>[], isBetter: (a: number, b: number) => boolean): Trial<V> | undefined {
  const done = trials.filter(({ state }) => state === 'done');
  const most = Math.max(...done.map(({ budget = 0 }) => budget));
  const comparable = done.filter(({ budget = 0 }) => budget === most);
  return comparable.reduce<Trial<V> | undefined>(
    (best, trial) => (best === undefined || isBetter(trial.value!, best.value!) ? trial : best),
    undefined,
  );
}

function checkSearch(space: unknown, objective: unknown, options: unknown) {
  const checked = checkSpace(space);
  if (typeof objective !== 'function' && !(objective instanceof URL)) {
    throw new OptionError('ERR_OPTION_TYPE', expected('a function or the URL of a module', 'objective', objective));
  }
  const given = checkOptions<SearchOptions>('search', options, optionNames);
  const direction = checkChoice('direction', given.direction ?? 'minimize', ['minimize', 'maximize']);
  const isBetter = direction === 'minimize' ? (a: number, b: number) => a < b : (a: number, b: number) => a > b;
  const seed = given.seed === undefined ? drawSeed() : checkInteger('seed', given.seed);
  const trials = checkInteger('trials', given.trials ?? 20, { min: 1, max: 1e6 });
  const gridSteps = checkInteger('gridSteps', given.gridSteps ?? 5, { min: 1, max: 1e6 });
  const plan = planFor(given.method ?? 'random', checked, { trials, gridSteps, seed, isBetter });
  const earlyStop =
    given.earlyStop === undefined
      ? undefined
      : checkOptions<EarlyStop>('earlyStop', given.earlyStop, ['afterTrials', 'afterReports']);
  if (earlyStop !== undefined) {
    checkInteger('afterTrials', earlyStop.afterTrials ?? 5, { min: 1 });
    checkInteger('afterReports', earlyStop.afterReports ?? 1);
  }
  if (given.signal !== undefined && !(given.signal instanceof AbortSignal)) {
    throw new OptionError('ERR_OPTION_TYPE', expected('an AbortSignal', 'signal', given.signal));
  }
  if (given.onTrial !== undefined && typeof given.onTrial !== 'function') {
    throw new OptionError('ERR_OPTION_TYPE', expected('a function', 'onTrial', given.onTrial));
  }
  return {
    plan,
    isBetter,
    earlyStop,
    header: {
      format: 'blasnet-search',
      version: 1,
      space: spaceConfig(checked),
      seed,
      method: plan.config,
      direction,
    } as const,
    parallel: checkInteger('parallel', given.parallel ?? 1, { min: 1, max: 1024 }),
    threads: checkInteger('threads', given.threads ?? availableParallelism(), { min: 1, max: 1024 }),
    journal: given.journal === undefined ? undefined : checkString('journal', given.journal),
    signal: given.signal,
    onTrial: given.onTrial,
  };
}
