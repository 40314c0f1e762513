import { describe, expect, it } from 'vitest';
import { killAtRandom, killBefore, refuse, undisturbed } from './killed.js';

// The same with every operation and 200 kills: npm run test:hard.
describe('a run with checkpoints', () => {
  const short = { every: 3, epochs: 1 };

  it('that is killed before one of its file operations goes on from what was saved', async () => {
    const wanted = await undisturbed(short);
    expect(wanted.operations).toBeGreaterThan(30);
    for (let at = 2; at <= wanted.operations; at += 8) await killBefore(at, wanted, short);
  });

  it('that is refused a file operation trains on, says so, and loses nothing', async () => {
    const wanted = await undisturbed(short);
    for (let at = 5; at <= wanted.operations; at += 11) {
      await refuse(at, 'once', wanted, short);
      await refuse(at, 'forever', wanted, short);
    }
  });

  it('that is killed at random moments, again and again, ends as one that never was', async () => {
    const long = { every: 2, epochs: 25 };
    await killAtRandom(8, await undisturbed(long), long);
  });
});
