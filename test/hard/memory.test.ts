import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { engineInfo } from '../../lib/index.js';

const engines = engineInfo().engine === 'native' ? ['native', 'reference'] : ['reference'];

// V8 lets its young generation grow when a machine is busy: that is no memory that fits keep, so it gets a fixed size here.
const flags = ['--expose-gc', '--max-semi-space-size=1'];

/** What allocators pool and V8 compiles is there after these; nothing is forgiven from then on. */
const WARM = { steps: 5000, fits: 30 };

it.each(engines)(
  '10,000 steps, then 100 fits, leave resident memory within a twentieth on the %s engine',
  async (engine) => {
    const child = join(import.meta.dirname, '..', 'training', 'children', 'memory.mjs');
    const env = { ...process.env, BLASNET_ENGINE: engine };
    const counts = [10_000, 100, WARM.steps, WARM.fits].map(String);
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, child, ...counts], { env });
    const { warm, trained, fitted } = JSON.parse(stdout) as { warm: number; trained: number; fitted: number };
    console.log(engine, [warm, trained, fitted].map((bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`).join(', '));
    expect(trained).toBeLessThan(warm * 1.05);
    expect(fitted).toBeLessThan(warm * 1.05);
  },
);
