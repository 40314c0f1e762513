import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { hard, onNative, resultOf, runChild, withoutAddon } from './child.js';

interface Report<T> {
  problems: string[];
  result: T;
  bytes: number;
}

async function faults<T>(kind: string, uid?: number): Promise<Report<T>> {
  return resultOf(await runChild('faults.mjs', { args: [kind], execArgv: ['--expose-gc'], limit: 240, uid }));
}

/** A limit on threads binds nobody who may raise it; as root we can become nobody. */
const nobody = process.getuid?.() === 0 && spawnSync('prlimit', ['--version']).status === 0 ? 65534 : undefined;

describe.skipIf(withoutAddon)(`what the system refuses${onNative}`, { timeout: 600_000 }, () => {
  it('memory: every allocation of every operation in turn is a typed error, and the next call works', async () => {
    const { problems, result, bytes } = await faults<Record<string, number>>('allocations');
    expect(problems).toEqual([]);
    for (const [name, refused] of Object.entries(result)) {
      if (name !== 'compile') expect(refused, name).toBeGreaterThan(0);
    }
    expect(bytes).toBe(0);
  });

  it('exceptions of every kind, in calls, jobs, steps, completions: never cross the boundary', async () => {
    const { problems, result } = await faults<number>('exceptions');
    expect(problems).toEqual([]);
    expect(result).toBeGreaterThan(150);
  });

  it('threads: a typed error for the first, the same bits with fewer for the others', async () => {
    const { problems, result } = await faults<number>('threads');
    expect(problems).toEqual([]);
    expect(result).toBe(1);
  });

  it.skipIf(nobody === undefined || !hard)('threads, by a limit of the system (hard only, as root)', async () => {
    const { result } = await faults<string[]>('limit', nobody);
    console.log('fits with 8 threads, the limit ever lower:', result.join(', '));
    for (const outcome of result) expect(outcome).toMatch(/^(same|ERR_ENGINE_THREADS|no prlimit.*)$/);
  });
});
