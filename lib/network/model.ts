import { checkString } from '../core/checks.js';
import { DataError, OptionError, ShapeError, StateError } from '../core/errors.js';
import { firstNonFinite } from '../core/numbers.js';
import type { CompiledProgram, Engine, EngineData, Outcome, Store } from '../engine/engine.js';
import type { FloatArray } from '../kernels/call.js';
import type { Optimizer } from '../optimizers/index.js';
import type { Parameter } from '../program/parameters.js';
import type { Program } from '../program/program.js';
import type { Architecture } from './architecture.js';
import { compileTraining, type EvaluationKind, type TrainingKind } from './compile.js';
import { CompiledPrograms } from './compiled-programs.js';
import { rangesToCopy } from './copy-layers.js';
import { namesOf, type LayerReference } from './freeze.js';
import { writeInitialValues } from './initial-values.js';
import { learnInputs, type Features } from './input-statistics.js';
import { layerInfos, summarize, type LayerInfo } from './summary.js';
import { TaskQueue } from './task-queue.js';

/**
 * A network with its numbers: an architecture, an engine, and the parameters in the engine's arena. `Network` adds what
 * needs data: fitting, evaluating, predicting.
 */
export class Model {
  readonly engine: Engine;
  /** Updates done over the life of the network; addresses the random streams of dropout. */
  step = 0;
  /** Names of the classes, as the data had them that the network was trained with; saved with the model. */
  classNames: readonly string[] | undefined;
  #architecture: Architecture;
  #store: Store;
  #slotsOwner: unknown;
  #seed: number;
  /** Freezing changes nothing about programs that only read. */
  readonly #programs: CompiledPrograms;
  /** Fits and single steps, whose parameters are nobody else's also between their slices, when no thread holds them. */
  readonly #tasks = new TaskQueue();

