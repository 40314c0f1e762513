import { resolve } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { firstNonFinite } from '../core/numbers.js';
import { Dataset, ShardedDataset } from '../data/index.js';
import { Stop, type CompiledProgram, type Outcome } from '../engine/engine.js';
import type { Ending, StepRecord } from './callbacks/callback.js';
import { Listeners } from './callbacks/listeners.js';
import { readCheckpoint } from './checkpoint-files.js';
import { encodeCheckpoint } from './checkpoint-format.js';
import type { Settings } from './fit-checks.js';
import { captureFit, restoreCallbacks, restoreFit } from './fit-state.js';
import { FiniteGuard } from './finite-guard.js';
import { EpochSums, gradientNormOf, historyOf, isPerStep, type EpochRecord, type History } from './history.js';
import { score } from './held-out.js';
import type { Part, Pass } from './pass.js';
import { progressOf } from './progress.js';
import type { Samples } from './samples.js';
import { SliceLength } from './slices.js';
import type { Trainer } from './trainer.js';
import type { Training } from './training.js';

/** Milliseconds after which the event loop gets its turn. */
const LONGEST_TURN = 8;

/** How far a trainer has come over all its fits: where its schedules and its orders of samples go on. */
export interface Position {
  updates: number;
  epochs: number;
}

/** One fit: epochs of slices of steps, and the callbacks' moments in between. */
export class FitRun implements Training {
  readonly trainer: Trainer;
  readonly position: Position;
  settings: Settings;
  readonly records: EpochRecord[] = [];
  /** What the program summed up in every step, one row a step. */
  readonly stepSums: number[] = [];
  /** Samples of the epoch that are done. */
  first = 0;
  epoch = 1;
  step = 0;
  learningRate = 0;
  learningRateFactor = 1;
  stopped: string | undefined;
  resumedFrom: string | undefined;
  /** Of the data, to know it again. */
  fingerprint = '';
  sums: EpochSums;
  readonly #samples: Samples;
  readonly #stop = new Stop();
  readonly #slices: SliceLength;
  readonly #listeners: Listeners;
  #program: CompiledProgram | undefined;
  #guard: FiniteGuard | undefined;
  /** When timers, sockets and everybody else had their last turn. */
  #gaveWay = performance.now();
  #restored: Float32Array | Float64Array | undefined;

  constructor(trainer: Trainer, position: Position, settings: Settings, samples: Samples) {
    this.trainer = trainer;
    this.position = position;
    this.settings = settings;
    this.#samples = samples;
    this.#listeners = new Listeners(settings.callbacks, this);
    this.#slices = new SliceLength(trainer.network.architecture.arenaSize);
    this.sums = new EpochSums([]);
  }

  get network() {
    return this.trainer.network;
  }

  get epochs(): number {
    return this.settings.epochs;
  }

  /** Names of the numbers in a row of `stepSums`. */
  get totals(): readonly string[] {
    return this.#program?.program.totals ?? [];
  }

  stop(reason: string): void {
    this.stopped ??= reason;
  }

  readParameters(): Float32Array | Float64Array {
    const { store, architecture } = this.network;
    return store.read('parameters', 0, architecture.arenaSize);
  }

  restoreAtEnd(parameters: Float32Array | Float64Array): void {
    this.#restored = parameters;
  }

  encodeCheckpoint(): Promise<Uint8Array> {
    return encodeCheckpoint(this.network, captureFit(this));
  }

