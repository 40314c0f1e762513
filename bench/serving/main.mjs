// @ts-check
/**
 * Single-sample predictions over HTTP, 64 connections from a process of their own, by blasnet and by onnxruntime-node in
 * turns; then by both while blasnet trains in the server's process. A 784-512-512-10 network.
 *
 *   node bench/serving/main.mjs [--seconds 60] [--rounds 1] [--json FILE]
 *
 * Ends with exit code 1 where any request failed, a server did not train as it should, or its memory grew as a leak does.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { dense, Network, saveOnnx } from '../../dist/index.js';
import { busyCoreSeconds, cleanEnvironment, describeMachine, machineName } from '../machine.mjs';

const WARM_UP_SECONDS = 5;
/** Resident memory is read so often. */
const LOOKS = 12;
/** Of what JavaScript holds without garbage: a leak loses at least a pointer a request. */
const LEAK_BYTES_PER_REQUEST = 8;
/** What a fit holds comes and goes: in six minutes it went from 22 MiB to 46 and back. */
const BYTES_OF_A_FIT = 24 * 2 ** 20;

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
});
const [seconds, rounds] = [Number(values.seconds), Number(values.rounds)];
if (!(seconds >= 1) || !(rounds >= 1)) throw new RangeError('Expected --seconds and --rounds of at least 1');

/** @typedef {{ name: string, program: string, model: string, mode: 'idle' | 'fit' }} Contender */
/** @type {Contender[]} */
const contenders = [
  { name: 'blasnet', program: 'blasnet-server.mjs', model: 'model.safetensors', mode: 'idle' },
  { name: 'onnxruntime-node', program: 'onnxruntime-server.mjs', model: 'model.onnx', mode: 'idle' },
  { name: 'blasnet, while a fit runs', program: 'blasnet-server.mjs', model: 'model.safetensors', mode: 'fit' },
  { name: 'onnxruntime-node, while a fit runs', program: 'onnxruntime-server.mjs', model: 'model.onnx', mode: 'fit' },
];

/** @param {Contender} contender @param {string} folder */
async function measure({ program, model, mode }, folder) {
  const env = { ...cleanEnvironment(process.env), MODE: mode };
  const server = fork(join(import.meta.dirname, program), [join(folder, model)], {
    env,
    execArgv: ['--expose-gc'],
  });
  const ended = once(server, 'exit').then(([code]) => Promise.reject(new Error(`The server ended with ${code}`)));
  ended.catch(() => undefined);
  const hear = async () => (await Promise.race([once(server, 'message'), ended]))[0];
  const look = async (question = 'state') => {
    const answer = hear();
    server.send(question);
    const { coreSeconds, ...state } = /** @type {import('./listen.mjs').State} */ (await answer);
    return { ...state, busyElsewhere: busyCoreSeconds() - coreSeconds - coreSecondsOf(process.cpuUsage()) };
  };
  try {
    const { port } = await hear();
    const body = Buffer.from(new Float32Array(784).fill(0.3).buffer);
    const options = { url: `http://127.0.0.1:${port}/`, method: /** @type {const} */ ('POST'), body, connections: 64 };
    await autocannon({ ...options, duration: WARM_UP_SECONDS });
    const before = await look('live');
    const started = performance.now();
    const running = autocannon({ ...options, duration: seconds });
    const resident = [before.resident];
    for (let i = 1; i < LOOKS; i++) {
      await wait((seconds * 1000) / LOOKS);
      resident.push((await look()).resident);
    }
    const result = await running;
    const after = await look('live');
    resident.push(after.resident);
    const elapsed = (performance.now() - started) / 1000;
    return {
      requestsPerSecond: Math.round(result.requests.average),
      requests: result.requests.total,
      latency: { p50: result.latency.p50, p99: result.latency.p99, max: result.latency.max },
      errors: result.errors + result.timeouts + result.non2xx,
      trainedSamplesPerSecond: Math.round((after.trainedSamples - before.trainedSamples) / elapsed),
      residentMegabytes: resident.map((bytes) => Math.round(bytes / 2 ** 20)),
      liveMegabytes: [before, after].map(({ live = NaN }) => round(live / 2 ** 20)),
      coresBusyElsewhere: round((after.busyElsewhere - before.busyElsewhere) / elapsed),
    };
  } finally {
    server.kill();
  }
}

/** @param {NodeJS.CpuUsage} usage */
function coreSecondsOf({ user, system }) {
  return (user + system) / 1e6;
}

/** @param {number} value */
function round(value) {
  return Number(value.toFixed(2));
}

/** @param {Contender} contender @param {Awaited<ReturnType<typeof measure>>} run @returns {string[]} what is wrong with it */
function faults({ mode }, { errors, requests, trainedSamplesPerSecond, liveMegabytes: [before, after] }) {
  const grown = (after - before) * 2 ** 20;
  const allowed = LEAK_BYTES_PER_REQUEST * requests + (mode === 'fit' ? BYTES_OF_A_FIT : 0);
  return [
    errors > 0 ? `${errors} requests failed` : '',
    mode === 'fit' && trainedSamplesPerSecond === 0 ? 'nothing was trained' : '',
    grown > allowed ? `${grown} bytes stayed behind after ${requests} requests` : '',
  ].filter(Boolean);
}

const folder = mkdtempSync(join(tmpdir(), 'blasnet-serving-'));
try {
  const layers = [dense(512, { activation: 'relu' }), dense(512, { activation: 'relu' }), dense(10)];
  const network = new Network({ inputs: 784, layers, seed: 1 });
  await network.save(join(folder, 'model.safetensors'));
  await saveOnnx(network, join(folder, 'model.onnx'));
  const machine = describeMachine();
  console.log(machineName(machine));
  console.log(`${seconds} s each, 64 connections`);
  const results = contenders.map(({ name }) => ({ name, runs: /** @type {object[]} */ ([]) }));
  for (let round = 0; round < rounds; round++) {
    for (const [i, contender] of contenders.entries()) {
      const run = await measure(contender, folder);
      results[i].runs.push(run);
      const { requestsPerSecond, latency, errors, residentMegabytes, liveMegabytes, trainedSamplesPerSecond } = run;
      console.log(
        `${contender.name}: ${requestsPerSecond} requests/s, p50 ${latency.p50} ms, p99 ${latency.p99} ms, ` +
          `max ${latency.max} ms, ${errors} errors, live ${liveMegabytes.join(' to ')} MiB, ` +
          `resident ${residentMegabytes.join(' ')} MiB` +
          (contender.mode === 'fit' ? `, trained ${trainedSamplesPerSecond} samples/s meanwhile` : '') +
          `; others kept ${run.coresBusyElsewhere} cores busy`,
      );
      for (const fault of faults(contender, run)) {
        console.log(`  FAULT: ${fault}`);
        process.exitCode = 1;
      }
    }
  }
  if (values.json !== undefined) {
    const date = new Date().toISOString();
    const record = { date, machine, seconds, connections: 64, results };
    writeFileSync(values.json, `${JSON.stringify(record, null, 2)}\n`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
