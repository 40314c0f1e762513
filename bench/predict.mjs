// @ts-check
/** Inference: the latency of one sample on the calling thread, as a server sees it, and the throughput of many. */
import { performance } from 'node:perf_hooks';
import { dense, Network } from '../dist/index.js';
import { number, percent, table } from './format.mjs';
import { measurePeak } from './machine.mjs';
import { median, quantile } from './statistics.mjs';
import { netName, predictionFlopsPerSample, workloads } from './workloads.mjs';

const BATCH = 10_000;

/** The smallest net there is shows what a call costs that computes nothing. */
const names = ['seven-layer', 'classic', 'wide'];
const nets = [[1, 1], ...workloads.filter(({ name }) => names.includes(name)).map(({ sizes }) => sizes)];

/** @param {Pick<import('./arguments.mjs').BenchArguments, 'threads' | 'seconds' | 'engine'>} options */
export async function measure({ threads, seconds, engine }) {
  const rows = [];
  let peak = 0;
  for (const sizes of nets) {
    const network = networkOf(sizes, { threads, engine });
    const one = latencies(network, seconds / 4);
    peak = Math.max(peak, measurePeak(Math.min(0.3, seconds / 4), threads)?.gflops ?? NaN);
    const samplesPerSecond = await throughput(network, seconds / 4);
    rows.push({
      net: netName(sizes),
      medianMicroseconds: median(one),
      p99Microseconds: quantile(one, 0.99),
      samplesPerSecond,
      shareOfPeak: (samplesPerSecond * predictionFlopsPerSample(sizes)) / peak / 1e9,
    });
  }
  const cells = rows.map((row) => [
    row.net,
    number(row.medianMicroseconds),
    number(row.p99Microseconds),
    number(row.samplesPerSecond),
    percent(row.shareOfPeak),
  ]);
  const columns = ['<net', 'one sample: median µs', 'p99 µs', `${number(BATCH)} samples: samples/s`, 'of peak'];
  return { text: table(columns, cells), rows: rows.map((row) => ({ ...row, engine })) };
}

/**
 * @param {number[]} sizes
 * @param {{ threads: number, engine: 'native' | 'reference' }} options
 */
function networkOf(sizes, options) {
  const hidden = sizes.slice(1, -1).map((units) => dense(units, { activation: 'relu' }));
  const layers = [...hidden, dense(sizes[sizes.length - 1])];
  return new Network({ inputs: sizes[0], layers, seed: 1, ...options });
}

/**
 * Microseconds of each call of `predictSync`.
 *
 * @param {Network} network
 * @param {number} seconds
 */
function latencies(network, seconds) {
  const sample = Float32Array.from({ length: network.inputs }, (_, i) => (i % 17) / 17);
  const until = (/** @type {number} */ end) => {
    const found = [];
    do {
      const start = performance.now();
      network.predictSync(sample);
      found.push((performance.now() - start) * 1000);
    } while (performance.now() < end || found.length < 10);
    return found;
  };
  until(performance.now() + seconds * 300);
  return until(performance.now() + seconds * 1000);
}

/**
 * @param {Network} network
 * @param {number} seconds
 */
async function throughput(network, seconds) {
  const samples = Float32Array.from({ length: BATCH * network.inputs }, (_, i) => (i % 17) / 17);
  await network.predict(samples);
  const rates = [];
  const end = performance.now() + seconds * 1000;
  do {
    const start = performance.now();
    await network.predict(samples);
    rates.push((BATCH / (performance.now() - start)) * 1000);
  } while (performance.now() < end || rates.length < 3);
  return median(rates);
}
