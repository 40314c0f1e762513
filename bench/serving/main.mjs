/**
 * Single-sample predictions over HTTP, 64 connections from a process of their own, by blasnet and by onnxruntime-node in
 * turns, and by blasnet while a fit runs in the same process. A 784-512-512-10 network.
 *
 *   node bench/serving/main.mjs [seconds, default 10] [rounds, default 3]
 */
import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { dense, Network, saveOnnx } from '../../dist/index.js';
import { describeMachine } from '../machine.mjs';

const [seconds = '10', rounds = '3'] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'blasnet-serving-'));
const layers = [dense(512, { activation: 'relu' }), dense(512, { activation: 'relu' }), dense(10)];
const network = new Network({ inputs: 784, layers, seed: 1 });
await network.save(join(folder, 'model.safetensors'));
await saveOnnx(network, join(folder, 'model.onnx'));

const contenders = [
  { name: 'blasnet', program: 'blasnet-server.mjs', model: 'model.safetensors', mode: 'idle' },
  { name: 'onnxruntime-node', program: 'onnxruntime-server.mjs', model: 'model.onnx', mode: 'idle' },
  { name: 'blasnet, while a fit runs', program: 'blasnet-server.mjs', model: 'model.safetensors', mode: 'fit' },
];

async function measure({ program, model, mode }) {
  const env = { ...process.env, MODE: mode };
  const server = fork(join(import.meta.dirname, program), [join(folder, model)], { env });
  const hear = () =>
    new Promise((done, fail) =>
      server.once('message', done).once('exit', (code) => fail(new Error(`The server ended with ${code}`))),
    );
  const { port } = await hear();
  const body = Buffer.from(new Float32Array(784).fill(0.3).buffer);
  const options = { url: `http://127.0.0.1:${port}/`, method: 'POST', body, connections: 64 };
  await autocannon({ ...options, duration: 2 });
  const memory = async () => {
    const answer = hear();
    server.send('memory');
    return (await answer).memory;
  };
  const before = await memory();
  const result = await autocannon({ ...options, duration: Number(seconds) });
  const after = await memory();
  server.removeAllListeners('exit');
  server.kill();
  return {
    requestsPerSecond: Math.round(result.requests.average),
    latency: { p50: result.latency.p50, p99: result.latency.p99, max: result.latency.max },
    errors: result.errors + result.timeouts + result.non2xx,
    memoryGrowth: after - before,
  };
}

const results = contenders.map((contender) => ({ name: contender.name, runs: [] }));
for (let round = 0; round < Number(rounds); round++) {
  for (const [i, contender] of contenders.entries()) {
    const run = await measure(contender);
    results[i].runs.push(run);
    const { requestsPerSecond, latency, errors, memoryGrowth } = run;
    console.log(
      `${contender.name}: ${requestsPerSecond} requests/s, p50 ${latency.p50} ms, p99 ${latency.p99} ms, max ${latency.max} ms, ` +
        `${errors} errors, memory ${(memoryGrowth / 2 ** 20).toFixed(1)} MiB more`,
    );
  }
}
const results_folder = join(import.meta.dirname, '..', 'results');
mkdirSync(results_folder, { recursive: true });
const file = join(results_folder, 'serving.json');
writeFileSync(
  file,
  `${JSON.stringify({ machine: describeMachine?.(), seconds: Number(seconds), connections: 64, results }, null, 2)}\n`,
);
