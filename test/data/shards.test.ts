import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeHeader, recordBytes } from '../../lib/data/shard-format.js';
import { ShardPlan, type PlanOptions } from '../../lib/data/shard-plan.js';
import {
  BlasnetError,
  dataset,
  FormatError,
  shards,
  syntheticDigits,
  writeShards,
  type Dataset,
} from '../../lib/index.js';

let folder: string;
let made = 0;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'blasnet-shards-'))));
afterAll(() => rm(folder, { recursive: true }));
const place = () => join(folder, String(made++));

const { train: digits } = syntheticDigits({ train: 250, test: 1 });
const mixed = dataset({
  features: Float32Array.from({ length: 30 * 3 }, (_, i) => i / 7),
  labels: Array.from({ length: 30 }, (_, i) => i % 4),
  targets: Float32Array.from({ length: 30 * 2 }, (_, i) => -i),
  width: 3,
});
const flat = dataset({ features: [[1.5], [2.5]], targets: [[3], [4]] });

function expectSame(got: Dataset, wanted: Dataset): void {
  expect(got.features).toEqual(wanted.features);
  expect([got.labels, got.targets, got.classes]).toEqual([wanted.labels, wanted.targets, wanted.classes]);
  expect([got.width, got.scale, got.imageShape]).toEqual([wanted.width, wanted.scale, wanted.imageShape]);
}

describe('writeShards and shards', () => {
  it.each([
    ['bytes with labels', digits, 100, 3],
    ['floats with labels and targets', mixed, 7, 5],
    ['targets alone', flat, undefined, 1],
  ])('give back %s', async (_name, data, samplesPerShard, files) => {
    const directory = place();
    const paths = await writeShards(directory, data, { samplesPerShard });
    expect(paths.length).toBe(files);
    const set = await shards(directory);
    expect([set.length, set.width, set.labelled]).toEqual([data.length, data.width, data.labels !== undefined]);
    expectSame(await set.read(0, data.length), data);
    if (data.length > 5) expectSame(await set.read(3, data.length - 4), data.slice(3, data.length - 1));
    expect((await shards(paths.slice(0, 1))).length).toBe(Math.min(data.length, samplesPerShard ?? data.length));
  });

  it('gives single samples in any order, from all files', async () => {
    const directory = place();
    await writeShards(directory, mixed, { samplesPerShard: 7 });
    const set = await shards(directory);
    for (const indices of [[29, 0, 7, 6, 7, 20], [0], [3, 4, 5], Uint32Array.of(28, 14)]) {
      expectSame(await set.select(indices), mixed.select(indices));
    }
    await expect(set.select([])).rejects.toThrow(/length of indices/);
    await expect(set.select([0, 30])).rejects.toThrow(/indices\[1\], received 30/);
    await expect(set.select([0.5])).rejects.toThrow(/indices\[0\]/);
  });

  it('takes parts that never are in memory together', async () => {
    const directory = place();
    async function* parts() {
      for (let first = 0; first < 250; first += 60) {
        await Promise.resolve();
        yield digits.slice(first, Math.min(250, first + 60));
      }
    }
    await writeShards(directory, parts(), { samplesPerShard: 80 });
    expect(await readdir(directory)).toEqual(['000000.shard', '000001.shard', '000002.shard', '000003.shard']);
    expectSame(await (await shards(directory)).read(0, 250), digits);
  });

  it('leaves nothing half written', async () => {
    const directory = place();
    const parts = function* () {
      yield digits.take(100);
      throw new TypeError('the source broke');
    };
    await expect(writeShards(directory, parts(), { samplesPerShard: 80 })).rejects.toThrow('the source broke');
    expect(await readdir(directory)).toEqual(['000000.shard']);
    await expect(writeShards(directory, digits)).rejects.toThrow(/folder without shards/);
  });

  it.each<[string, () => unknown, RegExp]>([
    ['no source', () => writeShards(place(), 3 as never), /source, received 3/],
    ['nothing', () => writeShards(place(), null as never), /source, received null/],
    ['no part', () => writeShards(place(), []), /at least one part/],
    ['what is no part', () => writeShards(place(), ['a'] as never), /a part, received "a"/],
    ['parts that differ', () => writeShards(place(), [digits, mixed]), /equal width/],
    ['a label beyond the classes', () => writeShards(place(), digits, { classes: 3 }), /below 3/],
    [
      'a folder that is a file',
      async () => writeShards(join((await writeShards(place(), flat))[0], 'x'), flat),
      /Could not write/,
    ],
  ])('refuse %s', async (_name, make, message) => {
    await expect(make()).rejects.toThrow(BlasnetError);
    await expect(make()).rejects.toThrow(message);
  });
});

