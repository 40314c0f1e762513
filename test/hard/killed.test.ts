import { describe, it } from 'vitest';
import { killAtRandom, killBefore, refuse, undisturbed } from '../training/killed.js';

describe('a run with checkpoints', () => {
  const short = { every: 3, epochs: 1 };

  it('survives a kill before every file operation', async () => {
    const wanted = await undisturbed(short);
    for (let at = 1; at <= wanted.operations; at++) await killBefore(at, wanted, short);
  });

  it.each(['once', 'forever'] as const)('survives the refusal of every file operation, %s', async (kind) => {
    const wanted = await undisturbed(short);
    for (let at = 1; at <= wanted.operations; at++) await refuse(at, kind, wanted, short);
  });

  it('survives 200 kills at random moments', async () => {
    const long = { every: 2, epochs: 25 };
    await killAtRandom(200, await undisturbed(long), long);
  });
});
