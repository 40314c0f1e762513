import { describe, expect, it } from 'vitest';
import { hard, onNative, resultOf, runChild, withoutAddon } from './child.js';

const counts = { native: hard ? 100 : 5, reference: hard ? 10 : 1 };

describe('arrays taken away right after a call', () => {
  for (const [engine, rounds] of Object.entries(counts)) {
    const skipped = engine === 'native' && withoutAddon;
    it.skipIf(skipped)(
      `overwritten, transferred, posted, shrunk, ${rounds} times each: the ${engine} engine has its own${skipped ? onNative : ''}`,
      { timeout: 600_000 },
      async () => {
        const ended = await runChild('arrays.mjs', {
          args: [rounds],
          env: { BLASNET_ENGINE: engine },
          limit: hard ? 500 : 240,
        });
        expect(resultOf<{ different: string[] }>(ended).different).toEqual([]);
      },
    );
  }
});
