import { mnist, Network, type Dataset, type EngineName, type NetworkOptions, type TrainAndTest } from '../index.js';
import type { Figure, Table } from '../report/index.js';

/** One experiment: what it asks, what its original found, and how it is run. */
export interface Lab {
  readonly name: string;
  readonly title: string;
  /** What to look at in the pictures, a sentence each. */
  readonly lookAt: readonly string[];
  /** What the original reached, with its settings in short. */
  readonly original: string;
  run(context: LabContext): Promise<LabOutcome>;
}

/** What a lab found. */
export interface LabOutcome {
  readonly figures: readonly Figure[];
  readonly table?: Table;
  /** What we reach, beside `original`. */
  readonly ours: string;
  readonly conclusions: readonly Conclusion[];
  /** Every number behind it, for the JSON file. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** A claim that the numbers of this run either bear out or do not. */
export interface Conclusion {
  readonly claim: string;
  readonly holds: boolean;
}

export interface LabOptions {
  /** Default 0. */
  readonly seed?: number;
  /** Passes over the data, where a lab has one number of them; default the lab's. */
  readonly epochs?: number;
  /** A small size of seconds: the same conclusion, from less data or fewer steps. */
  readonly quick?: boolean;
  readonly threads?: number;
  readonly engine?: EngineName;
  /** Where the data comes from; default `mnist`. */
  readonly load?: () => Promise<TrainAndTest>;
  /** Is told what is under way. */
  readonly say?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** What a lab is run with: its size, its seed, and the data that all its runs share. */
export class LabContext {
  readonly seed: number;
  readonly quick: boolean;
  readonly engine: EngineName | undefined;
  readonly threads: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly #epochs: number | undefined;
  readonly #load: () => Promise<TrainAndTest>;
  readonly #say: (line: string) => void;
  #digits: Promise<TrainAndTest> | undefined;

  constructor({ seed = 0, epochs, quick = false, threads, engine, load, say, signal }: LabOptions = {}) {
    this.seed = seed;
    this.quick = quick;
    this.engine = engine;
    this.threads = threads;
    this.signal = signal;
    this.#epochs = epochs;
    this.#load = load ?? (() => mnist());
    this.#say = say ?? (() => undefined);
  }

  /** The full size or the quick one. */
  size(full: number, quick: number): number {
    return this.quick ? quick : full;
  }

  /** As `size`, unless the caller asked for another number of epochs. */
  epochs(full: number, quick: number): number {
    return this.#epochs ?? this.size(full, quick);
  }

  /** Says what is under way, and ends the lab where it was stopped. */
  say(line: string): void {
    this.signal?.throwIfAborted();
    this.#say(line);
  }

  /** MNIST, or what stands in for it; loaded once. */
  digits(): Promise<TrainAndTest> {
    return (this.#digits ??= this.#load());
  }

  /** The first images of the training set, and of the test set where fewer are enough. */
  async digitsOf(train: number, test: number = this.size(10_000, 2000)): Promise<{ train: Dataset; test: Dataset }> {
    const digits = await this.digits();
    return {
      train: digits.train.take(Math.min(train, digits.train.length)),
      test: digits.test.take(Math.min(test, digits.test.length)),
    };
  }

  /** A network on this lab's engine and seed. */
  network(options: NetworkOptions): Network {
    return new Network({ seed: this.seed, engine: this.engine, threads: this.threads, ...options });
  }
}
