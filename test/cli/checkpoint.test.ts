import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, startCli, writeDigits } from '../support/cli.js';

let folder: string;
let digits: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'blasnet-checkpoint-'));
  digits = writeDigits(join(folder, 'digits'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const train = (epochs: number, ...args: string[]) => [
  'train',
  digits,
  '--json',
  '--layers',
  '30',
  '--batch-size',
  '10',
  '--epochs',
  String(epochs),
  '--batch-norm',
  ...args,
];

const shaOf = (stdout: string) => (JSON.parse(stdout) as { weightsSha256: string }).weightsSha256;

describe('blasnet train --checkpoint', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)(
    'on %s keeps a checkpoint and ends with exit code 6; --resume goes on',
    async (signal) => {
      const runs = join(folder, signal);
      const args = train(30, '--seed', '4', '--checkpoint', runs, '--checkpoint-every', '50steps');
      const running = startCli(args);
      while (!existsSync(runs) || !readdirSync(runs).some((name) => name.startsWith('step-'))) await sleep(5);
      running.child.kill(signal);
      const stopped = await running.result;
      expect({ code: stopped.code, stderr: stopped.stderr }).toEqual({ code: 6, stderr: '' });
      expect(JSON.parse(stopped.stdout)).toMatchObject({ interrupted: signal });
      // Without --resume nothing is touched.
      const again = await runCli(args);
      expect(again.code).toBe(3);
      expect(again.stderr).toContain('has checkpoints already');
      const resumed = await runCli([...args, '--resume']);
      expect({ code: resumed.code, stderr: resumed.stderr }).toEqual({ code: 0, stderr: '' });
      const whole = await runCli(train(30, '--seed', '4'));
      expect(shaOf(resumed.stdout)).toBe(shaOf(whole.stdout));
    },
  );

  it('begins where there is nothing to go on from, and says what does not fit', async () => {
    const runs = join(folder, 'new');
    const { code } = await runCli(train(2, '--checkpoint', runs, '--resume'));
    expect(code).toBe(0);
    expect(readdirSync(runs)).toEqual(['step-000000060.safetensors', 'step-000000120.safetensors']);
    const other = await runCli(train(2, '--checkpoint', runs, '--resume', '--dropout', '0.5'));
    expect(other.code).toBe(3);
    expect(other.stderr).toContain('another network');
  });

  it.each([
    [['--resume'], '--resume needs --checkpoint'],
    [['--checkpoint-every', '5min'], '--checkpoint-every needs --checkpoint'],
    [['--checkpoint', 'x', '--checkpoint-every', 'soon'], 'such as 200steps, 1epoch or 5min'],
    [['--checkpoint', 'x', '--checkpoint-every', '0steps'], 'such as 200steps, 1epoch or 5min'],
  ])('refuses %j', async (args, said) => {
    const { code, stderr } = await runCli(train(1, ...args));
    expect(code).toBe(2);
    expect(stderr).toContain(said);
  });
});
