import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataset, writeShards } from '../../lib/index.js';
import { hard, onNative, resultOf, runChild, withoutAddon } from './child.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blasnet-reading-'));
  const features = Float32Array.from({ length: 2000 * 48 }, (_, i) => ((i * 7919) % 1009) / 1009);
  const labels = Array.from({ length: 2000 }, (_, i) => Math.floor(features[i * 48] * 6));
  await writeShards(folder, dataset({ features, labels, width: 48, classes: 6 }), { samplesPerShard: 700 });
});
afterAll(() => rm(folder, { recursive: true }));

describe.skipIf(withoutAddon)(`reading ahead${onNative}`, { timeout: 300_000 }, () => {
  it('faults of every kind at every place are errors with a code, and the next fit is as ever', async () => {
    const ended = await runChild('reading.mjs', { args: ['faults', folder], execArgv: ['--expose-gc'] });
    const { same, refused, codes, bytes } = resultOf<{
      same: boolean;
      refused: number;
      codes: string[];
      bytes: number;
    }>(ended);
    expect(codes.filter((code) => !/^ERR_/.test(code))).toEqual([]);
    expect([same, bytes]).toEqual([true, 0]);
    expect(refused).toBeGreaterThan(50);
  });

  it('worker threads ended in the middle leave nothing behind', async () => {
    expect(resultOf(await runChild('reading.mjs', { args: ['workers', folder] }))).toEqual({ same: true });
  });

  it('the process exits in the middle, at once', async () => {
    for (let round = 0; round < (hard ? 50 : 5); round++) {
      const { code, signal, hung, seconds } = await runChild('reading.mjs', { args: ['exit', folder], limit: 30 });
      expect({ code, signal, hung }).toEqual({ code: 0, signal: null, hung: false });
      expect(seconds).toBeLessThan(5);
    }
  });
});
