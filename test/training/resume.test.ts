import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  activation,
  adam,
  batchNorm,
  checkpoint,
  cosineSchedule,
  dense,
  dropout,
  earlyStopping,
  elasticDistortion,
  engineInfo,
  hooks,
  inputNormalization,
  l2,
  Network,
  reduceLearningRateOnPlateau,
  rotation,
  shards,
  syntheticDigits,
  Trainer,
  writeShards,
  type Callback,
  type FitOptions,
  type History,
} from '../../lib/index.js';
import { RandomStream } from '../../lib/core/random.js';
import { makeRow, optimizerRows, titleOf } from '../optimizers/table.js';
import { expectSameBits } from '../support/compare.js';
import { rejectionOf, thrownBy } from '../support/errors.js';
import { blobs } from '../support/networks.js';

const engines = engineInfo().engine === 'native' ? (['native', 'reference'] as const) : (['reference'] as const);
type EngineName = (typeof engines)[number];
const data = blobs(100, 6, 3);
const held = blobs(30, 6, 3, 2);
const layers = [
  inputNormalization(),
  dropout(0.2),
  dense(9, { regularizer: l2(0.01) }),
  batchNorm(),
  activation('relu'),
  dense(3),
];
const make = (engine: EngineName, seed?: number) => new Network({ inputs: 6, layers, seed, engine });
const STEPS = 21;

let count = 0;
const newFolder = () => join(root, `run${count++}`);
const root = mkdtempSync(join(tmpdir(), 'blasnet-resume-'));
afterAll(() => rmSync(root, { recursive: true }));

const warnings: string[] = [];
beforeEach(() => {
  warnings.length = 0;
  vi.spyOn(process, 'emitWarning').mockImplementation((warning) => void warnings.push(String(warning)));
});
afterEach(() => vi.restoreAllMocks());

/** A history without what no two runs share. */
function comparable({ epochs, stepLoss, stepDataLoss, stepGradientNorm, stopped, seed, steps }: History) {
  const timeless = epochs.map(({ seconds, samplesPerSecond, ...record }) => {
    expect(seconds + samplesPerSecond).toBeGreaterThan(0);
    return record;
  });
  return { timeless, stepLoss, stepDataLoss, stepGradientNorm, stopped, seed, steps };
}

/** Parameters, state, and the optimizer's arrays. */
function bitsOf(network: Network, slots: number): Float32Array[] {
  const { store, architecture } = network;
  const all = [Float32Array.from(store.read('parameters', 0, architecture.arenaSize))];
  for (let slot = 0; slot < slots; slot++)
    all.push(Float32Array.from(store.read('slots', 0, architecture.arenaSize, slot)));
  return all;
}

function expectSame(a: Network, b: Network, slots: number): void {
  const wanted = bitsOf(b, slots);
  bitsOf(a, slots).forEach((values, i) => expectSameBits(values, wanted[i]));
  expect([a.step, a.seed]).toEqual([b.step, b.seed]);
}

/** Aborts a fit when so many of its steps are done. */
function abortAfter(steps: number): { signal: AbortSignal; callback: Callback } {
  const controller = new AbortController();
  const onStepEnd = ({ step }: { step: number }) => {
    if (step === steps) controller.abort(new Error('interrupted'));
  };
  return { signal: controller.signal, callback: hooks({ onStepEnd }) };
}

