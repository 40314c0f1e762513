import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  checkpoint,
  dense,
  dropout,
  elasticDistortion,
  hooks,
  Network,
  noise,
  rotation,
  shards,
  syntheticDigits,
  writeShards,
  type FitOptions,
  type ShardedDataset,
} from '../../lib/index.js';
import { engineRows } from '../support/engines.js';

/* Where a resumed fit finds its samples again: in shards, in memory, and with other images made of them. */

const { train } = syntheticDigits({ train: 400, test: 1 });
const engines = engineRows.some(({ native }) => native) ? (['native', 'reference'] as const) : (['reference'] as const);
let folder: string;
let set: ShardedDataset;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blasnet-resume-data-'));
  await writeShards(join(folder, 'shards'), train, { samplesPerShard: 150 });
  set = await shards(join(folder, 'shards'), { window: 100 });
});
afterAll(() => rm(folder, { recursive: true }));

const augmentation = [rotation(10), elasticDistortion(), noise(0.01)];
const options: FitOptions = { epochs: 2, batchSize: 32 };

describe.each(engines)('on the %s engine', (engine) => {
  const make = (seed: number) => new Network({ inputs: 784, layers: [dropout(0.1), dense(10)], seed, engine });
  const bits = (network: Network) => network.readParameter('dense1.kernel');

  async function interrupted(path: string, data: ShardedDataset | typeof train, more: FitOptions, at: number) {
    const controller = new AbortController();
    const stop = hooks({
      onStepEnd: ({ step }) => {
        if (step === at) controller.abort(new Error('interrupted'));
      },
    });
    const callbacks = [stop, checkpoint(path)];
    const fit = make(3).fit(data, { ...options, ...more, callbacks, signal: controller.signal });
    await expect(fit).rejects.toThrow('interrupted');
  }

  it.each<[string, () => ShardedDataset | typeof train, FitOptions]>([
    ['shards', () => set, {}],
    ['shards with augmentation', () => set, { augmentation }],
    ['memory with augmentation', () => train, { augmentation }],
  ])(
    'from %s ends with the bits of one that was never interrupted, whatever its own seed',
    async (name, data, more) => {
      const whole = make(3);
      await whole.fit(data(), { ...options, ...more });
      for (const at of [2, 7, 13, 20]) {
        const path = join(folder, `${engine} ${name} ${at}`);
        await interrupted(path, data(), more, at);
        const resumed = make(99);
        await resumed.fit(data(), { ...options, ...more, resume: path });
        expect(bits(resumed), `interrupted at step ${at}`).toEqual(bits(whole));
      }
    },
  );

  it('is refused with other augmentation or another window, which would end elsewhere', async () => {
    const path = join(folder, `${engine} conditions`);
    await interrupted(path, set, { augmentation }, 3);
    const other = await shards(join(folder, 'shards'), { window: 200 });
    await expect(make(3).fit(set, { ...options, resume: path })).rejects.toThrow(/another augmentation/);
    await expect(make(3).fit(other, { ...options, augmentation, resume: path })).rejects.toThrow(
      /another data.*window/,
    );
  });
});