  /** @param report hears of every epoch */
  async run(report: (record: EpochRecord) => void): Promise<History> {
    const { signal } = this.settings;
    const abort = () => {
      this.#stop.stop();
    };
    signal?.addEventListener('abort', abort);
    let ending: Ending = { how: 'completed' };
    try {
      signal?.throwIfAborted();
      const checkpoint = await this.#prepare();
      await this.#listeners.trainBegin();
      checkpoint?.restoreCallbacks();
      await this.#epochs(report);
      if (this.stopped !== undefined) ending = { how: 'stopped', reason: this.stopped };
      const steps = { names: this.totals, sums: this.stepSums };
      return historyOf(this.trainer, this.settings, this.records, steps, {
        stopped: this.stopped,
        unfinished: this.sums,
      });
    } catch (error) {
      const aborted = signal?.aborted === true && error === signal.reason;
      ending = { how: aborted ? 'aborted' : 'failed', reason: error };
      throw error;
    } finally {
      try {
        await this.#end(ending);
      } finally {
        signal?.removeEventListener('abort', abort);
        this.#samples.dispose();
        this.#program?.dispose();
        this.#guard?.dispose();
      }
    }
  }

  /** Everything that stands before the first step; returns the checkpoint that the fit goes on from, where it does. */
  async #prepare(): Promise<{ restoreCallbacks: () => void } | undefined> {
    const { train, batchSize, augment, resume, callbacks } = this.settings;
    this.fingerprint = await this.#samples.fingerprint();
    const checkpoint = resume === undefined ? undefined : await readCheckpoint(resolve(resume));
    this.network.classNames = train.classNames ?? this.network.classNames;
    const weighted = train instanceof Dataset && train.weights !== undefined;
    const kind = { weighted, augment };
    this.#program = this.network.prepareTraining(this.trainer.optimizer, batchSize, this.trainer, kind);
    this.sums = new EpochSums(this.totals);
    const states = checkpoint === undefined ? undefined : restoreFit(this, checkpoint);
    this.resumedFrom = checkpoint?.path;
    await this.network.learnInputs(train instanceof ShardedDataset ? () => someOf(train) : train);
    this.#guard = new FiniteGuard(this.network);
    if (checkpoint === undefined || states === undefined) return undefined;
    return { restoreCallbacks: () => restoreCallbacks(callbacks, states, checkpoint) };
  }

  /** The first error of a callback is the fit's, unless it has one. */
  async #end(ending: Ending): Promise<void> {
    const errors = await this.#listeners.trainEnd(ending);
    if (this.#restored !== undefined) this.network.store.write('parameters', 0, this.#restored);
    if (errors.length > 0 && (ending.how === 'completed' || ending.how === 'stopped')) throw errors[0];
  }

  async #epochs(report: (record: EpochRecord) => void): Promise<void> {
    const { epochs, samples } = this.settings;
    for (const record of this.records) report(record);
    while (this.epoch <= epochs && this.stopped === undefined) {
      if (this.first === 0) await this.#listeners.epochBegin(this.epoch);
      const pass = this.#samples.pass(this.settings.seed, this.position.epochs);
      try {
        await this.#passOver(pass);
      } finally {
        pass.dispose();
      }
      if (this.first < samples) return;
      const record = await this.#record();
      this.records.push(record);
      [this.first, this.sums] = [0, new EpochSums(this.totals)];
      this.position.epochs++;
      // The state is that of the next epoch's start, should a callback keep it; they are told the epoch that has ended.
      this.epoch++;
      report(record);
      await this.#listeners.epochEnd(record);
    }
  }

  /** The rest of the epoch, in slices: as many steps a call as fit into a tenth of a second. */
  async #passOver(pass: Pass): Promise<void> {
    const { batchSize, samples, signal } = this.settings;
    while (this.first < samples && this.stopped === undefined) {
      signal?.throwIfAborted();
      const part = await pass.at(this.first);
      const steps = Math.min(this.#slices.steps, this.#listeners.stepsToNext);
      const count = Math.min(steps * batchSize, Math.min(samples, part.end) - this.first);
      const outcome = await this.#slice(part, count);
      this.#add(outcome);
      await this.#checkFinite(outcome, part);
      if (outcome.steps > 0) await this.#listeners.stepEnd(() => this.#lastStep());
      await this.#listeners.sliceEnd();
      signal?.throwIfAborted();
      this.#slices.took(outcome);
      this.settings.onProgress?.(progressOf(this.settings, this.sums, this.epoch));
      await this.#giveWay();
    }
  }

  /** A slice, and many in a row, may take no more than microtasks; others would wait for the end of the fit. */
  async #giveWay(): Promise<void> {
    if (performance.now() - this.#gaveWay < LONGEST_TURN) return;
    await turn();
    this.#gaveWay = performance.now();
  }

  #lastStep(): StepRecord {
    const { totals, step, epoch, learningRate } = this;
    const row = this.stepSums.slice(-totals.length);
    const norm = gradientNormOf(totals, row);
    const penalty = totals.includes('penalty') ? row[totals.indexOf('penalty')] : 0;
    const loss = row[totals.indexOf('loss')] + penalty;
    return { step, epoch, loss, learningRate, ...(norm === undefined ? {} : { gradientNorm: norm }) };
  }

  async #record(): Promise<EpochRecord> {
    const { held } = this.#samples;
    const scores = held === undefined ? undefined : await score(this.network, held);
    return this.sums.record(this.epoch, this.learningRate, scores);
  }

  /** The numbers of one step that its kernels read; the first is the learning rate. */
  #scalars(update: number): readonly number[] {
    const [rate, ...rest] = this.trainer.optimizer.scalars(update);
    return [rate * this.learningRateFactor, ...rest];
  }

  #slice({ data, begin, order }: Part, count: number): Promise<Outcome> {
    const { network, trainer } = this;
    const first = this.first - begin;
    const { batchSize, seed } = this.settings;
    const { scalarCount } = trainer.optimizer;
    const steps = Math.ceil(count / batchSize);
    const scalars = new Float64Array(steps * scalarCount);
    for (let step = 0; step < steps; step++) {
      scalars.set(this.#scalars(this.position.updates + step), step * scalarCount);
    }
    return this.#guard!.run(this.#program!, {
      data,
      // The slice's part of the order only: the engine copies what it is given.
      order: order?.subarray(first, first + count),
      firstSample: order === undefined ? first : 0,
      count,
      scalars,
      seed,
      firstStep: network.step,
      stop: this.#stop,
    });
  }

  #add(outcome: Outcome): void {
    const { network, totals: names } = this;
    const { batchSize, samples } = this.settings;
    const width = names.length;
    for (let step = 0; step < outcome.steps; step++) {
      const rows = Math.min(batchSize, samples - this.first - step * batchSize);
      const totals = outcome.totals.subarray(step * width, (step + 1) * width);
      this.sums.add(totals, rows);
      // Losses are kept as means over the step's samples; penalties and norms are one number a step already.
      totals.forEach((total, i) => this.stepSums.push(isPerStep(names[i]) ? total : total / rows));
    }
    this.sums.seconds += outcome.seconds;
    this.position.updates += outcome.steps;
    this.step += outcome.steps;
    network.step += outcome.steps;
    this.first = Math.min(samples, this.first + outcome.steps * batchSize);
    if (outcome.steps > 0) this.learningRate = this.#scalars(this.position.updates - 1)[0];
  }

  /** @throws NonFiniteError naming the first tensor affected; the network is back at its last good step */
  async #checkFinite({ nonFinite, steps, totals }: Outcome, part: Part): Promise<void> {
    if (nonFinite < 0) return;
    const { totals: names, first } = this;
    const { batchSize, samples: used, seed, augment } = this.settings;
    const bad = firstNonFinite(totals.subarray(steps * names.length, (steps + 1) * names.length));
    const what = bad < 0 ? undefined : gradientNormOf([names[bad]], [0]) === undefined ? 'loss' : 'gradient';
    const batch = () => part.look(first, Math.min(used, part.end, first + batchSize));
    throw await this.#guard!.failure({ what, batch, seed, augment });
  }
}

/** Samples to learn the inputs' mean and deviation from, where there are too many to look at each. */
function someOf(source: ShardedDataset): Promise<Dataset> {
  return source.read(0, Math.min(source.length, source.window));
}
