import { describe, expect, it } from 'vitest';
import { hard, onNative, resultOf, runChild, withoutAddon } from './child.js';

interface State {
  threads: number;
  bytes: number;
  handles: string[];
}

describe.skipIf(withoutAddon)(`worker threads${onNative}`, () => {
  for (const [simd, rounds] of [
    ['', hard ? 20 : 3],
    ['baseline', hard ? 20 : 1],
  ] as const) {
    const how = simd === '' ? 'own kernels' : 'BLAS';
    it(`ended in native work, ${rounds} × 6 with ${how}: nothing is left of them`, { timeout: 600_000 }, async () => {
      const ended = await runChild('workers.mjs', {
        args: [rounds, 6],
        env: { BLASNET_SIMD: simd },
        execArgv: ['--expose-gc'],
        limit: 400,
      });
      const { before, after, different } = resultOf<{ before: State; after: State; different: number }>(ended);
      expect(after.threads).toBeLessThanOrEqual(before.threads);
      expect(after.bytes).toBe(0);
      expect(after.handles).toEqual(before.handles);
      expect(different).toBe(0);
    });
  }
});
