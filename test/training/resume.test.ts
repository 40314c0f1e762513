import { describe, expect, it, vi } from 'vitest';
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
import { expectSameState } from '../support/arenas.js';
import { rejectionOf } from '../support/errors.js';
import { abortAfter, comparable } from '../support/interrupted.js';
import { blobs } from '../support/networks.js';
import { collectWarnings, runFolders } from '../support/runs.js';

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

const newFolder = runFolders('resume');
const warnings = collectWarnings();

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
      expectSameState(last, whole);
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
    expectSameState(last, whole);
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
    expectSameState(last, whole);
  });

  it('that had come to its end is at its end, and goes on where it gets more epochs', async () => {
    const folder = newFolder();
    const options = { batchSize: 25, optimizer: adam({ learningRate: 0.01 }) };
    const [network, whole] = [make(engine, 8), make(engine, 8)];
    const done = await network.fit(data, { ...options, epochs: 2, callbacks: [checkpoint(folder)] });
    const again = make(engine);
    expect(comparable(await again.fit(data, { ...options, epochs: 2, resume: folder }))).toEqual(comparable(done));
    expectSameState(again, network);
    const wanted = await whole.fit(data, { ...options, epochs: 5 });
    const longer = make(engine);
    expect(comparable(await longer.fit(data, { ...options, epochs: 5, resume: folder }))).toEqual(comparable(wanted));
    expectSameState(longer, whole);
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
      expectSameState(last, whole);
      const other = { ...options, augmentation: [rotation(20), elasticDistortion()], resume: folder };
      const error = await rejectionOf(network(2).fit(source, other).then());
      expect(error.message).toContain('another augmentation');
    }
  });

  it('looks at its data to know it again only where a checkpoint may be read or written', async () => {
    const shardFolder = newFolder();
    await writeShards(shardFolder, data, { samplesPerShard: 50 });
    for (const source of [data, await shards(shardFolder, { window: 40 })]) {
      const look = vi.spyOn(source, 'select');
      const network = () => new Network({ inputs: 6, layers: [dense(3)], seed: 1, engine });
      await network().fit(source, { epochs: 1 });
      expect(look).toHaveBeenCalledTimes(0);
      const folder = newFolder();
      await network().fit(source, { epochs: 1, callbacks: [checkpoint(folder)] });
      expect(look).toHaveBeenCalledTimes(1);
      await network().fit(source, { epochs: 1, resume: folder });
      expect(look).toHaveBeenCalledTimes(2);
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
    expectSameState(network, whole);
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
