import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selectEngine, type Profile } from '../../lib/index.js';
import { runCli, writeDigits } from '../support/cli.js';

const small = ['--layers', '20,10', '--batch-size', '50', '--steps', '10', '--seed', '1'];
let folder: string;
let digits: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'blasnet-profile-'));
  digits = writeDigits(join(folder, 'digits'), 300, 50);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function profileOf(...args: string[]): Promise<Profile> {
  const { code, stdout, stderr } = await runCli(['profile', digits, ...small, ...args, '--json']);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Profile;
}

const engines = selectEngine().name === 'native' ? (['native', 'reference'] as const) : (['reference'] as const);

describe.each(engines)('on the %s engine', (engine) => {
  it('prints the whole profile as JSON', async () => {
    const found = await profileOf('--engine', engine, '--threads', '1');
    expect(found).toMatchObject({ engine, threads: 1, batchSize: 50, steps: 10 });
    expect(found.kernels.reduce((sum, { share }) => sum + share, found.waiting)).toBeCloseTo(1, 6);
    const layers = found.layers.map(({ layer }) => layer);
    expect(layers).toEqual(
      expect.arrayContaining(['data', 'dense1', 'dropout1', 'dense2', 'dropout2', 'dense3', 'loss']),
    );
    expect(found.limits === undefined).toBe(engine === 'reference');
  });

  it('shows kernels, layers and one sentence to people', async () => {
    const { code, stdout, stderr } = await runCli(['profile', digits, ...small, '--engine', engine], {
      COLUMNS: '100',
    });
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.split('\n');
    expect(lines[0]).toContain('784-20-10-10 relu, dropout 0.2, adam, batch 50');
    expect(lines[1]).toMatch(
      new RegExp(`^${engine} engine, \\d+ threads? · 10 steps of [\\d.,]+ µs · [\\d,]+ samples/s$`),
    );
    expect(stdout).toMatch(/^kernel +µs\/step +share +GFLOP\/s +of peak +GB\/s$/m);
    expect(stdout).toMatch(/^dense1: dense\S* /m);
    expect(stdout).toMatch(/^waiting +[\d.]+ ?%/m);
    expect(stdout).toMatch(/[Mm]atrix products|wait for each other/);
  });
});

it('profiles the network that its options describe, augmentation included', async () => {
  const found = await profileOf('--batch-norm', '--augment', '--optimizer', 'sgd', '--dropout', '0');
  const layers = found.layers.map(({ layer }) => layer);
  expect(layers).toContain('batchNorm1');
  expect(layers).not.toContain('dropout1');
  expect(found.kernels.some(({ kernel }) => /warp|elastic|augment/i.test(kernel))).toBe(true);
});

it('says what is wrong, in one line', async () => {
  const cases: [args: string[], code: number, message: string][] = [
    [[digits, '--steps', '0'], 2, '--steps'],
    [[digits, '--batch-size', '301'], 2, 'batchSize'],
    [[join(folder, 'nowhere')], 3, 'nowhere'],
    [[digits, '--lr', '0.1'], 2, '--lr'],
  ];
  for (const [args, code, message] of cases) {
    const ended = await runCli(['profile', ...args]);
    expect([args, ended.code, ended.stdout]).toEqual([args, code, '']);
    expect(ended.stderr.trim().split('\n')).toHaveLength(1);
    expect(ended.stderr).toContain(message);
  }
});