  /** @internal Use `new Network(…)` or `Network.load`. */
  constructor(architecture: Architecture, engine: Engine, seed: number, values?: ReadonlyMap<string, FloatArray>) {
    this.#architecture = architecture;
    this.engine = engine;
    this.#seed = seed;
    this.#store = engine.createStore(architecture.arenaSize, 0);
    writeInitialValues(this.#store, architecture, seed, values);
    this.#programs = new CompiledPrograms(engine, architecture);
  }

  /** The seed of the initial parameters, and of training unless `fit` is given another. */
  get seed(): number {
    return this.#seed;
  }

  /** Whether a fit is under way or waits for its turn. */
  get isTraining(): boolean {
    return this.#tasks.busy;
  }

  /** Goes on where another network of this architecture stood. @internal */
  adopt({ parameters, seed, step }: { parameters: FloatArray; seed: number; step: number }): void {
    this.#store.write('parameters', 0, parameters);
    this.#seed = seed;
    this.step = step;
  }

  /** @internal */
  get architecture(): Architecture {
    return this.#architecture;
  }

  /** Numbers per sample that the network takes. */
  get inputs(): number {
    return this.#architecture.inputs;
  }

  /** Numbers per sample that the network gives. */
  get outputs(): number {
    return this.#architecture.outputs;
  }

  /** Name of the loss, such as `softmaxCrossEntropy`, with which predictions are probabilities. */
  get lossName(): string {
    return this.architecture.loss.name;
  }

  /** How many numbers training changes. */
  get parameterCount(): number {
    const trained = this.architecture.parameters.filter(({ role }) => role !== 'state');
    return trained.reduce((sum, { size }) => sum + size, 0);
  }

  /** Names of all parameters, such as `dense1.kernel`, in the order of the layers. */
  get parameterNames(): string[] {
    return this.#architecture.parameters.map(({ name }) => name);
  }

  /**
   * A copy of one parameter's values, row-major. During a fit they are those of the last completed slice of steps.
   *
   * @param name such as `dense1.kernel`; see {@link parameterNames}
   * @throws OptionError for an unknown name
   */
  readParameter(name: string): Float32Array {
    const { offset, size } = this.#parameter(name);
    return Float32Array.from(this.#store.read('parameters', offset, size));
  }

  /**
   * Sets one parameter's values.
   *
   * @throws OptionError for an unknown name, ShapeError for a wrong number of values, DataError for values that are not
   *   finite, StateError during a fit
   */
  writeParameter(name: string, values: ArrayLike<number>): void {
    const { offset, size, shape } = this.#parameter(name);
    if (values.length !== size) {
      throw new ShapeError(`Expected ${size} values ([${shape.join(', ')}]) for ${name}, received ${values.length}`);
    }
    // As they will be stored: a number too large for float32 is infinite by then.
    const bad = firstNonFinite(Float32Array.from(values));
    if (bad >= 0) {
      throw new DataError(
        'ERR_DATA_NON_FINITE',
        `Expected finite values (in float32) for ${name}, received ${values[bad]} at index ${bad}`,
      );
    }
    this.#checkIdle(`The parameter ${name} cannot be written`);
    this.#store.write('parameters', offset, Float64Array.from(values));
  }

  /** What the network's layers are, in order; those inside a block stand in its `layers`. */
  get layers(): LayerInfo[] {
    return layerInfos(this.#architecture);
  }

  /**
   * Freezes layers: training leaves their parameters as they are, to the bit. Nothing is computed for them in the backward
   * pass, nor for anything below the lowest layer that learns, and their regularizers are not part of the cost. A frozen
   * BatchNorm uses its running statistics. Frozen layers are saved as such with the model.
   *
   * @param layers names such as `dense1` or `residual1.dense1`, or places from 0; a block stands for all in it, and no
   *   argument for every layer
   * @throws OptionError for a layer that is not there; nothing is frozen then
   *
   * @example
   * network.freeze('dense1', 'batchNorm1');
   * network.freeze(0, 1);
   *
   * A fit under way ends as it began; the next one follows. As Keras' `trainable = false`; in PyTorch, `requires_grad_(false)`
   * leaves BatchNorm's statistics moving.
   */
  freeze(...layers: readonly LayerReference[]): void {
    const names = namesOf(this.#architecture, 'freeze', layers);
    this.#setFrozen(new Set([...this.#architecture.frozen, ...names]));
  }

  /**
   * Lets frozen layers learn again.
   *
   * @param layers as in {@link freeze}; no argument stands for every layer
   * @throws OptionError for a layer that is not there; nothing changes then
   */
  unfreeze(...layers: readonly LayerReference[]): void {
    const names = new Set(namesOf(this.#architecture, 'unfreeze', layers));
    this.#setFrozen(new Set([...this.#architecture.frozen].filter((name) => !names.has(name))));
  }

  /**
   * Copies the parameters of layers of the same names from another network, running statistics and other state included.
   *
   * @param other a network, of any engine
   * @param names layers to copy, such as `dense1`; a block stands for all in it. Each must be there in both networks, of
   *   the same type and with parameters of the same shapes
   * @throws OptionError for a layer that is not in both, ShapeError for one that does not fit, StateError during a fit;
   *   nothing is copied then
   *
   * @example
   * classifier.copyLayersFrom(autoencoder, ['dense1', 'dense2']);
   */
  copyLayersFrom(other: Model, names: readonly string[]): void {
    const ranges = rangesToCopy(this.#architecture, other, names);
    this.#checkIdle('Layers cannot be copied to a network');
    const values = other.readAll();
    for (const { name, offset } of ranges) {
      this.#store.write('parameters', offset, Float64Array.from(values.get(name) ?? []));
    }
  }

  /**
   * Layers with their widths, parameters and floating-point operations per sample as a table to print. Operations are those
   * of the matrix products in the forward pass; a training step takes about three times as many.
   */
  summary(): string {
    return summarize(this.#architecture);
  }

  /**
   * Gives layers that learn from the inputs what they learn: mean and deviation of every feature. Without `again`, only
   * those that have not learned yet. @internal
   */
  async learnInputs(source: Features | (() => Promise<Features>), { again = false } = {}): Promise<void> {
    await learnInputs(this.#architecture, this.#store, source, again);
  }

  #setFrozen(frozen: ReadonlySet<string>): void {
    this.#architecture = { ...this.#architecture, frozen };
  }

  /** Runs a task when all that were asked for before have ended: fits of one network take turns. @internal */
  async inTurn<T>(task: () => Promise<T>): Promise<T> {
    return this.#tasks.inTurn(task);
  }

  /** The training program for an optimizer, with slots for it: see {@link prepareSlots}. @internal */
  prepareTraining(optimizer: Optimizer, batchSize: number, owner: unknown, kind?: TrainingKind): CompiledProgram {
    const program = this.engine.compile(compileTraining(this.#architecture, optimizer, batchSize, kind));
    this.prepareSlots(optimizer.slots, owner);
    return program;
  }

  /** Arrays for an optimizer beside the parameters. They begin at zero unless `owner` had them last. @internal */
  prepareSlots(slots: number, owner: unknown): void {
    if (this.#slotsOwner === owner) return;
    const before = this.#store;
    const store = this.engine.createStore(this.#architecture.arenaSize, slots);
    store.copyParameters(before);
    before.dispose();
    this.#store = store;
    this.#slotsOwner = owner;
  }

  /** @internal */
  get store(): Store {
    return this.#store;
  }

  /** Runs a program that only reads, over all samples of the data or some in a row. @internal */
  async runOver(
    program: CompiledProgram,
    data: EngineData,
    firstSample = 0,
    count = data.length - firstSample,
  ): Promise<Outcome> {
    return program.run(this.#store, {
      data,
      firstSample,
      count,
      scalars: new Float64Array(0),
      seed: this.seed,
      firstStep: 0,
    });
  }

  /** @internal */
  evaluationOf(kind: EvaluationKind): CompiledProgram {
    return this.#programs.evaluation(kind);
  }

  /** @internal */
  prediction(raw: boolean): CompiledProgram {
    return this.#programs.prediction(raw);
  }

  /** The program of one purpose as it was planned: for those who want to see what a network does. @internal */
  plan(optimizer: Optimizer, batchSize: number): Program {
    return compileTraining(this.#architecture, optimizer, batchSize);
  }

  /** All values by parameter name. @internal */
  readAll(): Map<string, Float32Array> {
    const all = this.#store.read('parameters', 0, this.#architecture.arenaSize);
    const values = this.#architecture.parameters.map(({ name, offset, size }): [string, Float32Array] => {
      return [name, Float32Array.from(all.subarray(offset, offset + size))];
    });
    return new Map(values);
  }

  /** Between the slices of a fit the store itself would not refuse. */
  #checkIdle(what: string): void {
    if (this.#tasks.underWay) throw new StateError(`${what} while a fit is under way`);
  }

  #parameter(name: string): Parameter {
    checkString('name', name);
    const found = this.#architecture.parameters.find((parameter) => parameter.name === name);
    if (found === undefined) {
      throw new OptionError(
        'ERR_OPTION_CHOICE',
        `There is no parameter "${name}"; there are: ${this.parameterNames.join(', ')}`,
      );
    }
    return found;
  }
}
