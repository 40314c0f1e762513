/** One trial of a search, as results and journals keep it. */
export interface Trial<V = Readonly<Record<string, unknown>>> {
  /** Unique within the search and the same whenever it is repeated. */
  readonly key: string;
  /** From 0, in the order of their beginning. */
  readonly id: number;
  readonly values: V;
  /** What it was allowed to spend, such as epochs; for successive halving and Hyperband. */
  readonly budget?: number;
  readonly seed: number;
  /** `done` has a value; `stopped` was hopeless beside others; `failed` threw or gave no finite number. */
  readonly state: 'done' | 'stopped' | 'failed';
  /** What the objective gave; of a stopped trial, the last it reported. */
  readonly value?: number;
  readonly error?: string;
  /** Values reported on the way, by step. */
  readonly reports: readonly (readonly [step: number, value: number])[];
  readonly seconds: number;
}

/** What an objective is told beside its values. */
export interface TrialContext {
  readonly id: number;
  /** Of everything random in the trial. */
  readonly seed: number;
  /** What it may spend, such as epochs, where the method gives budgets. */
  readonly budget: number | undefined;
  /** Its part of the thread budget: hand it to `new Network({ threads })`. */
  readonly threads: number;
  /** Ends with the search. */
  readonly signal: AbortSignal;
  /**
   * Tells where the trial stands; false says that it is hopeless beside others and should return now. What it returns
   * then is kept as its value, and the trial as stopped.
   */
  readonly report: (step: number, value: number) => Promise<boolean>;
}

/** What is tried: gives the number that is to become small (or large). */
export type Objective<V> = (values: V, trial: TrialContext) => number | Promise<number>;

/** A trial before it runs. */
export interface Planned {
  readonly key: string;
  readonly id: number;
  readonly values: Readonly<Record<string, unknown>>;
  readonly budget?: number;
}