describe.each(engines)('a resumed fit on the %s engine', (engine) => {
  // Where fits are interrupted is drawn anew for every optimizer, and is the same in every run of the tests.
  it.each(optimizerRows.map((row, i) => [titleOf(row), row, i] as const))(
    'ends with the same bits: %s',
    async (_, row, i) => {
      const options = (): FitOptions => ({
        epochs: 3,
        batchSize: 16,
        seed: 7,
        validation: held,
        optimizer: makeRow(row, { learningRate: cosineSchedule({ initial: 0.05, steps: STEPS }), clipNorm: 5 }),
        callbacks: [reduceLearningRateOnPlateau({ monitor: 'valLoss', minimumChange: 0.2, patience: 1, factor: 0.5 })],
      });
      const whole = make(engine, 3);
      const wanted = await whole.fit(data, options());
      expect(wanted.steps).toBe(STEPS);
      const random = new RandomStream(i, 99);
      const first = 1 + random.integer(9);
      const at = [first, first + 1 + random.integer(9)];
      // The first part begins with the seed of the whole; those that follow have others.
      const folder = newFolder();
      const { signal, callback } = abortAfter(at[0]);
      const begun = make(engine, 3);
      const { callbacks = [] } = options();
      const fit = begun.fit(data, { ...options(), signal, callbacks: [...callbacks, callback, checkpoint(folder)] });
      await expect(fit).rejects.toThrow('interrupted');
      const next = abortAfter(at[1]);
      const other = make(engine, 50);
      const again = {
        ...options(),
        callbacks: [...callbacks, next.callback, checkpoint(folder)],
        signal: next.signal,
        resume: folder,
      };
      await expect(other.fit(data, again)).rejects.toThrow('interrupted');
      const last = make(engine, 60);
      const history = await last.fit(data, { ...options(), resume: folder });
      expect(comparable(history)).toEqual(comparable(wanted));
      expectSame(last, whole, makeRow(row).slots);
      expect(warnings).toEqual([]);
    },
  );

  it('may be interrupted at every step, and at the end of an epoch', async () => {
    const options = () => ({ epochs: 3, batchSize: 16, seed: 5, optimizer: adam({ learningRate: 0.01 }) });
    const folder = newFolder();
    const [whole, begun] = [make(engine, 4), make(engine, 4)];
    const wanted = await whole.fit(data, options());
    const { signal, callback } = abortAfter(1);
    await expect(begun.fit(data, { ...options(), signal, callbacks: [callback, checkpoint(folder)] })).rejects.toThrow(
      'interrupted',
    );
    for (let step = 2; step < STEPS; step++) {
      const part = abortAfter(step);
      const callbacks = [part.callback, checkpoint(folder)];
      const fit = make(engine, step).fit(data, { ...options(), signal: part.signal, callbacks, resume: folder });
      await expect(fit).rejects.toThrow('interrupted');
    }
    const last = make(engine);
    const history = await last.fit(data, { ...options(), resume: folder });
    expect(comparable(history)).toEqual(comparable(wanted));
    expectSame(last, whole, 2);
  });

  it('knows what its callbacks knew: the best weights, how long they have waited, the reduced rate', async () => {
    const folder = newFolder();
    const options = () => ({
      epochs: 40,
      batchSize: 25,
      validation: held,
      optimizer: adam({ learningRate: 0.05 }),
      callbacks: [
        earlyStopping({ patience: 4 }),
        reduceLearningRateOnPlateau({ patience: 2, factor: 0.5 }),
      ] as Callback[],
    });
    const [whole, begun] = [make(engine, 6), make(engine, 6)];
    const wanted = await whole.fit(data, options());
    expect(wanted.stopped).toContain('valLoss');
    const bestAt = wanted.epochs.length - 4;
    const { signal, callback } = abortAfter(4 * bestAt + 6);
    const { callbacks } = options();
    const fit = begun.fit(data, { ...options(), signal, callbacks: [callback, checkpoint(folder), ...callbacks] });
    await expect(fit).rejects.toThrow('interrupted');
    const last = make(engine);
    const history = await last.fit(data, { ...options(), resume: folder });
    expect(comparable(history)).toEqual(comparable(wanted));
    expectSame(last, whole, 0);
  });

  it('that had come to its end is at its end, and goes on where it gets more epochs', async () => {
    const folder = newFolder();
    const options = { batchSize: 25, optimizer: adam({ learningRate: 0.01 }) };
    const [network, whole] = [make(engine, 8), make(engine, 8)];
    const done = await network.fit(data, { ...options, epochs: 2, callbacks: [checkpoint(folder)] });
    const again = make(engine);
    expect(comparable(await again.fit(data, { ...options, epochs: 2, resume: folder }))).toEqual(comparable(done));
    expectSame(again, network, 2);
    const wanted = await whole.fit(data, { ...options, epochs: 5 });
    const longer = make(engine);
    expect(comparable(await longer.fit(data, { ...options, epochs: 5, resume: folder }))).toEqual(comparable(wanted));
    expectSame(longer, whole, 2);
  });

  it('makes the same images again, from shards as well', async () => {
    const { train } = syntheticDigits({ train: 120, test: 1 });
    const shardFolder = newFolder();
    await writeShards(shardFolder, train, { samplesPerShard: 50 });
    for (const source of [train, await shards(shardFolder, { window: 40 })]) {
      const folder = newFolder();
      const network = (seed: number) => new Network({ inputs: 784, layers: [dense(6), dense(10)], seed, engine });
      const options = { epochs: 2, batchSize: 16, augmentation: [rotation(10), elasticDistortion()] };
      const [whole, begun, last] = [network(2), network(2), network(3)];
      const wanted = await whole.fit(source, options);
      const { signal, callback } = abortAfter(11);
      const fit = begun.fit(source, { ...options, signal, callbacks: [callback, checkpoint(folder)] });
      await expect(fit).rejects.toThrow('interrupted');
      expect(comparable(await last.fit(source, { ...options, resume: folder }))).toEqual(comparable(wanted));
      expectSame(last, whole, 2);
      const other = { ...options, augmentation: [rotation(20), elasticDistortion()], resume: folder };
      const error = await rejectionOf(network(2).fit(source, other).then());
      expect(error.message).toContain('another augmentation');
    }
  });

  it('goes on with its trainer, whose earlier fits count', async () => {
    const folder = newFolder();
    const options = { batchSize: 25, epochs: 2 };
    const twice = async (network: Network, interrupt: boolean) => {
      const trainer = new Trainer(network, { optimizer: adam({ learningRate: (step) => 0.1 / (1 + step) }) });
      await trainer.fit(data, options);
      if (!interrupt) return trainer.fit(data, options);
      const { signal, callback } = abortAfter(5);
      await expect(
        trainer.fit(data, { ...options, signal, callbacks: [callback, checkpoint(folder)] }),
      ).rejects.toThrow();
      const other = make(engine);
      const next = new Trainer(other, { optimizer: adam({ learningRate: (step) => 0.1 / (1 + step) }) });
      return [other, await next.fit(data, { ...options, resume: folder })] as const;
    };
    const whole = make(engine, 9);
    const wanted = (await twice(whole, false)) as History;
    const [network, history] = (await twice(make(engine, 9), true)) as [Network, History];
    expect(comparable(history)).toEqual(comparable(wanted));
    expectSame(network, whole, 2);
  });

  it('says when the other engine made the checkpoint', async () => {
    const folder = newFolder();
    await make(engine, 1).fit(data, { epochs: 1, callbacks: [checkpoint(folder)] });
    const other = engine === 'native' ? 'reference' : 'native';
    if (!(engines as readonly string[]).includes(other)) return;
    await make(other, 1).fit(data, { epochs: 2, resume: folder });
    expect(warnings.join()).toContain('the last bits may differ');
  });
});

