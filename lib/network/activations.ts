import type { EngineData } from '../engine/engine.js';
import { activationKernels } from '../kernels/activation.js';
import type { FloatArray } from '../kernels/call.js';
import type { Layer } from '../layers/index.js';
import { compileActivations, compileGradients } from './compile.js';
import type { Model } from './model.js';

export interface StatisticsOptions {
  /** A value counts as saturated where the size of its activation's derivative is below this. */
  readonly saturation: number;
  readonly bins: number;
}

/** What one layer gives over a set of samples. */
export interface LayerActivations {
  readonly layer: string;
  readonly type: string;
  /** Of all values, over samples and units. */
  readonly mean: number;
  readonly standardDeviation: number;
  /** Share of values where the activation's derivative is nearly zero; undefined for a layer without activation. */
  readonly saturated: number | undefined;
  /** Units saturated on every sample: no gradient comes through them. Undefined for a layer without activation. */
  readonly deadUnits: number | undefined;
  readonly units: number;
  /** How many values lie from `edges[i]` to `edges[i + 1]`. */
  readonly histogram: { readonly edges: readonly number[]; readonly counts: readonly number[] };
}

/** Runs the samples through the network as in prediction, once for each layer, and looks at what comes out. */
export async function gatherActivations(
  model: Model,
  data: EngineData,
  options: StatisticsOptions,
): Promise<LayerActivations[]> {
  const { architecture } = model;
  const results: LayerActivations[] = [];
  for (const [place, layer] of architecture.layers.entries()) {
    const run = async (what: 'output' | 'saved'): Promise<FloatArray> => {
      const program = model.engine.compile(compileActivations(architecture, place, what));
      try {
        return (await model.runOver(program, data)).output ?? new Float32Array(0);
      } finally {
        program.dispose();
      }
    };
    const values = await run('output');
    const saved = layer.activation?.saves === 'input' ? await run('saved') : values;
    results.push({
      layer: layer.name,
      type: layer.type,
      ...momentsOf(values),
      ...saturationOf(layer, saved, options.saturation),
      units: layer.outputs,
      histogram: histogramOf(values, options.bins),
    });
  }
  return results;
}

function momentsOf(values: FloatArray): { mean: number; standardDeviation: number } {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return { mean, standardDeviation: Math.sqrt(squares / values.length) };
}

function saturationOf(
  { activation, outputs }: Layer,
  saved: FloatArray,
  limit: number,
): Pick<LayerActivations, 'saturated' | 'deadUnits'> {
  if (activation === undefined) return { saturated: undefined, deadUnits: undefined };
  const kernel = activationKernels[activation.id];
  const alive = new Uint8Array(outputs);
  let count = 0;
  saved.forEach((value: number, i: number) => {
    // Written so that NaN is not saturated.
    if (Math.abs(kernel.derivative(value, activation.parameter)) < limit) count++;
    else alive[i % outputs] = 1;
  });
  return { saturated: count / saved.length, deadUnits: alive.filter((flag) => flag === 0).length };
}

function histogramOf(values: FloatArray, bins: number): LayerActivations['histogram'] {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  // Values that are all the same get bins around them.
  const width = most > least ? (most - least) / bins : 1 / bins;
  const start = most > least ? least : least - 0.5;
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) {
    const bin = Math.min(bins - 1, Math.floor((value - start) / width));
    if (bin >= 0) counts[bin]++;
  }
  return { edges: Array.from({ length: bins + 1 }, (_, i) => start + i * width), counts };
}

/**
 * Norm of the gradient of all parameters of each layer, by its name, for one batch of all the samples. Frozen layers and
 * those without parameters have none. The network is left as it is.
 */
export async function gradientNorms(model: Model, data: EngineData): Promise<Map<string, number>> {
  const { architecture, engine, seed, step } = model;
  const { layers, arenaSize, frozen } = architecture;
  const program = engine.compile(compileGradients(architecture, data.length));
  const store = engine.createStore(arenaSize, 0);
  try {
    store.write('parameters', 0, model.store.read('parameters', 0, arenaSize));
    const fixed = { firstSample: 0, count: data.length, scalars: new Float64Array(0), seed, firstStep: step };
    await program.run(store, { data, ...fixed });
    const norms = layers.map(({ name, parameters }): [string, number] => {
      const trained = parameters.filter(({ role, layer }) => role !== 'state' && !frozen.has(layer));
      if (trained.length === 0) return [name, NaN];
      let squares = 0;
      for (const { offset, size } of trained) {
        for (const value of store.read('gradients', offset, size)) squares += value * value;
      }
      return [name, Math.sqrt(squares)];
    });
    return new Map(norms.filter(([, norm]) => !Number.isNaN(norm)));
  } finally {
    program.dispose();
    store.dispose();
  }
}
