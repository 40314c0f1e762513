import { join } from 'node:path';
import {
  checkpoint,
  mnist,
  Network,
  type Dataset,
  type EngineName,
  type FitOptions,
  type NetworkOptions,
  type TrainAndTest,
} from '../index.js';
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
  /** Folder where long runs keep checkpoints, and from which they go on; default none. */
  readonly checkpoints?: string;
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
  readonly #checkpoints: string | undefined;
  #digits: Promise<TrainAndTest> | undefined;

  constructor(options: LabOptions = {}) {
    const { seed = 0, epochs, quick = false, threads, engine, load, say, signal, checkpoints } = options;
    this.seed = seed;
    this.quick = quick;
    this.engine = engine;
    this.threads = threads;
    this.signal = signal;
    this.#epochs = epochs;
    this.#load = load ?? (() => mnist());
    this.#say = say ?? (() => undefined);
    this.#checkpoints = checkpoints;
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

  /** What a long fit needs to go on where an earlier one of this name, seed and size was broken off. */
  checkpoints(run: string): Pick<FitOptions, 'callbacks' | 'resume'> {
    if (this.#checkpoints === undefined) return {};
    const name = `${run} seed ${this.seed}${this.quick ? ' quick' : ''}`.replaceAll(/[^a-z0-9]+/gi, '-');
    const resume = join(this.#checkpoints, name);
    return { resume, callbacks: [checkpoint(resume, { every: { minutes: 1 } })] };
  }

  /** A network on this lab's engine and seed. */
  network(options: NetworkOptions): Network {
    return new Network({ seed: this.seed, engine: this.engine, threads: this.threads, ...options });
  }
}
