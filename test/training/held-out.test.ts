import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  dense,
  earlyStopping,
  engineInfo,
  estimateFit,
  Network,
  shards,
  syntheticDigits,
  topK,
  writeShards,
  type ShardedDataset,
} from '../../lib/index.js';
import { rejectionOf } from '../support/errors.js';

const engines = engineInfo().engine === 'native' ? (['native', 'reference'] as const) : (['reference'] as const);

/* More than one part of 8 MB: 14,336 images, and the rest. */
const { train, test } = syntheticDigits({ train: 600, test: 15_000 });
const root = mkdtempSync(join(tmpdir(), 'blasnet-held-'));
afterAll(() => rmSync(root, { recursive: true }));
let held: ShardedDataset;
beforeAll(async () => {
  await writeShards(join(root, 'held'), test, { samplesPerShard: 4000 });
  held = await shards(join(root, 'held'));
});

describe.each(engines)('data in shards, on the %s engine', (engine) => {
  const make = () => new Network({ inputs: 784, layers: [dense(10)], seed: 2, engine });
  const metrics = ['accuracy', 'confusionMatrix', 'f1', topK(3)] as const;

  it('is evaluated as it is in memory, to the bit', async () => {
    const network = make();
    await network.fit(train, { epochs: 1 });
    const wanted = await network.evaluate(test, { metrics });
    expect(wanted.accuracy).toBeGreaterThan(0.2);
    expect(await network.evaluate(held, { metrics })).toEqual(wanted);
    expect(await network.evaluate(held)).toEqual(await network.evaluate(test));
  });

  it('validates a fit, callbacks and all', async () => {
    const recordOf = async (validation: ShardedDataset | typeof test) => {
      const callbacks = [earlyStopping({ monitor: 'valAccuracy', patience: 3 })];
      const { epochs } = await make().fit(train, { epochs: 2, validation, metrics: ['f1'], callbacks });
      return epochs.map(({ valLoss, valAccuracy, valMetrics }) => ({ valLoss, valAccuracy, valMetrics }));
    };
    expect(await recordOf(held)).toEqual(await recordOf(test));
  });

  it('that does not fit is refused at once', async () => {
    const network = new Network({ inputs: 3, layers: [dense(10)], engine });
    expect((await rejectionOf(network.evaluate(held))).message).toContain('Expected 3 features per sample');
    const few = new Network({ inputs: 784, layers: [dense(4)], engine });
    expect((await rejectionOf(few.evaluate(held))).code).toBe('ERR_DATA_LABELS');
    const regression = new Network({ inputs: 784, layers: [dense(1)], loss: 'meanSquaredError', engine });
    expect((await rejectionOf(regression.evaluate(held))).code).toBe('ERR_SHAPE');
  });

  it('that is damaged meanwhile ends the evaluation with an error, and the network goes on', async () => {
    const folder = join(root, `damaged ${engine}`);
    const paths = await writeShards(folder, test, { samplesPerShard: 4000 });
    const damaged = await shards(folder);
    truncateSync(paths[3], 1000);
    const network = make();
    const error = await rejectionOf(network.evaluate(damaged));
    expect(error).toMatchObject({ name: 'FormatError' });
    expect(error.message).toContain(paths[3]);
    expect(await network.evaluate(held)).toEqual(await network.evaluate(test));
  });

  it('is part of an estimate', async () => {
    const { bytes, seconds } = await estimateFit(make(), train, { epochs: 2, validation: held });
    expect(bytes.data).toBe(600 * (784 + 4));
    expect(seconds).toBeGreaterThan(0);
  });
});
