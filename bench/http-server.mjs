// @ts-check
/**
 * What clients of an HTTP server feel while a network trains in its process. The client is a process of its own, which asks
 * one request after the other over one connection; each answer is a prediction. An idle server is measured first.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { networkOf, samplesOf } from './event-loop.mjs';
import { number, table } from './format.mjs';
import { quantile } from './statistics.mjs';

/** Milliseconds that a fit may add to the 99th percentile. */
const goals = { native: 20, reference: 60 };
const client = fileURLToPath(new URL('http-client.mjs', import.meta.url));

/** @param {Pick<import('./arguments.mjs').BenchArguments, 'threads' | 'seconds' | 'engine'>} options */
export async function measure({ threads, seconds, engine }) {
  const engines =
    engine === 'reference' ? /** @type {const} */ (['reference']) : /** @type {const} */ (['native', 'reference']);
  /** @type {{ name: string, requests: number, p50: number, p99: number, max: number, addedP99: number, goal: number }[]} */
  const rows = [];
  for (const name of engines) {
    const network = networkOf(name, threads);
    const input = new Float32Array(784).fill(0.5);
    const server = createServer((_request, response) => {
      response.end(JSON.stringify(Array.from(network.predictSync(input))));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = /** @type {import('node:net').AddressInfo} */ (server.address());
    const ask = () => latenciesOf(`http://127.0.0.1:${address.port}/`, seconds);
    const idle = describe(`${name}, idle`, await ask(), 0, goals[name]);
    const controller = new AbortController();
    const over = new Error('Watched long enough');
    const fit = network.fit(samplesOf(), { epochs: 1_000_000, signal: controller.signal });
    const ended = fit.catch((error) => {
      if (error !== over) throw error;
    });
    await sleep(200);
    rows.push(idle, describe(`${name} fit`, await ask(), idle.p99, goals[name]));
    controller.abort(over);
    await ended;
    server.close();
  }
  const cells = rows.map(({ name, requests, p50, p99, max, addedP99 }) => [
    name,
    String(requests),
    ...[p50, p99, max, addedP99].map(number),
  ]);
  const columns = ['<server', 'requests', 'median ms', 'p99 ms', 'max ms', 'added p99 ms'];
  const text = `${table(columns, cells)}\n  Goals of the added p99: native under ${goals.native} ms, reference under ${goals.reference} ms.`;
  return { text, rows };
}

/**
 * @param {string} name
 * @param {number[]} latencies
 * @param {number} idleP99
 * @param {number} goal
 */
function describe(name, latencies, idleP99, goal) {
  const p99 = quantile(latencies, 0.99);
  return {
    name,
    requests: latencies.length,
    p50: quantile(latencies, 0.5),
    p99,
    max: Math.max(...latencies),
    addedP99: idleP99 === 0 ? 0 : Math.max(0, p99 - idleP99),
    goal,
  };
}

/**
 * @param {string} url
 * @param {number} seconds
 * @returns {Promise<number[]>} milliseconds of each request
 */
async function latenciesOf(url, seconds) {
  const child = spawn(process.execPath, [client, url, String(seconds)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ part) => (text += part));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`The client ended with exit code ${code}`);
  return JSON.parse(text);
}
