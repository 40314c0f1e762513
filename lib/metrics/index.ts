export { Measurement, measure, metricNames, metrics, resolveMetrics } from './measure.js';
export { topK } from './top-k.js';
export type { MeasureOptions, MetricLike, MetricName } from './measure.js';
export type { Accumulator, Batch, Metric, MetricValues, Pass, PerClass } from './metric.js';
