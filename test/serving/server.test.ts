import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Network, syntheticDigits } from '../../lib/index.js';
import { root } from '../support/cli.js';
import { largestDifference } from '../support/randomized.js';

const models = mkdtempSync(join(tmpdir(), 'blasnet-server-'));
const { test } = syntheticDigits({ train: 1, test: 30 });
const digit = (index: number) => Array.from(test.sample(index));
let server: ChildProcess;
let url: string;
let said = '';

async function start(): Promise<void> {
  const env = { ...process.env, PORT: '0', MODELS: models, MAX_BODY: '200000' };
  said = '';
  server = spawn(process.execPath, [join(root, 'examples/server/main.mjs')], { env });
  url = await new Promise<string>((done, fail) => {
    server.on('exit', () => fail(new Error(`The server ended: ${said}`)));
    const listen = (text: Buffer) => {
      said += text.toString();
      const found = /http:\S+:\d+/.exec(said);
      if (found !== null) done(found[0]);
    };
    server.stdout!.on('data', listen);
    server.stderr!.on('data', listen);
  });
}

/** Ends the server as a supervisor does; returns its exit code. */
async function stop(): Promise<number | null> {
  const ended = new Promise<number | null>((done) => server.on('exit', done));
  server.kill('SIGTERM');
  return ended;
}

beforeAll(start);
afterAll(() => {
  server.kill('SIGKILL');
  rmSync(models, { recursive: true });
});

async function call(path: string, init?: RequestInit): Promise<{ status: number; body: any; headers: Headers }> {
  const response = await fetch(url + path, init);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return { status: response.status, body: isJson ? JSON.parse(text) : text, headers: response.headers };
}
const post = (path: string, body: unknown) =>
  call(path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });

/** Events of the training that runs, to its end. */
async function events(): Promise<{ event: string; data: any }[]> {
  const response = await fetch(`${url}/train/events`);
  const text = await response.text();
  return text
    .split('\n\n')
    .filter((part) => part.includes('event:'))
    .map((part) => ({ event: /event: (.*)/.exec(part)![1], data: JSON.parse(/data: (.*)/.exec(part)![1]) }));
}

it('has no model at first, and says so', async () => {
  expect((await call('/health')).body).toMatchObject({ status: 'ok', model: false, training: 'idle' });
  const { status, headers } = await post('/predict', { sample: digit(0) });
  expect([status, headers.get('retry-after')]).toEqual([503, '5']);
});

it('trains in the background, tells how far it is, and serves the best', async () => {
  expect((await post('/train', { epochs: 4 })).status).toBe(202);
  const heard = events();
  expect((await post('/train', {})).status).toBe(409);
  const all = await heard;
  expect(all.map(({ event }) => event)).toEqual(expect.arrayContaining(['state', 'progress', 'epoch', 'end']));
  expect(all.at(-1)).toEqual({ event: 'end', data: { state: 'completed' } });
  const { predictions } = (await post('/predict', { samples: Array.from({ length: 30 }, (_, i) => digit(i)) })).body;
  const right = predictions.filter((row: number[], i: number) => row.indexOf(Math.max(...row)) === test.labels![i]);
  expect(right.length).toBeGreaterThan(24);
  const best = await Network.load(join(models, 'model.safetensors'));
  const wanted = best.predictSync(Float32Array.from(digit(3)));
  expect(largestDifference(predictions[3], wanted)).toBeLessThan(1e-5);
});

it('starts one training where two are asked for at once', async () => {
  const answers = await Promise.all([post('/train', { epochs: 1 }), post('/train', { epochs: 1 })]);
  expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
  expect((await events()).at(-1)?.data).toEqual({ state: 'completed' });
});

it('predicts from numbers and from bytes alike', async () => {
  const samples = Float32Array.from([...digit(0), ...digit(1)]);
  const headers = { 'content-type': 'application/octet-stream' };
  const response = await fetch(`${url}/predict`, { method: 'POST', body: samples, headers });
  const binary = new Float32Array(await response.arrayBuffer());
  const { predictions } = (await post('/predict', { samples: [digit(0), digit(1)] })).body;
  expect(largestDifference(binary, predictions.flat())).toBeLessThan(1e-6);
});

