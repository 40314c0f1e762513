import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { syntheticDigits } from '../../lib/index.js';
import { runLab } from '../../lib/labs/index.js';
import { runCli, writeDigits } from '../support/cli.js';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'blasnet-lab-checkpoints-'))));
afterAll(() => rmSync(folder, { recursive: true }));

it(
  'a published lab that was broken off goes on from its checkpoint to the same numbers',
  { timeout: 120_000 },
  async () => {
    const digits = syntheticDigits({ train: 200, test: 100, seed: 2 });
    const options = { quick: true, epochs: 3, load: () => Promise.resolve(digits) };
    const whole = await runLab('simard-2003', options);
    const checkpoints = join(folder, 'runs');
    const stop = new AbortController();
    const said: string[] = [];
    const broken = runLab('simard-2003', {
      ...options,
      checkpoints,
      signal: stop.signal,
      say: (line) => {
        if (line.startsWith('elastic distortions: epoch 2')) stop.abort(new Error('enough'));
      },
    });
    await expect(broken).rejects.toThrow('enough');
    expect(readdirSync(checkpoints)).toHaveLength(2);
    const resumed = await runLab('simard-2003', { ...options, checkpoints, say: (line) => said.push(line) });
    expect(said.map((line) => /^[a-z ]+: epoch \d+/.exec(line)![0])).toEqual(['elastic distortions: epoch 3']);
    const numbers = (run: typeof whole) =>
      (run.outcome.values['results'] as { seconds: number }[]).map(({ seconds: _, ...rest }) => rest);
    expect(numbers(resumed)).toEqual(numbers(whole));
  },
);

it('a lab that has ended leaves no checkpoints', async () => {
  const output = join(folder, 'out');
  const digits = writeDigits(join(folder, 'digits'), 200, 100);
  const { code } = await runCli([
    'lab',
    'simard-2003',
    '--quick',
    '--epochs',
    '1',
    '--data',
    digits,
    '--output',
    output,
  ]);
  expect(code).toBe(0);
  expect(existsSync(join(output, 'simard-2003.json'))).toBe(true);
  expect(existsSync(join(output, 'simard-2003.checkpoints'))).toBe(false);
});