describe('a shard that is not what it should be', () => {
  const spoilt = async (spoil: (path: string) => Promise<unknown>) => {
    const directory = place();
    const [, second] = await writeShards(directory, digits, { samplesPerShard: 100 });
    await spoil(second);
    return directory;
  };
  const patch = (at: number, bytes: readonly number[]) => async (path: string) => {
    const content = await readFile(path);
    content.set(bytes, at);
    await writeFile(path, content);
  };
  it.each<[string, (path: string) => Promise<unknown>, string, RegExp]>([
    [
      'truncated',
      (path) => truncate(path, 40_000),
      'ERR_FORMAT',
      /000001\.shard is truncated: expected 78864 bytes.*received 40000/,
    ],
    ['truncated by a byte', (path) => truncate(path, 78_863), 'ERR_FORMAT', /truncated/],
    ['truncated in its header', (path) => truncate(path, 30), 'ERR_FORMAT', /at least 64 bytes/],
    ['empty', (path) => truncate(path, 0), 'ERR_FORMAT', /at least 64 bytes/],
    ['longer', (path) => appendFile(path, 'x'), 'ERR_FORMAT', /too long/],
    ['another file', patch(0, [1]), 'ERR_FORMAT', /does not begin/],
    ['of impossible length', patch(8, [255, 255, 255, 255, 255, 255, 255, 255]), 'ERR_FORMAT', /2\^32 records/],
    ['of no width', patch(16, [0, 0, 0, 0]), 'ERR_FORMAT', /width/],
    ['of more classes', patch(20, [11]), 'ERR_FORMAT', /does not go together/],
    ['of NaN scale', patch(24, [0, 0, 0, 0, 0, 0, 248, 127]), 'ERR_FORMAT', /scale/],
    ['missing', (path) => rm(path).then(() => mkdir(path)), 'ERR_FORMAT', /no file/],
  ])('%s is found before training', async (_name, spoil, code, message) => {
    const directory = await spoilt(spoil);
    await expect(shards(directory)).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
  });

  it('never ends in anything but a FormatError, whatever its header holds', async () => {
    const [path] = await writeShards(place(), mixed);
    const whole = await readFile(path);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(63), fc.nat(255)), { maxLength: 4 }), fc.nat(80), (changes, length) => {
        const header = Uint8Array.from(whole.subarray(0, Math.min(64, length)));
        for (const [at, value] of changes) if (at < header.length) header[at] = value;
        let found: unknown;
        try {
          found = decodeHeader(path, header, whole.length);
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError);
        }
        // What is let in fits the file to the byte.
        const { layout, length: records } = (found as ReturnType<typeof decodeHeader> | undefined) ?? {};
        if (layout !== undefined) expect(64 + recordBytes(layout) * records!).toBe(whole.length);
      }),
      { numRuns: 20_000, seed: 4 },
    );
  });

  it('with a label out of range is found when it is read', async () => {
    const set = await shards(await spoilt(patch(64 + 784, [77])));
    await expect(set.read(90, 50)).rejects.toThrow(/label below 10 in record 0 of the shard .*000001\.shard, found 77/);
  });

  it('that has changed since is found when it is read', async () => {
    const directory = place();
    const [path] = await writeShards(directory, digits);
    const set = await shards(directory);
    await truncate(path, 1000);
    await expect(set.read(0, 1)).rejects.toThrow(/Expected 197064 bytes .* found 1000/);
    await rm(path);
    await expect(set.read(0, 1)).rejects.toMatchObject({ code: 'ERR_FILE_MISSING' });
  });

  it('is refused with its options', async () => {
    await expect(shards(place())).rejects.toMatchObject({ code: 'ERR_FILE_MISSING' });
    await expect(shards(folder)).rejects.toMatchObject({ code: 'ERR_FILE_MISSING' });
    await expect(shards([])).rejects.toThrow(/list of paths/);
    await expect(shards(folder, { window: 0 })).rejects.toThrow(/window/);
    const directory = place();
    await writeShards(directory, digits);
    await expect(shards(directory, { classNames: ['a'] })).rejects.toThrow(/10 names/);
  });
});

describe('the order of an epoch', () => {
  const options: fc.Arbitrary<PlanOptions> = fc.record({
    lengths: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 }),
    window: fc.integer({ min: 1, max: 100 }),
    block: fc.integer({ min: 1, max: 20 }),
    batchSize: fc.integer({ min: 1, max: 30 }),
    shuffle: fc.boolean(),
    seed: fc.nat(9),
    epoch: fc.nat(5),
  });

  /** Samples of the epoch, numbered over all shards. */
  function samplesOf(given: PlanOptions): number[] {
    const plan = new ShardPlan(given);
    const starts = given.lengths.map((_, i) => given.lengths.slice(0, i).reduce((sum, length) => sum + length, 0));
    let next = 0;
    return Array.from({ length: plan.segments }, (_, index) => {
      const { begin, end, ranges, order } = plan.segment(index);
      expect(begin).toBe(next);
      expect(begin % given.batchSize).toBe(0);
      expect([plan.indexOf(begin), plan.indexOf(end - 1)]).toEqual([index, index]);
      next = end;
      const read: number[] = [];
      for (let i = 0; i < ranges.length; i += 3) {
        for (let j = 0; j < ranges[i + 2]; j++) read.push(starts[ranges[i]] + ranges[i + 1] + j);
      }
      expect(read.length).toBe(end - begin);
      return order === undefined ? read : Array.from(order, (at) => read[at]);
    }).flat();
  }

  it('has every sample once, in segments of whole batches', () => {
    fc.assert(
      fc.property(options, (given) => {
        const length = given.lengths.reduce((sum, count) => sum + count, 0);
        const all = Array.from({ length }, (_, i) => i);
        const samples = samplesOf(given);
        expect([...samples].sort((a, b) => a - b)).toEqual(all);
        if (!given.shuffle) expect(samples).toEqual(all);
        expect(samplesOf(given)).toEqual(samples);
      }),
      { numRuns: 200, seed: 3 },
    );
  });

  it('differs from epoch to epoch and from seed to seed, and mixes all shards', () => {
    const given = { lengths: [1000, 1000], window: 500, block: 20, batchSize: 50, shuffle: true, seed: 1, epoch: 0 };
    const first = samplesOf(given);
    expect(samplesOf({ ...given, epoch: 1 })).not.toEqual(first);
    expect(samplesOf({ ...given, seed: 2 })).not.toEqual(first);
    const ofFirstShard = first.slice(0, 500).filter((sample) => sample < 1000).length;
    expect(Math.abs(ofFirstShard - 250)).toBeLessThan(120);
    // Neighbours do not stay together.
    expect(first.filter((sample, i) => i > 0 && Math.abs(sample - first[i - 1]) === 1).length).toBeLessThan(40);
  });
});
