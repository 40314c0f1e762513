import { describe, expect, it } from 'vitest';
import { hard, onNative, resultOf, runChild, withoutAddon } from './child.js';

interface Report {
  calls: number;
  refused: number;
  variety: number;
  problems: string[];
}

const calls = hard ? 500_000 : 10_000;
const seeds = hard ? [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] : [1, 2];

describe.skipIf(withoutAddon)(`the addon's functions called directly${onNative}`, { timeout: 900_000 }, () => {
  it('every wrong value in every place of every function is an error with a message, or harmless', async () => {
    const { problems, variety, refused } = resultOf<Report>(await runChild('api.mjs', { args: ['table', 0, 0] }));
    expect(problems).toEqual([]);
    expect(variety).toBeGreaterThan(40);
    expect(refused).toBeGreaterThan(3000);
  });

  for (const seed of seeds) {
    it(`${calls} random calls, seed ${seed}`, async () => {
      const ended = await runChild('api.mjs', { args: ['fuzz', seed, calls], limit: hard ? 800 : 240 });
      const { problems, refused } = resultOf<Report>(ended);
      expect(problems).toEqual([]);
      expect(refused).toBeGreaterThan(calls / 10);
    });
  }
});
