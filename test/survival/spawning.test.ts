import { describe, expect, it } from 'vitest';
import { hard, onNative, resultOf, runChild, withoutAddon } from './child.js';

interface Report {
  undisturbed: string;
  different: number;
  fits: number;
}

const count = hard ? 3000 : 300;

// OpenBLAS joins its threads in a fork; caught in a product it waited for ever. BLAS itself is used at the lowest level.
describe.skipIf(withoutAddon)(`child processes started during fits${onNative}`, () => {
  for (const simd of ['', 'baseline']) {
    for (const where of ['main', 'worker']) {
      const how = `${simd === '' ? 'own kernels' : 'BLAS'} in the ${where} thread`;
      it(`${count} spawned, with ${how}: the same weights`, { timeout: 600_000 }, async () => {
        const env = { BLASNET_SIMD: simd };
        const ended = await runChild('spawning.mjs', { args: [count, where], env, limit: 500 });
        const { different, fits } = resultOf<Report>(ended);
        expect(fits).toBeGreaterThan(0);
        expect(different).toBe(0);
      });
    }
  }
});
