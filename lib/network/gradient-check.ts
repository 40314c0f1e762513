import { RandomStream, streams } from '../core/random.js';
import { ReferenceEngine } from '../engine/reference.js';
import type { CompiledProgram, EngineData, Store } from '../engine/engine.js';
import type { DataSource } from '../kernels/call.js';
import type { Parameter } from '../program/parameters.js';
import { compileGradients } from './compile.js';
import type { Model } from './model.js';

export interface GradientCheckSettings {
  /** How far a parameter is moved to each side. */
  readonly epsilon: number;
  /** The most elements of one parameter that are checked. */
  readonly elements: number;
  readonly seed: number;
}

/** The element of a layer's parameters whose gradient fits worst. */
export interface LayerGradients {
  readonly layer: string;
  /** Name of the parameter, and place of the element in it. */
  readonly parameter: string;
  readonly index: number;
  /** The gradient by the backward pass, and by finite differences. */
  readonly analytic: number;
  readonly numeric: number;
  readonly relativeError: number;
  /** Elements of the layer that were checked. */
  readonly checked: number;
}

export interface GradientReport {
  /** What was differentiated: mean loss of the batch and penalties. */
  readonly cost: number;
  /** The worst element of each layer that learns, in the order of the network. */
  readonly layers: readonly LayerGradients[];
  readonly worst: LayerGradients;
}

/** Where two gradients are so different that a kink may lie between the two sides, a smaller step is tried. */
const SUSPICIOUS = 1e-4;

/** Gradients of the network on a batch against central differences, in float64 on the reference engine. */
export async function checkGradients(
  model: Model,
  source: DataSource,
  settings: GradientCheckSettings,
): Promise<GradientReport> {
  const check = new Check(model, source, settings);
  const cost = await check.cost();
  const trained = model.architecture.parameters.filter(
    ({ role, layer }) => role !== 'state' && !model.architecture.frozen.has(layer),
  );
  const analytic = trained.map((parameter) => Float64Array.from(check.gradientOf(parameter)));
  const layers = new Map<string, LayerGradients>();
  for (const [i, parameter] of trained.entries()) {
    const found = await check.worstOf(parameter, analytic[i], Math.max(1, Math.abs(cost)));
    const known = layers.get(parameter.layer);
    const checked = found.checked + (known?.checked ?? 0);
    const worse = known === undefined || isWorse(found, known) ? found : known;
    layers.set(parameter.layer, { ...worse, checked });
  }
  const all = [...layers.values()];
  return { cost, layers: all, worst: all.reduce((worst, layer) => (isWorse(layer, worst) ? layer : worst)) };
}

/** NaN is worse than anything. */
function isWorse(a: LayerGradients, b: LayerGradients): boolean {
  return a.relativeError > b.relativeError || Number.isNaN(a.relativeError);
}

/** One batch, its masks and noise fixed, on parameters of its own. */
class Check {
  readonly #store: Store;
  readonly #program: CompiledProgram;
  readonly #data: EngineData;
  readonly #settings: GradientCheckSettings;
  readonly #step: number;

  constructor({ architecture, store, step }: Model, source: DataSource, settings: GradientCheckSettings) {
    const engine = new ReferenceEngine({ numbers: 'float64' });
    this.#settings = settings;
    this.#step = step;
    this.#data = engine.createData(source);
    this.#program = engine.compile(
      compileGradients(architecture, source.length, { weighted: source.weights !== undefined }),
    );
    this.#store = engine.createStore(architecture.arenaSize, 0);
    const values = Float64Array.from(store.read('parameters', 0, architecture.arenaSize));
    this.#store.write('parameters', 0, values);
  }

  async cost(): Promise<number> {
    const { length } = this.#data;
    const { totals } = await this.#program.run(this.#store, {
      data: this.#data,
      firstSample: 0,
      count: length,
      scalars: new Float64Array(0),
      seed: this.#settings.seed,
      firstStep: this.#step,
    });
    const names = this.#program.program.totals;
    return names.reduce((sum, name, i) => {
      if (name === 'loss') return sum + totals[i] / length;
      return name === 'penalty' ? sum + totals[i] : sum;
    }, 0);
  }

  gradientOf({ offset, size }: Parameter) {
    return this.#store.read('gradients', offset, size);
  }

  /** @param scale of the cost: what rounding of it can hide grows with it */
  async worstOf(parameter: Parameter, analytic: Float64Array, scale: number): Promise<LayerGradients> {
    const { name, layer } = parameter;
    const places = this.#places(parameter, analytic);
    let worst: LayerGradients | undefined;
    for (const index of places) {
      let numeric = await this.#numeric(parameter, index, this.#settings.epsilon);
      let relativeError = errorOf(analytic[index], numeric, scale);
      if (!(relativeError < SUSPICIOUS)) {
        const closer = await this.#numeric(parameter, index, this.#settings.epsilon / 10);
        const error = errorOf(analytic[index], closer, scale);
        if (error < relativeError) [numeric, relativeError] = [closer, error];
      }
      const found = { layer, parameter: name, index, analytic: analytic[index], numeric, relativeError };
      const entry = { ...found, checked: places.length };
      if (worst === undefined || isWorse(entry, worst)) worst = entry;
    }
    return worst!;
  }

  /** Every element of a small parameter; of a large one the largest gradient and a random choice. */
  #places({ size, offset }: Parameter, analytic: Float64Array): number[] {
    const { elements, seed } = this.#settings;
    if (size <= elements) return Array.from({ length: size }, (_, i) => i);
    const random = new RandomStream(seed, streams.search, offset);
    const largest = analytic.reduce((best, value, i) => (Math.abs(value) > Math.abs(analytic[best]) ? i : best), 0);
    const chosen = new Set([largest]);
    while (chosen.size < elements) chosen.add(random.integer(size));
    return [...chosen].sort((a, b) => a - b);
  }

  async #numeric({ offset }: Parameter, index: number, epsilon: number): Promise<number> {
    const place = offset + index;
    const [value] = this.#store.read('parameters', place, 1);
    const costAt = (moved: number) => {
      this.#store.write('parameters', place, Float64Array.of(moved));
      return this.cost();
    };
    const above = await costAt(value + epsilon);
    const below = await costAt(value - epsilon);
    this.#store.write('parameters', place, Float64Array.of(value));
    return (above - below) / (2 * epsilon);
  }
}

/** Gradients below 1e-5 of the cost are compared in absolute terms: differences of a cost cannot tell them apart. */
function errorOf(analytic: number, numeric: number, scale: number): number {
  const size = Math.max(Math.abs(analytic), Math.abs(numeric), 1e-5 * scale);
  return Math.abs(analytic - numeric) / size;
}
