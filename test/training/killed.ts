import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { train, type Result } from './checkpointing.js';

/** A folder that is gone when the work is done. */
async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const parent = mkdtempSync(join(tmpdir(), 'blasnet-killed-'));
  try {
    return await work(join(parent, 'run'));
  } finally {
    rmSync(parent, { recursive: true });
  }
}

/** What a run of these options comes to that nobody disturbs. */
export const undisturbed = (options: object): Promise<Result> =>
  inFolder(async (folder) => {
    const { result, stderr } = await train(folder, options);
    expect(stderr).toBe('');
    return result!;
  });

/**
 * Kills runs at random moments, each of them resumed from what the one before left, until one comes to its end; again and again
 * until so many were killed. Nothing that was said to be saved is lost, and every run that ends has the wanted bits.
 */
export async function killAtRandom(kills: number, wanted: Result, options: object): Promise<void> {
  let killed = 0;
  while (killed < kills) {
    await inFolder(async (folder) => {
      let saved = 0;
      for (;;) {
        const killAfter = killed < kills ? Math.random() * 120 : undefined;
        const ended = await train(folder, { ...options, ...(killAfter === undefined ? {} : { killAfter }) });
        expect(ended.stderr).toBe('');
        if (ended.result === undefined) killed++;
        else {
          expect(ended.result.resumedFrom).toBeGreaterThanOrEqual(saved);
          expect(ended.result).toMatchObject({ sha: wanted.sha, step: wanted.step, errors: [], rejected: null });
          expect(ended.result.files.filter((name) => name.endsWith('.tmp'))).toEqual([]);
          return;
        }
        saved = Math.max(saved, ended.saved);
      }
    });
  }
}

/** Kills a run before its file operation number `at`; the next one finds everything that was said to be saved. */
export async function killBefore(at: number, wanted: Result, options: object): Promise<void> {
  await inFolder(async (folder) => {
    const { result, saved } = await train(folder, { ...options, faultAt: at, kind: 'kill' });
    expect(result, `killed before operation ${at}`).toBeUndefined();
    const again = await train(folder, options);
    expect(again.stderr).toBe('');
    expect(again.result!.resumedFrom).toBeGreaterThanOrEqual(saved);
    expect(again.result).toMatchObject({ sha: wanted.sha, errors: [], rejected: null });
    expect(again.result!.files.filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
}

/** Refuses the operation number `at`, once or from then on: training goes on and says so, and the checkpoints before stand. */
export async function refuse(at: number, kind: 'once' | 'forever', wanted: Result, options: object): Promise<void> {
  await inFolder(async (folder) => {
    const { result, saved } = await train(folder, { ...options, faultAt: at, kind });
    if (result!.rejected === null) expect(result).toMatchObject({ sha: wanted.sha, step: wanted.step });
    // Before anything was learned a fit may say that it cannot have its folder.
    else expect(result).toMatchObject({ rejected: { name: 'FileError' }, step: 0 });
    if (kind === 'forever' && result!.rejected === null) expect(result!.errors).not.toEqual([]);
    const again = await train(folder, options);
    expect(again.result!.resumedFrom).toBeGreaterThanOrEqual(saved);
    expect(again.result).toMatchObject({ sha: wanted.sha, errors: [], rejected: null });
  });
}