describe('checkpoints', () => {
  const fit = (folder: string, options: FitOptions = {}, network = make(engines[0], 1)) =>
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
    const network = make(engines[0], 1);
    await network.fit(data, { epochs: 4, batchSize: 25, validation: held, learningRate: 0.1, callbacks });
    expect(files(folder)).toEqual(['best.safetensors', 'step-000000015.safetensors', 'step-000000016.safetensors']);
    const { loss } = await (await Network.load(join(folder, 'best.safetensors'))).evaluate(held);
    expect(loss).toBeCloseTo(Math.min(...best), 6);
    const { loss: last } = await (await Network.load(join(folder, 'step-000000016.safetensors'))).evaluate(held);
    expect(last).toBeCloseTo(best[3], 6);
  });

  it('come by epochs, and by minutes', async () => {
    const [epochs, minutes] = [newFolder(), newFolder()];
    await make(engines[0]).fit(data, {
      epochs: 5,
      batchSize: 25,
      callbacks: [checkpoint(epochs, { every: { epochs: 2 }, keep: 9 })],
    });
    expect(files(epochs)).toEqual(['000008', '000016', '000020'].map((step) => `step-000${step}.safetensors`));
    const every = { minutes: 1e-6 };
    await make(engines[0]).fit(data, {
      epochs: 1,
      batchSize: 25,
      callbacks: [checkpoint(minutes, { every, keep: 9 })],
    });
    expect(files(minutes).length).toBeGreaterThan(1);
  });

  it('of another run are in nobody’s way', async () => {
    const folder = newFolder();
    await fit(folder);
    const network = make(engines[0], 1);
    const error = await rejectionOf(fit(folder, {}, network).then());
    expect(error).toMatchObject({ name: 'CheckpointError', code: 'ERR_CHECKPOINT_EXISTS' });
    expect(network.step).toBe(0);
  });

  it.each([
    [
      'another network',
      {},
      () => new Network({ inputs: 6, layers: [dense(3)], engine: engines[0] }),
      'another network',
    ],
    ['another optimizer', { optimizer: 'sgd' }, undefined, 'another optimizer'],
    ['another rate', { learningRate: 0.5 }, undefined, 'another optimizer'],
    ['another batch size', { batchSize: 20 }, undefined, 'another batchSize'],
    ['another order', { shuffle: false }, undefined, 'another shuffle'],
    ['another seed', { seed: 12345 }, undefined, 'another seed'],
  ] as const)('of %s are refused, and the network stays as it is', async (_, options, other, said) => {
    const folder = newFolder();
    await fit(folder);
    const network = other?.() ?? make(engines[0], 2);
    const before = network.readParameter('dense1.kernel');
    const error = await rejectionOf(network.fit(data, { batchSize: 25, ...options, resume: folder }).then());
    expect(error.code).toBe('ERR_CHECKPOINT_FOREIGN');
    expect(error.message).toContain(said);
    expectSameBits(network.readParameter('dense1.kernel'), before);
    expect(network.step).toBe(0);
  });

  it('that are damaged anywhere are found, and the one before takes their place, said once', async () => {
    const folder = newFolder();
    const whole = make(engines[0], 1);
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
      const error = await rejectionOf(make(engines[0]).fit(data, { batchSize: 25, resume: newest }).then());
      expect(error.code).toBe('ERR_CHECKPOINT_CORRUPT');
    }
    for (const length of [0, 5, 8, 60, 2000, bytes.length - 1]) {
      writeFileSync(newest, bytes.subarray(0, length));
      const error = await rejectionOf(make(engines[0]).fit(data, { batchSize: 25, resume: newest }).then());
      expect(error.code).toBe('ERR_CHECKPOINT_CORRUPT');
    }
    const network = make(engines[0]);
    await fit(folder, { resume: folder }, network);
    expectSame(network, whole, 2);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('Going on from step-000000012.safetensors');
    expect(files(folder)).toContain('step-000000016.safetensors.damaged');
    for (const name of files(folder)) writeFileSync(join(folder, name), 'rubbish');
    const error = await rejectionOf(fit(folder, { resume: folder }).then());
    expect(error.code).toBe('ERR_CHECKPOINT_CORRUPT');
  });

  it('of another version, other files and missing ones have errors of their own', async () => {
    const folder = newFolder();
    const network = make(engines[0], 1);
    await fit(folder, {}, network);
    const model = join(root, 'model.safetensors');
    await network.save(model);
    const codeOf = async (resume: string) =>
      (await rejectionOf(network.fit(data, { batchSize: 25, resume }).then())).code;
    expect(await codeOf(model)).toBe('ERR_CHECKPOINT_FOREIGN');
    expect(await codeOf(join(root, 'none.safetensors'))).toBe('ERR_CHECKPOINT_MISSING');
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
