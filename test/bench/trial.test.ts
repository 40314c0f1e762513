import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { engineInfo } from '../../lib/index.js';
import { bench } from './bench.js';

const { runTrial } = await bench('trial');
const { requestOf } = await bench('training');
const { tinyWorkload } = await bench('workloads');
const { blasnet } = await bench('contenders');

const samples = 64;
const width = 784;
let folder: string;
let request: object;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'blasnet-trial-'));
  const data = { name: 'test', features: join(folder, 'x'), labels: join(folder, 'y'), samples, width, classes: 10 };
  writeFileSync(
    data.features,
    Uint8Array.from({ length: samples * width }, (_, i) => (i * 7919) % 256),
  );
  writeFileSync(
    data.labels,
    Uint8Array.from({ length: samples }, (_, i) => i % 10),
  );
  request = requestOf(tinyWorkload, { seconds: 0.2 }, data, { threads: 2, mode: engineInfo().engine });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('answers a trial by rates, a loss, and how it ran', async () => {
  const result = await runTrial(blasnet, blasnet.command(), request);
  expect(result).toEqual({
    samplesPerSecond: expect.any(Number),
    samplesPerCoreSecond: expect.any(Number),
    windows: Array(7).fill(expect.any(Number)),
    configuration: engineInfo().engine,
    version: undefined,
    loss: expect.any(Number),
    coresBusyElsewhere: expect.any(Number),
    notes: [],
  });
  expect([result.samplesPerSecond, result.loss].every((value: number) => value > 0)).toBe(true);
});

it.each([
  ['a process that fails', ['-e', 'throw new TypeError("no luck")'], 'TypeError: no luck'],
  ['a process that says nothing', ['-e', ''], 'gave no result'],
  ['a process that is killed', ['-e', 'process.kill(process.pid, "SIGKILL")'], 'SIGKILL'],
])('takes %s for a note', async (_, args, message) => {
  const result = await runTrial(blasnet, [process.execPath, ...args], request);
  expect(result).toMatchObject({ samplesPerSecond: NaN, windows: [] });
  expect(result.notes).toEqual([expect.stringContaining(message)]);
});

it('takes a program that is not there for a note', async () => {
  const result = await runTrial(blasnet, [join(folder, 'nowhere')], request);
  expect(result.notes).toEqual([expect.stringContaining('ENOENT')]);
});
