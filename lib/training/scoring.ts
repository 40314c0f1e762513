import { setImmediate as turn } from 'node:timers/promises';
import { ShardedDataset, type Dataset } from '../data/index.js';
import type { Measurement } from '../metrics/index.js';
import type { Metric, Pass } from '../metrics/index.js';
import type { Model } from '../network/index.js';

/** Rows that metrics take before timers, sockets and everybody else get a turn. */
const ROWS_PER_TURN = 16_384;

/** What predictions are compared with, and by what. */
export interface Scoring {
  readonly metrics: readonly Metric[];
  readonly pass: Pass;
}

/** Labels and targets of samples, as far as metrics look at them. */
export interface Truth {
  readonly labels: Int32Array | undefined;
  readonly targets: Float32Array | undefined;
}

/** @throws OptionError for a metric that makes no sense for the network or the data */
export function prepareScoring(model: Model, data: Dataset | ShardedDataset, metrics: readonly Metric[]): Scoring {
  const { loss } = model.architecture;
  const { outputs: columns } = model;
  const labelled = data instanceof ShardedDataset ? data.labelled : data.labels !== undefined;
  const fitting = labelled && data.classes <= columns && loss.task !== 'decisions';
  const pass: Pass = {
    columns,
    task: loss.task,
    probabilities: loss.absorbs !== undefined,
    labels: fitting && (loss.compares === 'labels' || loss.task === 'values'),
    targets: data.targetWidth === columns,
  };
  for (const metric of metrics) metric.start(pass);
  return { metrics, pass };
}

/** Copies, because the caller's arrays are the caller's again at once. */
export function truthOf({ pass }: Scoring, { labels, targets }: Dataset): Truth {
  return { labels: pass.labels ? labels?.slice() : undefined, targets: pass.targets ? targets?.slice() : undefined };
}

/** Adds the predictions for some samples to what was measured before. */
export async function addOutput(
  measurement: Measurement,
  { pass: { columns } }: Scoring,
  predictions: Float32Array | Float64Array,
  { labels, targets }: Truth,
): Promise<void> {
  const samples = predictions.length / columns;
  for (let first = 0; first < samples; first += ROWS_PER_TURN) {
    if (first > 0) await turn();
    const end = Math.min(samples, first + ROWS_PER_TURN);
    measurement.add({
      rows: end - first,
      predictions: predictions.subarray(first * columns, end * columns),
      labels: labels?.subarray(first, end),
      targets: targets?.subarray(first * columns, end * columns),
    });
  }
}
