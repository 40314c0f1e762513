import { checkInteger, checkOptions, expected } from '../core/checks.js';
import { DataError, NonFiniteError, OptionError, ShapeError, StateError } from '../core/errors.js';
import { firstNonFinite } from '../core/numbers.js';
import { Dataset, dataset } from '../data/index.js';
import type { CompiledProgram, Outcome, Slice } from '../engine/engine.js';
import { compileBackward, compileForward, compileStep, layerNeedingRows } from '../network/index.js';
import { resolveOptimizer, type Optimizer, type OptimizerLike, type Schedule } from '../optimizers/index.js';
import { gradientNormOf } from './history.js';
import type { Network } from './network.js';
import type { Samples } from './network-options.js';

export interface LoopOptions {
  /** Default `adam`. */
  optimizer?: OptimizerLike;
  /** Learning rate for an optimizer given by name: a number above 0, or a schedule. */
  learningRate?: number | Schedule;
  /** Seed of dropout and noise; default the network's. */
  seed?: number;
}

/** What one update came to. */
export interface LoopStep {
  readonly learningRate: number;
  /** Of the regularizers, before the update. */
  readonly penalty: number;
  /** Of all gradients together, before clipping; for optimizers that clip by a norm. */
  readonly gradientNorm?: number;
}

interface Passes {
  /** The most that a batch may have. */
  readonly rows: number;
  readonly forward: CompiledProgram;
  readonly backward: CompiledProgram;
}

/**
 * A training loop of one's own, for what `fit` has no option for: adversarial training, distillation, a loss of one's own.
 * Made by {@link Network.loop}.
 *
 *     output = forward(batch)    input gradient = backward(output gradient)    step()
 *
 * `forward` is the pass of training: dropout and noise act, BatchNorm takes the batch's statistics and moves its running ones.
 * `backward` takes the gradient of your loss by the outputs, already divided by the batch where the loss is a mean. The
 * gradients of several `backward` before a `step` add up. Regularizers, clipping, update and constraints happen in `step`.
 *
 * @example
 * const loop = network.loop({ optimizer: adam({ learningRate: 0.001 }) });
 * const output = await loop.forward(batch); // [rows, outputs], logits where the loss holds softmax or sigmoid
 * await loop.backward(output.map((value, i) => (2 * (value - wanted[i])) / output.length)); // mean squared error
 * await loop.step();
 *
 * As `loss.backward()` and `optimizer.step()` in PyTorch and `GradientTape` in Keras, with the gradient by the outputs
 * written down instead of derived. The pass forward is done again within `backward`: activations are not kept in between.
 */
export class TrainingLoop {
  readonly network: Network;
  readonly optimizer: Optimizer;
  readonly #seed: number;
  #updates = 0;
  /** Passes forward: each has masks of its own. */
  #passes: number;
  #batch: { readonly samples: Dataset; readonly pass: number; readonly step: number } | undefined;
  /** Where gradients wait for a step: the step of the network that they were computed at. */
  #pending: number | undefined;
  #programs: Passes | undefined;
  #architecture: Network['architecture'];
  #update: CompiledProgram | undefined;

  /** @internal Use `network.loop(…)`. */
  constructor(network: Network, options: LoopOptions | undefined) {
    const given = checkOptions<LoopOptions>('loop', options, ['optimizer', 'learningRate', 'seed']);
    const { optimizer = 'adam', learningRate } = given;
    this.network = network;
    this.optimizer = resolveOptimizer(
      'optimizer',
      optimizer,
      learningRate === undefined ? undefined : { learningRate },
    );
    this.#seed = checkInteger('seed', given.seed ?? network.seed);
    this.#passes = network.step;
    this.#architecture = network.architecture;
  }

