import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { engineInfo } from '../../lib/index.js';

const engines = engineInfo().engine === 'native' ? ['native', 'reference'] : ['reference'];

it.each(engines)('10,000 steps, then 100 fits, leave resident memory within 5 %% on the %s engine', async (engine) => {
  const child = join(import.meta.dirname, '..', 'training', 'children', 'memory.mjs');
  const env = { ...process.env, BLASNET_ENGINE: engine };
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', child, '10000', '100'], { env });
  const [first, second] = JSON.parse(stdout) as { trained: number; fitted: number }[];
  const sizes = [first.trained, first.fitted, second.trained, second.fitted];
  console.log(engine, sizes.map((bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`).join(', '));
  // The same work again: what a step or a fit kept would be there twice.
  expect(second.trained).toBeLessThan(first.fitted * 1.05);
  expect(second.fitted).toBeLessThan(first.fitted * 1.05);
});
