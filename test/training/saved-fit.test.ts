import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  BlasnetError,
  checkpoint,
  dense,
  earlyStopping,
  engineInfo,
  Network,
  reduceLearningRateOnPlateau,
  shards,
  Trainer,
  writeShards,
  type FitOptions,
} from '../../lib/index.js';
import { dataset } from '../../lib/data/index.js';
import type { SafetensorsTensor } from '../../lib/core/safetensors.js';
import { bitsOf } from '../support/arenas.js';
import { expectSameBits } from '../support/compare.js';
import { rejectionOf } from '../support/errors.js';
import { forgeCheckpoint, type Forgery } from '../support/forged-checkpoint.js';
import { abortAfter } from '../support/interrupted.js';
import { blobs } from '../support/networks.js';

/* A digest that is right proves that a file is as it was written. Here are files that somebody wrote on purpose. */

const { engine } = engineInfo();
const data = blobs(40, 5, 3);
const root = mkdtempSync(join(tmpdir(), 'blasnet-saved-'));
afterAll(() => rmSync(root, { recursive: true }));

const make = () => new Network({ inputs: 5, layers: [dense(4, { activation: 'relu' }), dense(3)], seed: 1, engine });
const options = (): FitOptions => ({
  epochs: 4,
  batchSize: 10,
  validation: blobs(20, 5, 3, 2),
  metrics: ['f1', 'confusionMatrix'],
  callbacks: [earlyStopping({ patience: 50 }), reduceLearningRateOnPlateau({ patience: 50 })],
});

/** A checkpoint from the middle of the third epoch. */
let bytes: Uint8Array;
beforeAll(async () => {
  const folder = join(root, 'run');
  const { signal, callback } = abortAfter(10);
  const { callbacks = [], ...rest } = options();
  const fit = make().fit(data, { ...rest, signal, callbacks: [...callbacks, callback, checkpoint(folder)] });
  await expect(fit).rejects.toThrow('interrupted');
  bytes = readFileSync(join(folder, readdirSync(folder).sort().at(-1)!));
});

/** Resumes from a forged checkpoint; the error, if there is one, has left everything as it was. */
async function resume(forgery: Forgery, more: FitOptions = {}) {
  const path = join(root, 'forged.safetensors');
  writeFileSync(path, forgeCheckpoint(bytes, forgery));
  const network = make();
  const trainer = new Trainer(network, {});
  const before = bitsOf(network);
  const error = await trainer.fit(data, { ...options(), ...more, resume: path }).then(
    () => undefined,
    (cause: unknown) => cause as Error,
  );
  if (error !== undefined) {
    expectSameBits(bitsOf(network)[0], before[0]);
    expect(network.step).toBe(0);
    expect((await trainer.fit(data, { ...options(), epochs: 1 })).steps).toBe(4);
  }
  expect(Object.keys(Object.prototype)).toEqual([]);
  return error;
}

const withFit = (change: (fit: Record<string, any>) => void): Forgery => ({
  fit: (text) => {
    const fit = JSON.parse(text) as Record<string, unknown>;
    change(fit);
    return JSON.stringify(fit);
  },
});

const floats = (length: number, value = 0): SafetensorsTensor => ({
  dtype: 'F32',
  shape: [length],
  data: new Float32Array(length).fill(value),
});

