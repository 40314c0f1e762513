import { describe, expect, it } from 'vitest';
import { hard, inParallel, onNative, runChild, withoutAddon, type ChildOptions } from './child.js';

interface Way {
  readonly way: string;
  readonly count: number;
  readonly code: number | null;
  readonly signal?: NodeJS.Signals;
  /** Seconds that the end may take; a natural one has its work to finish. */
  readonly within?: number;
}

const times = hard ? 10 : 1;
const ways: readonly Way[] = [
  { way: 'exit', count: 8, code: 3 },
  { way: 'throw', count: 4, code: 1 },
  { way: 'reject', count: 4, code: 1 },
  { way: 'signal', count: 6, code: null, signal: 'SIGTERM' },
  { way: 'signal', count: 6, code: null, signal: 'SIGINT' },
  { way: 'natural', count: 4, code: 0 },
  { way: 'unwatched', count: 2, code: 0, within: 10 },
  { way: 'workers', count: 4, code: 3 },
  { way: 'exitInExitHandler', count: 2, code: 3 },
];

// A product caught by the exit of the process waited for threads that no longer were.
describe.skipIf(withoutAddon)(`the end of the process at any time of a fit${onNative}`, () => {
  for (const { way, count, code, signal, within = 2 } of ways) {
    const total = count * times;
    it(`${signal ?? way}, ${total} times: ends at once, with code ${code}`, { timeout: 600_000 }, async () => {
      const moments = Array.from({ length: total }, () => Math.round(Math.random() * 120));
      const ends = await inParallel(moments, 3, (moment) => {
        const options: ChildOptions = { args: [way, moment], signal, limit: 30 };
        return runChild('ending.mjs', options);
      });
      ends.forEach((end, i) => {
        const about = `at ${moments[i]} ms: ${end.stderr.slice(-2000)}`;
        expect(end.hung, about).toBe(false);
        expect({ code: end.code, signal: end.signal }, about).toEqual({ code, signal: signal ?? null });
        expect(end.stdout, about).toContain('now');
        expect(end.seconds, about).toBeLessThan(within);
      });
    });
  }
});
