import type { ShardFiles } from '../core/shard-files.js';
import type { DataSource, FloatArray } from '../kernels/call.js';
import type { Program } from '../program/program.js';

export type EngineName = 'native' | 'reference';

/** Runs programs. Both engines accept exactly the same ones. */
export interface Engine {
  readonly name: EngineName;
  /** Threads that a run may use. */
  readonly threads: number;
  /** Copies samples to where the engine reads them: what JavaScript does to its arrays afterwards changes nothing. */
  createData(source: DataSource): EngineData;
  /**
   * Samples alone, `[length, width]`, checked as they are copied: `undefined` where a feature is not finite. Not every engine
   * does it faster than JavaScript.
   */
  createSamples?(features: Float32Array, width: number): EngineData | undefined;
  /**
   * Reads records of shards, threes of shard, first record and count, on a thread of the engine. Where an engine has none,
   * JavaScript reads them for it.
   */
  readShards?(files: ShardFiles, ranges: Float64Array): Promise<EngineData>;
  /** Arenas for a network's parameters and `slots` optimizer arrays of the same size. */
  createStore(parameters: number, slots: number): Store;
  compile(program: Program): CompiledProgram;
}

export interface Disposable {
  /** Frees memory now instead of when the collector gets to it. Runs under way finish first. */
  dispose(): void;
}

export interface EngineData extends Disposable {
  readonly length: number;
}

export type Arena = 'parameters' | 'gradients' | 'slots';

/** The arenas of one network. */
export interface Store extends Disposable {
  readonly parameters: number;
  readonly slots: number;
  /** A copy of a range. Parameters read while a training run is under way are those of the last completed run. */
  read(arena: Arena, offset: number, length: number, slot?: number): FloatArray;
  /** Throws while a training run is under way. */
  write(arena: Arena, offset: number, values: FloatArray, slot?: number): void;
  /** Takes over the parameters of another store of this engine and this size; no training run of either may be under way. */
  copyParameters(from: Store): void;
  /** Frees the copy that a slice kept, where there is one. Throws while a training run is under way. */
  dropKept(): void;
}

/** Many steps in one call. */
export interface Slice {
  readonly data: EngineData;
  /** Which samples, in order; absent means `0, 1, 2, …`. */
  readonly order?: Uint32Array;
  /** Place in `order` where the slice begins. */
  readonly firstSample: number;
  readonly count: number;
  /** `[steps, program.scalars]` */
  readonly scalars: Float64Array;
  readonly seed: number;
  readonly firstStep: number;
  readonly stop?: StopSignal;
  /** Fill `callSeconds`. */
  readonly timed?: boolean;
  /**
   * For training: `keep` copies parameters and slots before the first step, `restore` first puts that copy in their place.
   * By the second and the same slices again a run gets back to any step since the copy, to the bit.
   */
  readonly begin?: 'keep' | 'restore' | undefined;
}

/** Ends a run after the step at hand. */
export interface StopSignal {
  readonly stopped: boolean;
  stop(): void;
}

export interface Outcome {
  /** Steps completed: fewer than asked for when the run was stopped. */
  readonly steps: number;
  /** `[steps, program.totals]`; one more row where a step was not finite. */
  readonly totals: Float64Array;
  /** What the program emitted, one row a sample. */
  readonly output: FloatArray | undefined;
  readonly seconds: number;
  /**
   * Seconds in each call of the program, summed over threads, and as the last number those spent waiting for other threads.
   * A call that was fused with the one before it has none. Undefined unless the slice is timed.
   */
  readonly callSeconds?: Float64Array;
  /**
   * The step of the slice at which the run stopped, because a sum, a gradient or a parameter in it was not finite; -1 for
   * none. It may have updated parameters, unlike the steps that count as completed.
   */
  readonly nonFinite: number;
}

export interface CompiledProgram extends Disposable {
  readonly program: Program;
  /** Runs off the JavaScript thread, or in short turns on it. */
  run(store: Store, slice: Slice): Promise<Outcome>;
  /** Predicts a few rows at once, on the calling thread. */
  runSync(store: Store, input: FloatArray, rows: number, output: FloatArray): void;
}

/** A stop signal of JavaScript's own; the native engine attaches its flag to it. */
export class Stop implements StopSignal {
  #stopped = false;
  readonly #listeners = new Set<() => void>();

  get stopped(): boolean {
    return this.#stopped;
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const listener of this.#listeners) listener();
  }

  /** Calls `listener` when stopped; returns how to take it back. */
  onStop(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