describe('a checkpoint with a right digest', () => {
  it('that is what was written goes on', async () => {
    expect(await resume({})).toBeUndefined();
  });

  it.each<[string, Forgery, string]>([
    ['no fit', { fit: () => 'null' }, 'an object for the fit'],
    ['a fit that is no JSON', { fit: () => '{"version":1' }, 'no checkpoint that can be read'],
    ['levels without end', { fit: () => `{"version":1,"a":${'['.repeat(1e5)}${']'.repeat(1e5)}}` }, 'cannot be'],
    ['no conditions', withFit((fit) => delete fit['conditions']), 'an object for conditions'],
    ['an unknown entry', withFit((fit) => (fit['evil'] = 1)), 'received "evil"'],
    ['no position', withFit((fit) => (fit['position'] = null)), 'an object for position'],
    [
      'another prototype for the position',
      { fit: (text) => text.replace('"position":{', '"position":{"__proto__":{"updates":1},') },
      'received "__proto__"',
    ],
    [
      'another prototype for a callback',
      { fit: (text) => text.replace('"callbacks":{', '"callbacks":{"__proto__":{"a":1},') },
      'received "__proto__"',
    ],
    ['updates below its steps', withFit((fit) => (fit['position'].updates = 3)), 'at least 10 for position.updates'],
    ['half a step', withFit((fit) => (fit['step'] = 1.5)), 'for step'],
    ['a step too far', withFit((fit) => (fit['step'] = 11)), 'for networkStep'],
    ['an epoch of its own', withFit((fit) => (fit['epoch'] = 2)), 'from 3 to 3 for epoch'],
    ['a place behind the data', withFit((fit) => (fit['first'] = 41)), 'from 0 to 40 for first'],
    ['a rate below nothing', withFit((fit) => (fit['learningRate'] = -1)), 'for learningRate'],
    ['a rate in text', withFit((fit) => (fit['learningRateFactor'] = '1')), 'for learningRateFactor'],
    ['a reason that is none', withFit((fit) => (fit['stopped'] = { a: 1 })), 'a text for stopped'],
    ['too few sums', withFit((fit) => (fit['sums'].sums = [1])), 'for number of sums'],
    ['records that are no list', withFit((fit) => (fit['records'] = { length: 1e9 })), 'a list for records'],
    ['a record without a loss', withFit((fit) => delete fit['records'][1].loss), 'a number for records[1].loss'],
    ['metrics that are a list', withFit((fit) => (fit['records'][0].valMetrics = [])), 'records[0].valMetrics'],
    ['an object in a callback', withFit((fit) => (fit['callbacks'].earlyStopping.best = {})), 'earlyStopping.best'],
    ['a seed that is none', withFit((fit) => (fit['networkSeed'] = 2 ** 53)), 'for networkSeed'],
    [
      'a lost array',
      { tensors: (all) => void all.delete('@slot1') },
      'for array 1 of the optimizer, received undefined',
    ],
    ['a short array', { tensors: (all) => void all.set('@slot0', floats(3)) }, 'received "3 in F32"'],
    ['an array of other numbers', { tensors: (all) => void all.set('@slot0', all.get('@steps')!) }, 'in F64'],
    [
      'an array that is not finite',
      { tensors: (all) => void ((all.get('@slot1')!.data as Float32Array)[7] = NaN) },
      'finite numbers for array 1 of the optimizer, at index 7, received NaN',
    ],
    [
      'a parameter that is not finite',
      { tensors: (all) => void ((all.get('dense2.kernel')!.data as Float32Array)[3] = -Infinity) },
      'finite numbers in dense2.kernel, received -Infinity at index 3',
    ],
    ['a lost parameter', { tensors: (all) => void all.delete('dense1.bias') }, 'lacks the tensor dense1.bias'],
    ['lost steps', { tensors: (all) => void all.delete('@steps') }, 'for the sums of all steps'],
  ])('and %s is refused, and nothing is touched', async (_, forgery, said) => {
    const error = await resume(forgery);
    expect(error).toMatchObject({ name: 'CheckpointError', code: 'ERR_CHECKPOINT_CORRUPT' });
    expect(error!.message).toContain(said);
  });

  it('and nonsense for a callback of ours is refused', async () => {
    for (const forgery of [
      withFit((fit) => (fit['callbacks'].earlyStopping.waited = -1)),
      withFit((fit) => (fit['callbacks'].reduceLearningRateOnPlateau.best = 'best')),
      { tensors: (all) => void all.set('@earlyStopping/parameters', floats(2)) } satisfies Forgery,
    ]) {
      const path = join(root, 'callback.safetensors');
      writeFileSync(path, forgeCheckpoint(bytes, forgery));
      const error = await rejectionOf(
        make()
          .fit(data, { ...options(), resume: path })
          .then(),
      );
      expect(error.code).toBe('ERR_CHECKPOINT_CORRUPT');
    }
  });

  it('and anything at any place of the fit goes on or is refused, and never breaks', async () => {
    const places = fc.array(fc.nat(20), { minLength: 1, maxLength: 5 });
    const values = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(-1, 1e308, 2 ** 53, 0.5, '#NaN', '#Infinity', [], {}, null),
    );
    const codes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(places, values, async (path, value) => {
        const forgery = withFit((fit) => {
          // Down by one number a level, as far as there are objects.
          let [holder, key]: [any, string] = [fit, ''];
          for (const place of path) {
            const target = key === '' ? holder : holder[key];
            if (typeof target !== 'object' || target === null || Object.keys(target as object).length === 0) break;
            holder = target;
            key = Object.keys(target as object)[place % Object.keys(target as object).length];
          }
          Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
        });
        // A seed of another size is a fit like any other, and one in the future has no end.
        const error = await resume(forgery);
        if (error === undefined) return;
        expect(error).toBeInstanceOf(BlasnetError);
        codes.add((error as BlasnetError).code);
      }),
      { numRuns: 150, seed: 20261121 },
    );
    expect([...codes].sort()).toEqual(['ERR_CHECKPOINT_CORRUPT', 'ERR_CHECKPOINT_FOREIGN', 'ERR_CHECKPOINT_VERSION']);
  });
});