  /**
   * Outputs for a batch, `[rows, outputs]`, before any softmax or sigmoid that belongs to the loss.
   *
   * @param batch flat numbers, rows, or a data set; copied
   * @throws ShapeError, DataError for samples that do not fit; rejects with NonFiniteError where running statistics would not
   *   be finite any more, and leaves them as they were
   */
  async forward(batch: Samples): Promise<Float32Array> {
    const { network } = this;
    const samples = batch instanceof Dataset ? batch : dataset({ features: batch, width: network.inputs });
    if (samples.width !== network.inputs) {
      throw new ShapeError(`Expected ${network.inputs} features per sample, received ${samples.width}`);
    }
    const layer = layerNeedingRows(network.architecture, samples.length);
    if (layer !== undefined) {
      throw new ShapeError(
        `Expected at least ${layer.leastRows} samples for ${layer.name}, received ${samples.length}`,
      );
    }
    const own = samples.select(Array.from({ length: samples.length }, (_, i) => i));
    return network.inTurn(async () => {
      await network.learnInputs(own);
      const pass = this.#passes++;
      const output = await this.#run(this.#passesFor(own.length).forward, own, pass);
      this.#batch = { samples: own, pass, step: network.step };
      return output;
    });
  }

  /**
   * Gradients of the parameters for the batch of the last `forward`, kept for `step`; returns the gradient by the inputs,
   * `[rows, inputs]`, as the network saw them: by scaled values where bytes were given.
   *
   * @param outputGradient `[rows, outputs]`, gradient of the loss by the outputs
   * @throws StateError without a `forward` since the last update, ShapeError for a wrong length, DataError for values that
   *   are not finite
   */
  async backward(outputGradient: Float32Array): Promise<Float32Array> {
    const gradient = this.#checkGradient(outputGradient);
    const { network } = this;
    return network.inTurn(async () => {
      const before = this.#pending === network.step ? this.#gradients() : undefined;
      const inputGradient = await this.#backward(gradient);
      if (before !== undefined) {
        const sum = this.#gradients();
        sum.forEach((value, i) => (sum[i] = value + before[i]));
        network.store.write('gradients', 0, sum);
      }
      this.#pending = network.step;
      return inputGradient;
    });
  }

  /** As `backward`, but for the gradient by the inputs alone: what waits for `step` stays as it is. */
  async inputGradient(outputGradient: Float32Array): Promise<Float32Array> {
    const gradient = this.#checkGradient(outputGradient);
    const { network } = this;
    return network.inTurn(async () => {
      const before = this.#pending === network.step ? this.#gradients() : undefined;
      const inputGradient = await this.#backward(gradient);
      if (before !== undefined) network.store.write('gradients', 0, before);
      return inputGradient;
    });
  }

