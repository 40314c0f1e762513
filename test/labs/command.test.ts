import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labNames } from '../../lib/labs/index.js';
import { runCli, writeDigits } from '../support/cli.js';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'blasnet-lab-'))));
afterAll(() => rmSync(folder, { recursive: true }));

describe('blasnet lab', () => {
  it('lists the labs', async () => {
    const { code, stdout } = await runCli(['lab', 'list']);
    expect(code).toBe(0);
    for (const name of labNames) expect(stdout).toContain(name);
  });

  it('names the labs where there is none of that name, and the nearest', async () => {
    const { code, stderr } = await runCli(['lab', 'optimizer']);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /There is no lab "optimizer"; did you mean optimizers\? \(there are: optimizer-paths, optimizers, .*and all\)/,
    );
  });

  it.each(['constructor', '__proto__', 'toString', 'nothing of the kind'])(
    'knows no lab of the name %s',
    async (name) => {
      const { code, stderr } = await runCli(['lab', name]);
      expect(code).toBe(2);
      expect(stderr).toMatch(/There is no lab "[^"]+" \(there are: optimizer-paths, /);
    },
  );

  it('prints JSON alone and writes page, pictures and numbers', async () => {
    const output = join(folder, 'out');
    const { code, stdout } = await runCli(['lab', 'optimizer-paths', '--json', '--seed', '3', '--output', output]);
    expect(code).toBe(0);
    const result = JSON.parse(stdout) as { seed: number; epochs: number | null; conclusions: { holds: boolean }[] };
    expect([result.seed, result.epochs]).toEqual([3, null]);
    expect(result.conclusions.every(({ holds }) => holds)).toBe(true);
    expect(readdirSync(output).sort()).toEqual([
      'optimizer-paths-paths.dark.svg',
      'optimizer-paths-paths.svg',
      'optimizer-paths.html',
      'optimizer-paths.json',
    ]);
    expect(JSON.parse(readFileSync(join(output, 'optimizer-paths.json'), 'utf8'))).toMatchObject({
      lab: 'optimizer-paths',
      original: expect.stringContaining('zigzags'),
    });
  });

  it('runs on the engine and with the threads that are asked for', async () => {
    const output = join(folder, 'engines');
    for (const [option, value, expected] of [
      ['--threads', '1', { threads: 1 }],
      ['--engine', 'reference', { engine: 'reference', threads: 1 }],
    ] as const) {
      const { stdout } = await runCli(['lab', 'input-normalization', '--json', option, value, '--output', output]);
      expect(JSON.parse(stdout)).toMatchObject(expected);
    }
  });

  it('tells in words what to look at and how it compares, on data from --data', async () => {
    const digits = writeDigits(join(folder, 'digits'));
    const { code, stdout } = await runCli([
      'lab',
      'overfitting',
      '--quick',
      '--epochs',
      '5',
      '--data',
      digits,
      '--output',
      join(folder, 'b'),
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/What to look at[^]*Beside the original[^]*original:[^]*here:[^]*What this run bears out/);
  });

  it('says that there is no folder for --data', async () => {
    const { code, stderr } = await runCli([
      'lab',
      'overfitting',
      '--data',
      join(folder, 'none'),
      '--output',
      join(folder, 'c'),
    ]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/There is no folder/);
  });

  it('train --report writes one page', async () => {
    const digits = writeDigits(join(folder, 'more'));
    const page = join(folder, 'report.html');
    const { code } = await runCli(['train', digits, '--layers', '20', '--epochs', '1', '--report', page]);
    expect(code).toBe(0);
    expect(readFileSync(page, 'utf8')).toMatch(/Confusions[^]*Machine/);
  });
});
