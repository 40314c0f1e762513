import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { engineInfo } from '../../lib/index.js';

const engines = engineInfo().engine === 'native' ? ['native', 'reference'] : ['reference'];

it.each(engines)('10,000 steps and 100 fits leave resident memory within 5 %% on the %s engine', async (engine) => {
  const child = join(import.meta.dirname, '..', 'training', 'children', 'memory.mjs');
  const env = { ...process.env, BLASNET_ENGINE: engine };
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', child, '10000', '100'], { env });
  const { warm, trained, fitted } = JSON.parse(stdout) as { warm: number; trained: number; fitted: number };
  console.log(engine, [warm, trained, fitted].map((bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`).join(', '));
  expect(trained).toBeLessThan(warm * 1.05);
  expect(fitted).toBeLessThan(warm * 1.05);
});
