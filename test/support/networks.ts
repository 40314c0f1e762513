import { RandomStream } from '../../lib/core/random.js';
import { Dataset, dataset } from '../../lib/data/index.js';
import type { Engine } from '../../lib/engine/engine.js';
import type { FloatArray } from '../../lib/kernels/call.js';
import type { LayerDescription } from '../../lib/layers/index.js';
import { resolveLoss, type LossLike } from '../../lib/losses/index.js';
import { buildArchitecture, Model } from '../../lib/network/index.js';
import { Network, Trainer, type Fit, type FitOptions } from '../../lib/training/index.js';

export interface ModelOptions {
  readonly inputs: number;
  readonly layers: readonly LayerDescription[];
  readonly loss?: LossLike;
  readonly seed?: number;
}

/** What `new Network` makes, on an engine of the test's choosing: float64, any SIMD level, any number of threads. */
export function modelOn(engine: Engine, { inputs, layers, loss, seed = 1 }: ModelOptions): Model {
  const architecture = buildArchitecture(inputs, layers, resolveLoss('loss', loss ?? 'softmaxCrossEntropy'));
  return new Model(architecture, engine, seed);
}

/** A trainer asks nothing of a network that a model does not have, unless there is validation. */
export function fitModel(model: Model, data: Dataset, options: FitOptions): Fit {
  const { optimizer, learningRate, ...rest } = options;
  return new Trainer(model as Network, { optimizer, learningRate }).fit(data, rest);
}

/** A data set whose features keep their float64: `dataset` itself makes float32 of all numbers. */
export function preciseDataset(
  rows: readonly (readonly number[])[],
  labels: readonly number[],
  classes: number,
): Dataset {
  const parts = dataset({ features: rows, labels, classes });
  const features = Float64Array.from(rows.flat()) as unknown as Float32Array;
  return new Dataset({ ...parts, features, labels: parts.labels, targets: undefined, imageShape: undefined });
}

/** Plain outputs for rows of numbers, in the numbers of the model's engine. */
export async function rawOutputs(model: Model, rows: readonly (readonly number[])[]): Promise<FloatArray> {
  const features = Float64Array.from(rows.flat());
  const source = { length: rows.length, width: model.inputs, features, scale: 1, targetWidth: 0 };
  const { output } = await model.runOver(model.prediction(true), model.engine.createData(source));
  return output as FloatArray;
}

/** Values of one parameter in the numbers of the model's engine. */
export function valuesOf({ architecture, store }: Model, name: string): FloatArray {
  const parameter = architecture.parameters.find((entry) => entry.name === name);
  if (parameter === undefined) throw new Error(`No parameter ${name}`);
  return store.read('parameters', parameter.offset, parameter.size);
}

/** Random samples with labels that depend on them, so that there is something to learn. */
export function blobs(length: number, width: number, classes: number, seed = 1): Dataset {
  const random = new RandomStream(seed, 21);
  const centers = Float32Array.from({ length: classes * width }, () => 2 * random.normal());
  const labels = Int32Array.from({ length }, () => random.integer(classes));
  const features = Float32Array.from({ length: length * width }, (_, i) => {
    return centers[labels[Math.floor(i / width)] * width + (i % width)] + random.normal();
  });
  return dataset({ features, labels, width, classes });
}

/** What `trained` networks have learned. */
export const trainedOn = blobs(200, 6, 3);

/** A network that has learned something, and whose layers have state. */
export async function trained(layers: LayerDescription[], engine: 'native' | 'reference' = 'native'): Promise<Network> {
  const network = new Network({ inputs: 6, layers, seed: 2, engine });
  await network.fit(trainedOn, { epochs: 3, batchSize: 32, learningRate: 0.01, optimizer: 'adam' });
  return network;
}