it('answers bad requests with what is wrong, and lives', async () => {
  const bytes = (body: Uint8Array<ArrayBuffer> | Float32Array<ArrayBuffer>) =>
    call('/predict', { method: 'POST', body, headers: { 'content-type': 'application/octet-stream' } });
  const refused: [request: ReturnType<typeof call>, status: number, message: string][] = [
    [post('/predict', '{"sample": [1, 2'), 400, 'Expected a JSON object'],
    [post('/predict', ''), 400, 'Expected a JSON object'],
    [post('/predict', '[]'), 400, 'Expected a JSON object'],
    [post('/predict', 'null'), 400, 'Expected a JSON object'],
    [post('/predict', {}), 400, 'Expected 784 numbers in samples[0]'],
    [post('/predict', { samples: [] }), 400, 'Expected "sample"'],
    [post('/predict', { samples: [digit(0), [1]] }), 400, 'Expected 784 numbers in samples[1]'],
    [post('/predict', { sample: digit(0).map(() => null) }), 400, 'Expected a finite number'],
    [post('/predict', { sample: digit(0).map(() => '1') }), 400, 'received "1"'],
    [post('/predict', { sample: digit(0).map(() => []) }), 400, 'Expected'],
    [
      post(
        '/predict',
        `{"sample":[${digit(0)
          .map(() => '1e999')
          .join()}]}`,
      ),
      400,
      'Expected a finite number',
    ],
    [post('/predict', '['.repeat(100_000)), 400, 'Expected a JSON object'],
    [bytes(new Uint8Array(7)), 400, 'Expected a multiple of 4 bytes'],
    [bytes(new Uint8Array(0)), 400, 'received 0 numbers'],
    [bytes(new Float32Array(784).fill(NaN)), 400, 'Expected a finite number'],
    [post('/train', { lr: 1 }), 400, 'Unknown option lr'],
    [post('/train', { epochs: -1 }), 400, 'epochs'],
    [post('/predict', 'x'.repeat(300_000)), 413, 'larger than 200000'],
    [call('/nowhere'), 404, 'There is no GET /nowhere'],
    [call('/train', { method: 'DELETE' }), 404, 'No training'],
  ];
  for (const [request, status, message] of refused) {
    const answer = await request;
    expect([answer.status, answer.body.error]).toEqual([status, expect.stringContaining(message)]);
  }
  expect((await call('/health')).status).toBe(200);
});

it('takes no gigabyte: it hangs up once it has seen too much, whether the length is stated or not', async () => {
  const { port } = new URL(url);
  for (const header of ['Content-Length: 1073741824', 'Transfer-Encoding: chunked']) {
    const socket = connect(Number(port), '127.0.0.1');
    let answer = '';
    socket.on('data', (data) => (answer += data.toString())).on('error', () => undefined);
    socket.write(`POST /predict HTTP/1.1\r\nHost: x\r\n${header}\r\n\r\n`);
    const part = Buffer.alloc(64 * 1024, 0x20);
    const chunk = header.startsWith('T') ? Buffer.concat([Buffer.from('10000\r\n'), part, Buffer.from('\r\n')]) : part;
    for (let sent = 0; sent < 2 ** 30 && answer === '' && !socket.destroyed; sent += part.length) {
      if (!socket.write(chunk)) await Promise.race([new Promise((done) => socket.once('drain', done)), wait(100)]);
    }
    await wait(20);
    expect(answer).toContain('413');
    socket.destroy();
  }
  const text = (await call('/metrics')).body as string;
  const resident = Number(/process_resident_memory_bytes (\d+)/.exec(text)![1]);
  expect(resident).toBeLessThan(600 * 2 ** 20);
});

it('counts what it does, for Prometheus', async () => {
  const text = (await call('/metrics')).body as string;
  for (const line of text.trim().split('\n')) expect(line).toMatch(/^(# TYPE \w+ \w+|\w+(\{[^}]*\})? -?[\d.e+-]+)$/);
  expect(text).toMatch(/http_requests_total\{route="\/predict",method="POST",status="400"\} 1\d/);
  expect(Number(/predictor_samples_total (\d+)/.exec(text)![1])).toBeGreaterThanOrEqual(34);
});

it('can be cancelled; shut down in the middle of a fit it leaves a checkpoint, and goes on from there', async () => {
  expect((await post('/train', { epochs: 1000 })).status).toBe(202);
  const cancelled = events();
  expect((await call('/train', { method: 'DELETE' })).status).toBe(202);
  expect((await cancelled).at(-1)?.data).toEqual({ state: 'cancelled', reason: 'cancelled' });

  expect((await post('/train', { epochs: 1000 })).status).toBe(202);
  const { run } = (await call('/train')).body;
  const open = fetch(`${url}/train/events`).then((response) => response.text());
  await wait(700);
  const asking = Array.from({ length: 20 }, () => post('/predict', { sample: digit(0) }));
  expect((await Promise.all(asking)).every(({ status }) => status === 200)).toBe(true);
  expect(await stop()).toBe(0);
  expect(await open).toContain('event: end');
  expect(readdirSync(join(models, run)).some((name) => name.endsWith('.safetensors'))).toBe(true);

  await start();
  expect((await call('/health')).body.model).toBe(true);
  expect((await post('/train', { epochs: 1000, resume: true })).body.run).toBe(run);
  await wait(500);
  expect((await call('/train')).body).toMatchObject({ state: 'running', run });
  expect(await stop()).toBe(0);
  expect(said).not.toContain('Error');
});
