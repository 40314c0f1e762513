import { RandomStream } from '../../lib/core/random.js';
import type { CompiledProgram, Engine, EngineData, Store } from '../../lib/engine/engine.js';
import type { FloatArray } from '../../lib/kernels/call.js';
import type { LayerDescription } from '../../lib/layers/index.js';
import { resolveLoss, type LossLike } from '../../lib/losses/index.js';
import { buildArchitecture, compileTraining, type Architecture } from '../../lib/network/index.js';
import { sgd } from '../../lib/optimizers/index.js';
import type { Parameter } from '../../lib/program/parameters.js';

export interface StepOptions {
  readonly inputs: number;
  readonly layers: readonly LayerDescription[];
  readonly loss: LossLike;
  readonly rows: number;
  readonly seed?: number;
  /** Step number, which with the seed decides the dropout masks. */
  readonly step?: number;
}

/**
 * One training step of a network, again and again on the same batch with the same masks: the learning rate is zero, so
 * nothing moves but the statistics of the batch.
 */
export class OneStep {
  readonly architecture: Architecture;
  readonly store: Store;
  readonly data: EngineData;
  readonly program: CompiledProgram;
  readonly #options: StepOptions;

  constructor(engine: Engine, options: StepOptions) {
    const { inputs, layers, loss, rows, seed = 1 } = options;
    this.#options = options;
    this.architecture = buildArchitecture(inputs, layers, resolveLoss('loss', loss));
    this.store = engine.createStore(this.architecture.arenaSize, 0);
    this.program = engine.compile(compileTraining(this.architecture, sgd(), rows, { keepGradients: true }));
    const random = new RandomStream(seed, 17);
    const { outputs } = this.architecture;
    this.data = engine.createData({
      length: rows,
      width: inputs,
      features: Float64Array.from({ length: rows * inputs }, () => random.normal()),
      scale: 1,
      labels: Int32Array.from({ length: rows }, () => random.integer(outputs)),
      targets: Float64Array.from({ length: rows * outputs }, () => random.normal()),
      targetWidth: outputs,
    });
    for (const parameter of this.architecture.parameters) this.#fill(parameter, random);
  }

  get trained(): readonly Parameter[] {
    return this.architecture.parameters.filter(({ role }) => role !== 'state');
  }

  /** Runs the step; returns the whole cost: mean loss and penalties. */
  async cost(): Promise<number> {
    const { rows, seed = 1, step = 3 } = this.#options;
    const { totals } = await this.program.run(this.store, {
      data: this.data,
      firstSample: 0,
      count: rows,
      scalars: Float64Array.of(0),
      seed,
      firstStep: step,
    });
    const { totals: names } = this.program.program;
    return totals.reduce((sum, total, i) => {
      if (names[i] === 'loss') return sum + total / rows;
      return names[i] === 'penalty' ? sum + total : sum;
    }, 0);
  }

  /** The gradients of the last step. */
  gradientOf({ offset, size }: Parameter): FloatArray {
    return this.store.read('gradients', offset, size);
  }

  /** The gradient by central differences, element by element. */
  async numericGradient({ offset, size }: Parameter, epsilon = 1e-6): Promise<Float64Array> {
    const gradient = new Float64Array(size);
    const values = Float64Array.from(this.store.read('parameters', offset, size));
    for (let i = 0; i < size; i++) {
      const costAt = async (value: number): Promise<number> => {
        this.store.write('parameters', offset + i, Float64Array.of(value));
        return this.cost();
      };
      gradient[i] = ((await costAt(values[i] + epsilon)) - (await costAt(values[i] - epsilon))) / (2 * epsilon);
      await costAt(values[i]);
    }
    return gradient;
  }

  /** Values of a trained network's size, rather than those of its start: no zeros, no symmetric units. */
  #fill({ offset, size, role }: Parameter, random: RandomStream): void {
    const value = { kernel: () => random.normal() * 0.7, bias: () => random.normal() * 0.3 };
    const make = role === 'kernel' || role === 'bias' ? value[role] : () => 0.5 + random.uniform();
    this.store.write('parameters', offset, Float64Array.from({ length: size }, make));
  }
}