describe('data that is not that of the checkpoint', () => {
  const other = dataset({
    features: (data.features as Float32Array).map((value, i) => (i === 5 * 39 ? value + 1 : value)),
    labels: data.labels!,
    width: 5,
  });
  const relabelled = dataset({
    features: data.features as Float32Array,
    labels: data.labels!.map((label, i) => (i === 0 ? (label + 1) % 3 : label)),
    width: 5,
  });

  it.each([
    ['another feature', other],
    ['another label', relabelled],
  ])('is refused for %s, and allowed by an option', async (_, others) => {
    const path = join(root, 'other.safetensors');
    writeFileSync(path, bytes);
    const error = await rejectionOf(
      make()
        .fit(others, { ...options(), resume: path })
        .then(),
    );
    expect(error.code).toBe('ERR_CHECKPOINT_FOREIGN');
    expect(error.message).toContain('allowOtherData');
    const history = await make().fit(others, { ...options(), resume: path, allowOtherData: true });
    expect(history.epochs).toHaveLength(4);
  });

  it('is refused in shards as well', async () => {
    const folders = [join(root, 'shards'), join(root, 'other shards')];
    await writeShards(folders[0], data, { samplesPerShard: 15 });
    await writeShards(folders[1], other, { samplesPerShard: 15 });
    const [right, wrong] = [await shards(folders[0]), await shards(folders[1])];
    const kept = join(root, 'run of shards');
    await make().fit(right, { ...options(), epochs: 1, callbacks: [checkpoint(kept)] });
    const error = await rejectionOf(
      make()
        .fit(wrong, { ...options(), resume: kept })
        .then(),
    );
    expect(error.message).toContain('allowOtherData');
    expect((await make().fit(right, { ...options(), resume: kept })).epochs).toHaveLength(4);
  });

  it('is told by what it was when fit was called', async () => {
    const own = { features: Float32Array.from(data.features as Float32Array), labels: data.labels!, width: 5 };
    const kept = join(root, 'run of arrays');
    const fit = make().fit(own, { ...options(), epochs: 1, callbacks: [checkpoint(kept)] });
    own.features.fill(0);
    await fit;
    expect((await make().fit(data, { ...options(), resume: kept })).epochs).toHaveLength(4);
  });
});
