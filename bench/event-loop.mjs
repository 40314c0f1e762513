// @ts-check
/**
 * What a server feels while a network trains in its process: how late its timers are, and how long reading a file takes,
 * which goes through libuv's thread pool. An idle loop is measured first, for a busy machine is late by itself.
 */
import { readFile } from 'node:fs/promises';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { dataset, dense, dropout, Network } from '../dist/index.js';
import { number, table } from './format.mjs';
import { quantile } from './statistics.mjs';

const SAMPLES = 20_000;
const GOAL_MILLISECONDS = 20;
const file = fileURLToPath(new URL('../package.json', import.meta.url));

/** @param {Pick<import('./arguments.mjs').BenchArguments, 'threads' | 'seconds' | 'engine'>} options */
export async function measure({ threads, seconds, engine }) {
  const rows = [await watch('idle', seconds)];
  const engines =
    engine === 'reference' ? /** @type {const} */ (['reference']) : /** @type {const} */ (['native', 'reference']);
  for (const name of engines) {
    const controller = new AbortController();
    const over = new Error('Watched long enough');
    const network = networkOf(name, threads);
    // A moment for the first steps, which compile; then the watch runs beside the fit.
    const fit = network.fit(samplesOf(), { epochs: 1_000_000, signal: controller.signal });
    const ended = fit.catch((error) => {
      if (error !== over) throw error;
    });
    await sleep(200);
    rows.push(await watch(`${name} fit`, seconds));
    controller.abort(over);
    await ended;
  }
  const cells = rows.map((row) => [
    row.name,
    number(row.delayP50),
    number(row.delayP99),
    number(row.delayMax),
    number(row.readP50),
    number(row.readP99),
  ]);
  const columns = ['<loop', 'delay median ms', 'p99 ms', 'max ms', 'readFile median ms', 'p99 ms'];
  const text = `${table(columns, cells)}\n  Goal of a native fit: p99 under ${GOAL_MILLISECONDS} ms.`;
  return { text, rows };
}

/**
 * @param {string} name
 * @param {number} seconds
 */
async function watch(name, seconds) {
  const resolution = 1;
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  const reads = [];
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    const start = performance.now();
    await readFile(file);
    reads.push(performance.now() - start);
    await sleep(5);
  }
  delay.disable();
  // The histogram counts from one timer to the next, so that its own pause has to be taken off.
  const late = (/** @type {number} */ nanoseconds) => Math.max(0, nanoseconds / 1e6 - resolution);
  return {
    name,
    delayP50: late(delay.percentile(50)),
    delayP99: late(delay.percentile(99)),
    delayMax: late(delay.max),
    readP50: quantile(reads, 0.5),
    readP99: quantile(reads, 0.99),
  };
}

/**
 * @param {'native' | 'reference'} engine
 * @param {number} threads
 */
export function networkOf(engine, threads) {
  const hidden = () => [dense(512, { activation: 'relu' }), dropout(0.2)];
  return new Network({ inputs: 784, layers: [...hidden(), ...hidden(), dense(10)], seed: 1, engine, threads });
}

export function samplesOf() {
  const features = Uint8Array.from({ length: SAMPLES * 784 }, (_, i) => (i * 7919) % 251);
  return dataset({ features, labels: Array.from({ length: SAMPLES }, (_, i) => i % 10), width: 784, classes: 10 });
}
