// @ts-check
/** Inference: the latency of one sample on the calling thread, as a server sees it, and the throughput of many. */
import { performance } from 'node:perf_hooks';
import { dense, mnist, Network } from '../dist/index.js';
import { mnistFolder } from './data.mjs';
import { number, percent, table } from './format.mjs';
import { measurePeak } from './machine.mjs';
import { predictionPeers } from './predict-peers.mjs';
import { median, quantile } from './statistics.mjs';
import { netName, predictionFlopsPerSample, workloads } from './workloads.mjs';

const BATCH = 10_000;

/** The smallest net there is shows what a call costs that computes nothing. */
const names = ['seven-layer', 'classic', 'wide'];
const nets = [[1, 1], ...workloads.filter(({ name }) => names.includes(name)).map(({ sizes }) => sizes)];

/** @param {Pick<import('./arguments.mjs').BenchArguments, 'threads' | 'seconds' | 'engine'>} options */
export async function measure({ threads, seconds, engine }) {
  const digit = await aDigit();
  const rows = [];
  let peak = 0;
  for (const sizes of nets) {
    const network = networkOf(sizes, { threads, engine });
    const one = latencies(network, denseSample(network.inputs), seconds / 4);
    const ofDigit = network.inputs === digit?.length ? median(latencies(network, digit, seconds / 4)) : undefined;
    peak = Math.max(peak, measurePeak(Math.min(0.3, seconds / 4), threads)?.gflops ?? NaN);
    const samplesPerSecond = await throughput(network, seconds / 4);
    rows.push({
      net: netName(sizes),
      medianMicroseconds: median(one),
      p99Microseconds: quantile(one, 0.99),
      digitMicroseconds: ofDigit,
      samplesPerSecond,
      shareOfPeak: (samplesPerSecond * predictionFlopsPerSample(sizes)) / peak / 1e9,
      peers: await peerLatencies(network, sizes, { threads, seconds }),
    });
  }
  const names = [...new Set(rows.flatMap((row) => row.peers.map(({ name }) => name)))];
  const cells = rows.map((row) => [
    row.net,
    number(row.medianMicroseconds),
    number(row.p99Microseconds),
    row.digitMicroseconds === undefined ? '' : number(row.digitMicroseconds),
    number(row.samplesPerSecond),
    percent(row.shareOfPeak),
    ...names.map((name) => number(row.peers.find((peer) => peer.name === name)?.medianMicroseconds ?? NaN)),
  ]);
  const columns = ['<net', 'one sample: median µs', 'p99 µs', 'a digit: µs', `${number(BATCH)} samples: samples/s`];
  return {
    text: table([...columns, 'of peak', ...names.map((name) => `${name}: µs`)], cells),
    rows: rows.map((row) => ({ ...row, engine })),
  };
}

/** An image of MNIST where it is here. Four of five pixels are dark, which ours need not multiply. */
async function aDigit() {
  const directory = mnistFolder();
  if (directory === undefined) return undefined;
  const { test } = await mnist({ directory });
  return Float32Array.from(test.features.subarray(0, test.width), (value) => value / 255);
}

/** No zero that could be skipped. @param {number} inputs */
function denseSample(inputs) {
  return Float32Array.from({ length: inputs }, (_, i) => ((i % 17) + 1) / 17);
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
 * @param {Float32Array} sample
 * @param {number} seconds
 */
function latencies(network, sample, seconds) {
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
 * @param {number[]} sizes
 * @param {{ threads: number, seconds: number }} options
 */
async function peerLatencies(network, sizes, { threads, seconds }) {
  const sample = denseSample(network.inputs);
  const found = [];
  for (const { name, predict } of await predictionPeers(network, sizes, threads)) {
    const times = [];
    for (let i = 0; i < 50; i++) await predict(sample);
    const end = performance.now() + seconds * 250;
    do {
      const start = performance.now();
      const answer = predict(sample);
      if (answer instanceof Promise) await answer;
      times.push((performance.now() - start) * 1000);
    } while (performance.now() < end);
    found.push({ name, medianMicroseconds: median(times) });
  }
  return found;
}

/**
 * @param {Network} network
 * @param {number} seconds
 */
async function throughput(network, seconds) {
  const samples = denseSample(BATCH * network.inputs);
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
