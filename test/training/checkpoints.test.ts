import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { batchNorm, checkpoint, dense, dropout, engineInfo, hooks, Network, type FitOptions } from '../../lib/index.js';
import { RandomStream } from '../../lib/core/random.js';
import { expectSameState } from '../support/arenas.js';
import { expectSameBits } from '../support/compare.js';
import { rejectionOf, thrownBy } from '../support/errors.js';
import { blobs } from '../support/networks.js';
import { collectWarnings, runFolders } from '../support/runs.js';

const { engine } = engineInfo();
const data = blobs(100, 6, 3);
const held = blobs(30, 6, 3, 2);
const layers = [dropout(0.2), dense(9, { activation: 'relu' }), batchNorm(), dense(3)];
const make = (seed?: number) => new Network({ inputs: 6, layers, seed, engine });

const newFolder = runFolders('checkpoints');
const warnings = collectWarnings();

describe('checkpoints', () => {
  const fit = (folder: string, options: FitOptions = {}, network = make(1)) =>
    network.fit(data, {
      epochs: 4,
      batchSize: 25,
      ...options,
      callbacks: [checkpoint(folder), ...(options.callbacks ?? [])],
    });
  const files = (folder: string) => readdirSync(folder).sort();

  it('are the newest two, and the best', async () => {
    const folder = newFolder();
    const best: number[] = [];
    const callbacks = [
      hooks({ onEpochEnd: ({ valLoss }) => void best.push(valLoss!) }),
      checkpoint(folder, { every: { steps: 3 }, best: 'valLoss' }),
    ];
    const network = make(1);
    await network.fit(data, { epochs: 4, batchSize: 25, validation: held, learningRate: 0.1, callbacks });
    expect(files(folder)).toEqual(['best.safetensors', 'step-000000015.safetensors', 'step-000000016.safetensors']);
    const { loss } = await (await Network.load(join(folder, 'best.safetensors'))).evaluate(held);
    expect(loss).toBeCloseTo(Math.min(...best), 6);
    const { loss: last } = await (await Network.load(join(folder, 'step-000000016.safetensors'))).evaluate(held);
    expect(last).toBeCloseTo(best[3], 6);
  });

  it('come by epochs, and by minutes', async () => {
    const [epochs, minutes] = [newFolder(), newFolder()];
    await make().fit(data, {
      epochs: 5,
      batchSize: 25,
      callbacks: [checkpoint(epochs, { every: { epochs: 2 }, keep: 9 })],
    });
    expect(files(epochs)).toEqual(['000008', '000016', '000020'].map((step) => `step-000${step}.safetensors`));
    const every = { minutes: 1e-6 };
    await make().fit(data, {
      epochs: 1,
      batchSize: 25,
      callbacks: [checkpoint(minutes, { every, keep: 9 })],
    });
    expect(files(minutes).length).toBeGreaterThan(1);
  });

  it('of another run are in nobody’s way', async () => {
    const folder = newFolder();
    await fit(folder);
    const network = make(1);
    const error = await rejectionOf(fit(folder, {}, network).then());
    expect(error).toMatchObject({ name: 'CheckpointError', code: 'ERR_CHECKPOINT_EXISTS' });
    expect(network.step).toBe(0);
  });

  it.each([
    ['another network', {}, () => new Network({ inputs: 6, layers: [dense(3)], engine }), 'another network'],
    ['another optimizer', { optimizer: 'sgd' }, undefined, 'another optimizer'],
    ['another rate', { learningRate: 0.5 }, undefined, 'another optimizer'],
    ['another batch size', { batchSize: 20 }, undefined, 'another batchSize'],
    ['another order', { shuffle: false }, undefined, 'another shuffle'],
    ['another seed', { seed: 12345 }, undefined, 'another seed'],
  ] as const)('of %s are refused, and the network stays as it is', async (_, options, other, said) => {
    const folder = newFolder();
    await fit(folder);
    const network = other?.() ?? make(2);
    const before = network.readParameter('dense1.kernel');
    const error = await rejectionOf(network.fit(data, { batchSize: 25, ...options, resume: folder }).then());
    expect(error.code).toBe('ERR_CHECKPOINT_FOREIGN');
    expect(error.message).toContain(said);
    expectSameBits(network.readParameter('dense1.kernel'), before);
    expect(network.step).toBe(0);
  });

  it('that are damaged anywhere are found, and the one before takes their place, said once', async () => {
    const folder = newFolder();
    const whole = make(1);
    await fit(folder, {}, whole);
    const newest = join(folder, files(folder)[1]);
    const bytes = readFileSync(newest);
    const random = new RandomStream(5, 98);
    const places = [
      0,
      7,
      8,
      30,
      40,
      100,
      bytes.length - 1,
      ...Array.from({ length: 40 }, () => random.integer(bytes.length)),
    ];
    for (const place of places) {
      const damaged = Buffer.from(bytes);
      damaged[place] ^= 1 << random.integer(8);
      writeFileSync(newest, damaged);
      const error = await rejectionOf(make().fit(data, { batchSize: 25, resume: newest }).then());
      expect(error.code).toBe('ERR_CHECKPOINT_CORRUPT');
    }
    for (const length of [0, 5, 8, 60, 2000, bytes.length - 1]) {
      writeFileSync(newest, bytes.subarray(0, length));
      const error = await rejectionOf(make().fit(data, { batchSize: 25, resume: newest }).then());
      expect(error.code).toBe('ERR_CHECKPOINT_CORRUPT');
    }
    const network = make();
    await fit(folder, { resume: folder }, network);
    expectSameState(network, whole);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('Going on from step-000000012.safetensors');
    expect(files(folder)).toContain('step-000000016.safetensors.damaged');
    for (const name of files(folder)) writeFileSync(join(folder, name), 'rubbish');
    const error = await rejectionOf(fit(folder, { resume: folder }).then());
    expect(error.code).toBe('ERR_CHECKPOINT_CORRUPT');
  });

  it('of another version, other files and missing ones have errors of their own', async () => {
    const folder = newFolder();
    const network = make(1);
    await fit(folder, {}, network);
    const model = `${newFolder()}.safetensors`;
    await network.save(model);
    const codeOf = async (resume: string) =>
      (await rejectionOf(network.fit(data, { batchSize: 25, resume }).then())).code;
    expect(await codeOf(model)).toBe('ERR_CHECKPOINT_FOREIGN');
    expect(await codeOf(`${newFolder()}.safetensors`)).toBe('ERR_CHECKPOINT_MISSING');
    const { createHash } = await import('node:crypto');
    const bytes = readFileSync(join(folder, files(folder)[1]));
    const text = Buffer.from(bytes.toString('latin1').replace('\\"version\\":1', '\\"version\\":2'), 'latin1');
    text.fill('0', 35, 99, 'latin1');
    text.write(createHash('sha256').update(text).digest('hex'), 35, 'latin1');
    writeFileSync(model, text);
    expect(await codeOf(model)).toBe('ERR_CHECKPOINT_VERSION');
  });

  it.each([
    [{ keep: 1 }, 'ERR_OPTION_RANGE'],
    [{ every: {} }, 'ERR_OPTION_CONFLICT'],
    [{ every: { steps: 1, epochs: 2 } }, 'ERR_OPTION_CONFLICT'],
    [{ every: { steps: 0 } }, 'ERR_OPTION_RANGE'],
    [{ every: { hours: 1 } }, 'ERR_OPTION_UNKNOWN'],
    [{ keeps: 3 }, 'ERR_OPTION_UNKNOWN'],
    [{ onError: 3 }, 'ERR_OPTION_TYPE'],
  ])('refuse %o', (options, code) => {
    expect(thrownBy(() => checkpoint('x', options as never)).code).toBe(code);
  });
});
