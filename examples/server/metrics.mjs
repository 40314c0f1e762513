// Metrics for Prometheus, https://prometheus.io/docs/instrumenting/exposition_formats/
import { monitorEventLoopDelay } from 'node:perf_hooks';

const buckets = [1, 2, 5, 10, 25, 50, 100, 250, 1000];

export class Metrics {
  #requests = new Map();
  #durations = { counts: new Array(buckets.length).fill(0), sum: 0, count: 0 };
  #delay = monitorEventLoopDelay({ resolution: 10 });

  constructor(service) {
    this.service = service;
    this.#delay.enable();
  }

  count(route, method, status, milliseconds) {
    const labels = `route="${route}",method="${method}",status="${status}"`;
    this.#requests.set(labels, (this.#requests.get(labels) ?? 0) + 1);
    if (route !== '/predict') return;
    buckets.forEach((limit, i) => (this.#durations.counts[i] += milliseconds <= limit ? 1 : 0));
    this.#durations.sum += milliseconds;
    this.#durations.count++;
  }

  text() {
    const { statistics } = this.service.predictor ?? {};
    const { progress, state } = this.service.training;
    const lines = [];
    const metric = (name, type, values) => {
      lines.push(`# TYPE ${name} ${type}`);
      for (const [labels, value] of values) lines.push(`${name}${labels} ${value}`);
    };
    const number = (name, type, value) => metric(name, type, [['', value ?? 0]]);
    metric(
      'http_requests_total',
      'counter',
      [...this.#requests].map(([labels, value]) => [`{${labels}}`, value]),
    );
    const { counts, sum, count } = this.#durations;
    metric('predict_duration_milliseconds', 'histogram', []);
    buckets.forEach((limit, i) => lines.push(`predict_duration_milliseconds_bucket{le="${limit}"} ${counts[i]}`));
    lines.push(`predict_duration_milliseconds_bucket{le="+Inf"} ${count}`);
    lines.push(`predict_duration_milliseconds_sum ${sum}`, `predict_duration_milliseconds_count ${count}`);
    number('predictor_samples_total', 'counter', statistics?.samples);
    number('predictor_batches_total', 'counter', statistics?.batches);
    number('predictor_waiting_samples', 'gauge', statistics?.waiting);
    number('training_running', 'gauge', state === 'running' ? 1 : 0);
    number('training_epoch', 'gauge', progress?.epoch);
    number('training_loss', 'gauge', progress?.loss);
    number('training_samples_per_second', 'gauge', progress?.samplesPerSecond);
    number('process_resident_memory_bytes', 'gauge', process.memoryUsage.rss());
    number('event_loop_delay_p99_seconds', 'gauge', this.#delay.percentile(99) / 1e9);
    return `${lines.join('\n')}\n`;
  }
}
