import { NonFiniteError } from '../core/errors.js';
import { Stop, type CompiledProgram, type Outcome } from '../engine/engine.js';
import type { Settings } from './fit-checks.js';
import { EpochSums, gradientNormOf, historyOf, isPerStep, type EpochRecord, type History } from './history.js';
import { orderOf } from './order.js';
import { progressOf } from './progress.js';
import type { Samples } from './samples.js';
import { SliceLength } from './slices.js';
import type { Trainer } from './trainer.js';

/** How far a trainer has come over all its fits: where its schedules and its orders of samples go on. */
export interface Position {
  updates: number;
  epochs: number;
}

/** One fit: epochs of slices of steps. */
export class FitRun {
  readonly #trainer: Trainer;
  readonly #position: Position;
  readonly #settings: Settings;
  readonly #samples: Samples;
  readonly #stop = new Stop();
  readonly #records: EpochRecord[] = [];
  /** What the program summed up in every step, one row a step. */
  readonly #steps: number[] = [];
  readonly #slices: SliceLength;

  constructor(trainer: Trainer, position: Position, settings: Settings, samples: Samples) {
    this.#trainer = trainer;
    this.#position = position;
    this.#settings = settings;
    this.#samples = samples;
    this.#slices = new SliceLength(trainer.network.architecture.arenaSize);
  }

  /** @param report hears of every epoch */
  async run(report: (record: EpochRecord) => void): Promise<History> {
    const { network, optimizer } = this.#trainer;
    const { signal, train, batchSize, augment } = this.#settings;
    const abort = () => {
      this.#stop.stop();
    };
    signal?.addEventListener('abort', abort);
    let program: CompiledProgram | undefined;
    try {
      signal?.throwIfAborted();
      await network.learnInputs(train);
      const weighted = train.weights !== undefined;
      program = network.prepareTraining(optimizer, batchSize, this.#trainer, { weighted, augment });
      for (let epoch = 1; epoch <= this.#settings.epochs; epoch++) {
        const record = await this.#epoch(program, epoch);
        this.#records.push(record);
        report(record);
      }
      return historyOf(this.#trainer, this.#settings, this.#records, {
        names: program.program.totals,
        sums: this.#steps,
      });
    } finally {
      signal?.removeEventListener('abort', abort);
      this.#samples.dispose();
      program?.dispose();
    }
  }

  /** One pass over the data, in slices: as many steps a call as fit into a few hundredths of a second. */
  async #epoch(program: CompiledProgram, epoch: number): Promise<EpochRecord> {
    const { network, optimizer } = this.#trainer;
    const { batchSize, samples, train, shuffle, seed, signal, validation, scoring } = this.#settings;
    const order = orderOf({ length: train.length, shuffle, seed, epoch: this.#position.epochs });
    const sums = new EpochSums(program.program.totals);
    for (let first = 0; first < samples;) {
      const count = Math.min(this.#slices.steps * batchSize, samples - first);
      const outcome = await this.#slice(program, order, first, count);
      this.#add(outcome, program, sums, first);
      signal?.throwIfAborted();
      this.#slices.took(outcome);
      first += outcome.steps * batchSize;
      this.#settings.onProgress?.(progressOf(this.#settings, sums, epoch));
    }
    this.#position.epochs++;
    const { validation: held } = this.#samples;
    const weighted = validation?.weights !== undefined;
    const scores = held === undefined ? undefined : await network.score(held, { weighted, scoring });
    return sums.record(epoch, optimizer.scalars(this.#position.updates - 1)[0], scores);
  }

  #slice(program: CompiledProgram, order: Uint32Array | undefined, first: number, count: number): Promise<Outcome> {
    const { network, optimizer } = this.#trainer;
    const { batchSize, seed } = this.#settings;
    const { scalarCount } = optimizer;
    const steps = Math.ceil(count / batchSize);
    const scalars = new Float64Array(steps * scalarCount);
    for (let step = 0; step < steps; step++) {
      scalars.set(optimizer.scalars(this.#position.updates + step), step * scalarCount);
    }
    return program.run(network.store, {
      data: this.#samples.data,
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

  #add(outcome: Outcome, { program: { totals: names } }: CompiledProgram, sums: EpochSums, first: number): void {
    const { network } = this.#trainer;
    const { batchSize, samples } = this.#settings;
    const width = names.length;
    for (let step = 0; step < outcome.steps; step++) {
      const rows = Math.min(batchSize, samples - first - step * batchSize);
      const totals = outcome.totals.subarray(step * width, (step + 1) * width);
      sums.add(totals, rows);
      // Losses are kept as means over the step's samples; penalties and norms are one number a step already.
      totals.forEach((total, i) => this.#steps.push(isPerStep(names[i]) ? total : total / rows));
    }
    sums.seconds += outcome.seconds;
    this.#position.updates += outcome.steps;
    network.step += outcome.steps;
    if (outcome.nonFinite >= 0) throw notFinite(outcome, names, network.step);
  }
}

function notFinite({ steps, totals }: Outcome, names: readonly string[], step: number): NonFiniteError {
  const found = names.findIndex((_, i) => !Number.isFinite(totals[steps * names.length + i]));
  const what = gradientNormOf([names[found]], [0]) === undefined ? 'loss' : 'gradient';
  const message =
    `The ${what} was not finite at step ${step}, so training stopped before its update; the parameters are those of ` +
    'the step before. Usual causes: a learning rate that is too high, or inputs that are not scaled';
  return new NonFiniteError(message, step);
}
