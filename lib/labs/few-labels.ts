import { adam, dataset, dense, type Dataset, type Network } from '../index.js';
import { bars, type Chart } from '../report/index.js';
import type { LabContext } from './lab.js';

/** The setting of the pretraining labs: many digits without labels, 500 with. */
export interface FewLabels {
  /** Labels are there and must not be used. */
  readonly unlabelled: Dataset;
  readonly labelled: Dataset;
  readonly test: Dataset;
}

export const LABELS = 500;

export async function fewLabels(context: LabContext, full: number, quick: number): Promise<FewLabels> {
  const count = context.size(full, quick);
  const { train, test } = await context.digitsOf(count + LABELS, 10_000);
  return { labelled: train.slice(0, LABELS), unlabelled: train.slice(LABELS), test };
}

/** Trains on the few labels and tells the test accuracy. */
export async function fineTune(
  context: LabContext,
  network: Network,
  { labelled, test }: FewLabels,
  rate = 0.001,
): Promise<number> {
  await network.fit(labelled, {
    optimizer: adam({ learningRate: rate }),
    batchSize: 50,
    epochs: context.epochs(60, 30),
    signal: context.signal,
  });
  return (await network.evaluate(test)).accuracy ?? NaN;
}

/** The same layers from random weights. */
export function fromScratch(
  context: LabContext,
  units: readonly number[],
  activation: 'relu' | 'sigmoid' = 'relu',
): Network {
  return context.network({ inputs: 784, layers: [...units.map((count) => dense(count, { activation })), dense(10)] });
}

export interface Scored {
  readonly name: string;
  readonly accuracy: number;
}

export function accuracyBars(title: string, subtitle: string, results: readonly Scored[]): Chart {
  return bars({
    name: 'accuracy',
    title,
    subtitle,
    category: '',
    value: { title: 'test accuracy', format: '%', domain: [0, 1] },
    format: '.1%',
    bars: results.map(({ name, accuracy }) => ({ category: name, value: accuracy })),
  });
}

/** Images as a row of a gallery. */
export function imagesOf(values: Float32Array, caption?: (i: number) => string) {
  return Array.from({ length: values.length / 784 }, (_, i) => ({
    values: values.subarray(i * 784, (i + 1) * 784),
    rows: 28,
    columns: 28,
    ...(caption !== undefined && { caption: caption(i) }),
  }));
}

export function scaled({ features, scale }: Dataset): Float32Array {
  return Float32Array.from(features, (value) => value * scale);
}

/** Labels instead of those of the data. */
export function relabelled(
  data: Dataset,
  features: Uint8Array | Float32Array,
  labels: Int32Array,
  classes: number,
): Dataset {
  return dataset({ features, labels, classes, width: data.width, scale: data.scale, imageShape: data.imageShape });
}