  /**
   * One update with the gradients that `backward` left.
   *
   * @throws StateError where there are none; rejects with NonFiniteError where a gradient, a penalty or an updated parameter
   *   is not finite, and the network and the optimizer are as they were before
   */
  async step(): Promise<LoopStep> {
    const { network, optimizer } = this;
    if (this.#pending === undefined) throw new StateError('Expected backward() before step(): there are no gradients');
    return network.inTurn(async () => {
      if (this.#pending !== network.step)
        throw new StateError('The network has learned since backward(): its gradients are gone');
      this.#update ??= network.engine.compile(compileStep(network.architecture, optimizer));
      const { program } = this.#update;
      const data = network.engine.createData({
        length: 1,
        width: 1,
        features: new Float32Array(1),
        scale: 1,
        targetWidth: 0,
      });
      const scalars = optimizer.scalars(this.#updates);
      const [seed, firstStep] = [this.#seed, network.step];
      const slice = { data, firstSample: 0, count: 1, scalars: Float64Array.from(scalars), seed, firstStep };
      this.#pending = undefined;
      this.#batch = undefined;
      const outcome = await this.#orBack(this.#update, slice).finally(() => data.dispose());
      this.#updates++;
      network.step++;
      const { totals } = program;
      const norm = gradientNormOf(totals, outcome.totals);
      const penalty = totals.includes('penalty') ? outcome.totals[totals.indexOf('penalty')] : 0;
      return { learningRate: scalars[0], penalty, ...(norm === undefined ? {} : { gradientNorm: norm }) };
    });
  }

  /** Forgets gradients that wait for a step. */
  discardGradients(): void {
    this.#pending = undefined;
  }

  /** Frees the loop's memory now; the network stays. A loop that is used again takes it anew. */
  dispose(): void {
    this.#programs?.forward.dispose();
    this.#programs?.backward.dispose();
    this.#update?.dispose();
    this.#programs = undefined;
    this.#update = undefined;
    this.#batch = undefined;
    this.#pending = undefined;
    // A fit under way may want the copy for itself.
    if (!this.network.isTraining) this.network.store.dropKept();
  }

  async #backward(gradient: Float32Array): Promise<Float32Array> {
    const { network } = this;
    const batch = this.#batch;
    if (batch === undefined || batch.step !== network.step) {
      throw new StateError('Expected forward() before backward(): the network has learned since, or there was none');
    }
    const { samples, pass } = batch;
    const found = await this.#run(this.#passesFor(samples.length).backward, samples, pass, gradient);
    const [first] = network.architecture.layers;
    if (first.learnInputs === undefined) return found;
    const deviation = network.readParameter(`${first.name}.deviation`);
    return found.map((value, i) => value / deviation[i % network.inputs]);
  }

  async #run(program: CompiledProgram, samples: Dataset, pass: number, targets?: Float32Array): Promise<Float32Array> {
    const { engine, store, outputs } = this.network;
    const { length, width, features, scale } = samples;
    const source = { length, width, features, scale, targetWidth: targets === undefined ? 0 : outputs };
    const data = engine.createData(targets === undefined ? source : { ...source, targets });
    const slice = {
      data,
      firstSample: 0,
      count: length,
      scalars: new Float64Array(0),
      seed: this.#seed,
      firstStep: pass,
    };
    const run = this.#writesState && targets === undefined ? this.#orBack(program, slice) : program.run(store, slice);
    const { output } = await run.finally(() => data.dispose());
    return Float32Array.from(output ?? []);
  }

  /** Whether a pass forward moves running statistics. */
  get #writesState(): boolean {
    return this.network.architecture.parameters.some(({ role }) => role === 'state');
  }

  /** Runs a program that changes the network, and takes the change back where it leaves numbers that are not finite. */
  async #orBack(program: CompiledProgram, slice: Slice): Promise<Outcome> {
    const { store, step } = this.network;
    const outcome = await program.run(store, { ...slice, begin: 'keep' });
    if (outcome.nonFinite < 0) return outcome;
    await program.run(store, { ...slice, begin: 'restore', count: 0 });
    const message = `A gradient, or what it updates, was not finite at step ${step}; the network is as it was before`;
    throw new NonFiniteError(message, step);
  }

  #gradients() {
    const { store, architecture } = this.network;
    return store.read('gradients', 0, architecture.arenaSize);
  }

  /** Programs for batches of so many rows; what layers are frozen may have changed since they were compiled. */
  #passesFor(rows: number): Passes {
    const { network } = this;
    network.prepareSlots(this.optimizer.slots, this);
    if (network.architecture !== this.#architecture) {
      this.dispose();
      this.#architecture = network.architecture;
    }
    if (this.#programs === undefined || this.#programs.rows < rows) {
      this.#programs?.forward.dispose();
      this.#programs?.backward.dispose();
      this.#programs = {
        rows,
        forward: network.engine.compile(compileForward(network.architecture, rows)),
        backward: network.engine.compile(compileBackward(network.architecture, rows)),
      };
    }
    return this.#programs;
  }

  #checkGradient(gradient: unknown): Float32Array {
    if (!(gradient instanceof Float32Array)) {
      throw new OptionError('ERR_OPTION_TYPE', expected('a Float32Array', 'outputGradient', gradient));
    }
    if (this.#batch === undefined) throw new StateError('Expected forward() before backward()');
    const length = this.#batch.samples.length * this.network.outputs;
    if (gradient.length !== length) {
      throw new ShapeError(
        `Expected ${length} values, one per output, for outputGradient, received ${gradient.length}`,
      );
    }
    const bad = firstNonFinite(gradient);
    if (bad < 0) return gradient.slice();
    throw new DataError(
      'ERR_DATA_NON_FINITE',
      `Expected finite values for outputGradient, received ${gradient[bad]} at index ${bad}`,
    );
  }
}
