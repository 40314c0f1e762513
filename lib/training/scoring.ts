import { setImmediate as turn } from 'node:timers/promises';
import type { Dataset } from '../data/index.js';
import { Measurement, type Metric, type MetricValues, type Pass } from '../metrics/index.js';
import type { Model } from '../network/index.js';

/** Rows that metrics take before timers, sockets and everybody else get a turn. */
const ROWS_PER_TURN = 16_384;

/** What metrics compare predictions with: copies, because the caller's arrays are the caller's again at once. */
export interface Scoring {
  readonly metrics: readonly Metric[];
  readonly pass: Pass;
  readonly labels: Int32Array | undefined;
  readonly targets: Float32Array | undefined;
}

/** @throws OptionError for a metric that makes no sense for the network or the data */
export function prepareScoring(model: Model, data: Dataset, metrics: readonly Metric[]): Scoring {
  const { loss } = model.architecture;
  const { outputs: columns } = model;
  const fitting = data.classes <= columns && loss.task !== 'decisions' ? data.labels : undefined;
  const labels = loss.compares === 'labels' || loss.task === 'values' ? fitting : undefined;
  const targets = data.targetWidth === columns ? data.targets : undefined;
  const pass: Pass = {
    columns,
    task: loss.task,
    probabilities: loss.absorbs !== undefined,
    labels: labels !== undefined,
    targets: targets !== undefined,
  };
  for (const metric of metrics) metric.start(pass);
  return { metrics, pass, labels: labels?.slice(), targets: targets?.slice() };
}

/** Metrics over the predictions of a pass. */
export async function measureOutput(
  { metrics, pass, labels, targets }: Scoring,
  predictions: Float32Array | Float64Array,
): Promise<MetricValues> {
  const { columns } = pass;
  const measurement = new Measurement(metrics, pass);
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
  return measurement.result();
}
