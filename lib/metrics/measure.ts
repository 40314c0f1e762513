import { checkChoice, checkInteger, checkOptions, expected } from '../core/checks.js';
import { DataError, OptionError, ShapeError } from '../core/errors.js';
import { accuracy } from './accuracy.js';
import { auc } from './auc.js';
import { confusionMatrix } from './confusion-matrix.js';
import { meanAbsoluteError, meanSquaredError } from './errors.js';
import type { Accumulator, Batch, Metric, MetricValues, Pass } from './metric.js';
import { f1, precision, recall } from './precision-recall.js';
import { r2 } from './r2.js';
import { topK } from './top-k.js';

/** Every metric by name. To add one: its file and a row here. */
export const metrics = {
  accuracy,
  topK,
  confusionMatrix,
  precision,
  recall,
  f1,
  auc,
  meanSquaredError,
  meanAbsoluteError,
  r2,
};

export type MetricName = keyof typeof metrics;
export const metricNames = Object.keys(metrics) as MetricName[];

/** What `metrics` options accept: a name for the defaults, or a metric such as `topK(3)`. */
export type MetricLike = MetricName | Metric;

/** @throws OptionError for unknown names, with the nearest, and for one metric twice */
export function resolveMetrics(name: string, value: unknown): Metric[] {
  if (!Array.isArray(value)) {
    throw new OptionError('ERR_OPTION_TYPE', expected('an array of metrics, such as ["accuracy"]', name, value));
  }
  const resolved = value.map((entry: unknown, index): Metric => {
    if (typeof entry === 'string') return metrics[checkChoice(`${name}[${index}]`, entry, metricNames)]();
    const isMetric = typeof entry === 'object' && entry !== null && 'name' in entry && 'start' in entry;
    if (isMetric) return entry as Metric;
    const what = 'the name of a metric or a metric such as topK(3)';
    throw new OptionError('ERR_OPTION_TYPE', expected(what, `${name}[${index}]`, entry));
  });
  resolved.forEach((metric, index) => {
    if (resolved.findIndex((other) => other.name === metric.name) < index) {
      throw new OptionError('ERR_OPTION_RANGE', `Expected each metric once for ${name}, received ${metric.name} twice`);
    }
  });
  return resolved;
}

/** Several metrics over one pass. */
export class Measurement {
  readonly #running: readonly { readonly name: string; readonly accumulator: Accumulator }[];

  constructor(chosen: readonly Metric[], pass: Pass) {
    this.#running = chosen.map((metric) => ({ name: metric.name, accumulator: metric.start(pass) }));
  }

  add(batch: Batch): void {
    for (const { accumulator } of this.#running) accumulator.add(batch);
  }

  result(): MetricValues {
    const results = this.#running.map(({ name, accumulator }) => [name, accumulator.result()]);
    return Object.fromEntries(results) as MetricValues;
  }
}

export interface MeasureOptions {
  /** Row after row, `columns` for each sample: probabilities, scores or values. */
  predictions: ArrayLike<number>;
  /** Numbers per sample, at least 1; default 1. */
  columns?: number;
  /** One class per sample: whole numbers from 0. */
  labels?: ArrayLike<number>;
  /** As many as predictions: probabilities of classes, answers from 0 to 1, or values. */
  targets?: ArrayLike<number>;
  /** What predictions are; default `classes` with labels and several columns, `decisions` with one, `values` without. */
  task?: Pass['task'];
  /** Whether predictions are probabilities; default true. For two columns of scores, `auc` takes their difference. */
  probabilities?: boolean;
}

/**
 * Metrics of predictions that are at hand, however they were made: a pure function.
 *
 * @param chosen names, or metrics such as `topK(3)`
 * @throws OptionError, ShapeError, DataError for what does not fit together
 *
 * @example
 * const { f1 } = measure(['f1'], { predictions: [0.9, 0.2, 0.6], labels: [1, 0, 0] });
 */
export function measure(chosen: readonly MetricLike[], options: MeasureOptions): MetricValues {
  const known = ['predictions', 'columns', 'labels', 'targets', 'task', 'probabilities'] as const;
  const given = checkOptions<MeasureOptions>('measure', options, known);
  const { predictions, labels, targets } = given;
  const columns = checkInteger('columns', given.columns ?? 1, { min: 1 });
  const rows = (predictions?.length ?? NaN) / columns;
  if (!Number.isInteger(rows)) {
    const received = predictions === undefined ? 'none' : String(predictions.length);
    throw new ShapeError(`Expected a multiple of ${columns} numbers for predictions, received ${received}`);
  }
  const classTask = columns > 1 ? 'classes' : 'decisions';
  const task = given.task ?? (labels === undefined ? 'values' : classTask);
  checkChoice('task', task, ['classes', 'decisions', 'values']);
  checkCount('labels', labels, rows);
  checkCount('targets', targets, rows * columns);
  if (labels !== undefined) checkLabels(labels, task === 'decisions' ? 2 : columns);
  const pass: Pass = {
    columns,
    task,
    probabilities: given.probabilities ?? true,
    labels: labels !== undefined,
    targets: targets !== undefined,
  };
  const measurement = new Measurement(resolveMetrics('metrics', chosen), pass);
  measurement.add({ rows, predictions, labels, targets });
  return measurement.result();
}

function checkCount(name: string, values: ArrayLike<number> | undefined, count: number): void {
  if (values === undefined || values.length === count) return;
  throw new ShapeError(`Expected ${count} values for ${name}, received ${values.length}`);
}

function checkLabels(labels: ArrayLike<number>, classes: number): void {
  for (let i = 0; i < labels.length; i++) {
    if (Number.isInteger(labels[i]) && labels[i] >= 0 && labels[i] < classes) continue;
    const what = `a whole number from 0 to ${classes - 1}`;
    throw new DataError('ERR_DATA_LABEL', expected(what, `labels[${i}]`, labels[i]));
  }
}
