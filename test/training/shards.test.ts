import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  dense,
  dropout,
  elasticDistortion,
  inputNormalization,
  Network,
  NonFiniteError,
  shards,
  syntheticDigits,
  writeShards,
  type ShardedDataset,
} from '../../lib/index.js';
import { addon, engineRows } from '../support/engines.js';

const { train, test } = syntheticDigits({ train: 700, test: 100 });
const engines = engineRows.some(({ native }) => native) ? (['native', 'reference'] as const) : (['reference'] as const);
let folder: string;
let set: ShardedDataset;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blasnet-shards-'));
  await writeShards(join(folder, 'digits'), train, { samplesPerShard: 300 });
  set = await shards(join(folder, 'digits'), { window: 150 });
});
afterAll(() => rm(folder, { recursive: true }));

describe.each(engines)('fit on shards with the %s engine', (engine) => {
  const network = () =>
    new Network({ inputs: 784, layers: [dense(12, { activation: 'relu' }), dropout(0.2), dense(10)], seed: 3, engine });
  const weights = (of: Network) => of.readParameter('dense1.kernel');
  const options = { epochs: 2, batchSize: 64 };

  it('ends with the bits of a fit in memory, where the order is the same', async () => {
    const [one, two] = [network(), network()];
    await one.fit(train, { ...options, shuffle: false });
    const history = await two.fit(set, { ...options, shuffle: false, validation: test });
    expect(weights(two)).toEqual(weights(one));
    expect(history.steps).toBe(2 * Math.ceil(700 / 64));
  });

  it('repeats itself by seed, with whole batches alone and with augmentation', async () => {
    const given = { ...options, partialBatch: 'drop', augmentation: [elasticDistortion()] } as const;
    const [one, two, other] = [network(), network(), network()];
    expect((await one.fit(set, given)).steps).toBe(20);
    await two.fit(set, given);
    await other.fit(set, { ...given, seed: 9 });
    expect(weights(two)).toEqual(weights(one));
    expect(weights(other)).not.toEqual(weights(one));
  });

  it('learns', async () => {
    const one = network();
    const before = await one.evaluate(test);
    await one.fit(set, { epochs: 6, batchSize: 32 });
    expect((await one.evaluate(test)).loss).toBeLessThan(0.8 * before.loss);
  });

  it('names the samples of a step that is not finite', async () => {
    const error = await Promise.resolve(network().fit(set, { ...options, optimizer: 'sgd', learningRate: 1e30 })).catch(
      (thrown: unknown) => thrown as NonFiniteError,
    );
    expect(error).toBeInstanceOf(NonFiniteError);
    const { place } = error as NonFiniteError;
    expect(place?.samples.length).toBeGreaterThan(0);
    for (const sample of place!.samples) expect(sample).toBeLessThan(700);
  });

  it('learns the inputs of a layer that normalizes them', async () => {
    const one = new Network({ inputs: 784, layers: [inputNormalization(), dense(10)], seed: 3, engine });
    await one.fit(set, options);
    expect(one.readParameter('inputNormalization1.samples')[0]).toBe(150);
  });

  it('rejects where a shard is damaged meanwhile, and frees what it had read', async () => {
    const path = join(folder, `damaged ${engine}`);
    const [shard] = await writeShards(path, train);
    const damaged = await shards(path, { window: 64 });
    const content = await readFile(shard);
    content[64 + 650 * 788 + 784] = 99;
    await writeFile(shard, content);
    const one = network();
    await expect(one.fit(damaged, { ...options, shuffle: false })).rejects.toThrow(
      /label below 10 in record 650.*found 99/,
    );
    await truncate(shard, 5000);
    await expect(one.fit(damaged, options)).rejects.toMatchObject({ code: 'ERR_FORMAT' });
    // The network goes on.
    await one.fit(set, options);
  });

  it('stops when aborted', async () => {
    const controller = new AbortController();
    const fit = network().fit(set, {
      epochs: 1000,
      batchSize: 8,
      signal: controller.signal,
      onProgress: ({ epoch }) => {
        if (epoch === 2) controller.abort(new Error('enough'));
      },
    });
    await expect(fit).rejects.toThrow('enough');
  });

  it('refuses shards that do not fit', () => {
    const one = new Network({ inputs: 784, layers: [dense(3)], seed: 3, engine });
    expect(() => one.fit(set)).toThrow(/at most 3 classes/);
    expect(() => new Network({ inputs: 7, layers: [dense(10)], engine }).fit(set)).toThrow(/7 features/);
    expect(() => network().fit(set, { batchSize: 701 })).toThrow(/at most 700/);
  });
});

describe.skipIf(addon === undefined)('the native reader', () => {
  const call = (change: Record<string, unknown> = {}) => {
    const given = {
      paths: set.paths,
      lengths: Float64Array.from(set.lengths),
      layout: Float64Array.of(784, 1, 1, 0, 1 / 255, 10),
      ranges: Float64Array.of(0, 0, 5),
      ...change,
    };
    return addon!.readShards(given.paths, given.lengths, given.layout, given.ranges);
  };
  it.each<[string, Record<string, unknown>]>([
    ['no paths', { paths: undefined }],
    ['a path that is a number', { paths: [1, 2, 3] }],
    ['too few lengths', { lengths: Float64Array.of(300) }],
    ['a length of NaN', { lengths: Float64Array.of(NaN, 300, 100) }],
    ['five numbers of layout', { layout: new Float64Array(5) }],
    ['no width', { layout: Float64Array.of(0, 1, 1, 0, 1, 10) }],
    ['half a class', { layout: Float64Array.of(784, 1, 1, 0, 1, 0.5) }],
    ['half a range', { ranges: Float64Array.of(0, 0) }],
    ['a negative range', { ranges: Float64Array.of(0, -1, 5) }],
  ])('refuses %s at once', (_name, change) => {
    expect(() => call(change)).toThrow(expect.objectContaining({ code: 'ERR_ENGINE_INPUT' }));
  });
  it.each<[string, Record<string, unknown>, RegExp]>([
    ['a range beyond its shard', { ranges: Float64Array.of(0, 298, 5) }, /outside/],
    ['a shard that is not there', { ranges: Float64Array.of(7, 0, 5) }, /outside/],
    [
      'a length beyond all files',
      { lengths: Float64Array.of(2 ** 40, 2 ** 40, 2 ** 40), layout: Float64Array.of(2 ** 30, 0, 1, 0, 1, 10) },
      /longer/,
    ],
    ['another length', { lengths: Float64Array.of(301, 300, 100) }, /Expected 237252 bytes/],
    ['a file that is gone', { paths: ['/nowhere/a.shard', 'b', 'c'] }, /Cannot open/],
    ['a folder', { paths: [tmpdir(), 'b', 'c'] }, /shard/],
  ])('rejects %s', async (_name, change, message) => {
    await expect(call(change)).rejects.toThrow(message);
  });
  it('reads nothing where nothing is asked for', async () => {
    expect(addon!.dispose(await call({ ranges: new Float64Array(0) }))).toBe(true);
  });
});
