import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  adam,
  cosineSchedule,
  dense,
  earlyStopping,
  engineInfo,
  historyToCsv,
  historyToJsonLines,
  hooks,
  Network,
  reduceLearningRateOnPlateau,
  timeLimit,
  type Callback,
  type EpochRecord,
  type Training,
} from '../../lib/index.js';
import { expectSameBits } from '../support/compare.js';
import { rejectionOf, thrownBy } from '../support/errors.js';
import { blobs } from '../support/networks.js';

const engines = engineInfo().engine === 'native' ? (['native', 'reference'] as const) : (['reference'] as const);
const data = blobs(60, 4, 3);
const make = (engine?: 'native' | 'reference') =>
  new Network({ inputs: 4, layers: [dense(5), dense(3)], seed: 1, engine });
const kernel = (network: Network) => network.readParameter('dense1.kernel');

const folder = mkdtempSync(join(tmpdir(), 'blasnet-callbacks-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Plays epochs with these values of a quantity to a callback; tells after which it stopped, and the rate's factor. */
function play(callback: Callback, values: readonly number[], quantity = 'valLoss') {
  const applied: number[] = [];
  let stop: string | undefined;
  let parameters = 0;
  let restored: number | undefined;
  const training = {
    learningRateFactor: 1,
    stop: (reason: string) => (stop ??= reason),
    readParameters: () => Float32Array.of(parameters),
    restoreAtEnd: (found: Float32Array) => ([restored] = found),
  } as unknown as Training & { learningRateFactor: number };
  callback.prepare?.(['loss', 'learningRate', quantity]);
  void callback.onTrainBegin?.(training);
  let epoch = 0;
  for (const value of values) {
    parameters = ++epoch;
    const record = { epoch, learningRate: training.learningRateFactor, [quantity]: value };
    void callback.onEpochEnd?.(record as unknown as EpochRecord, training);
    applied.push(training.learningRateFactor);
    if (stop !== undefined) break;
  }
  void callback.onTrainEnd?.({ how: 'completed' }, training);
  return { epochs: epoch, stop, restored, rates: applied };
}

describe('early stopping', () => {
  it.each([
    ['waits for so many epochs in a row', { patience: 3 }, [5, 4, 4.5, 4.4, 4.1, 1], 5, 2],
    ['begins to count again when it becomes better', { patience: 2 }, [5, 6, 4, 5, 6, 1], 5, 3],
    ['takes the same value for no better one', { patience: 2 }, [3, 3, 3, 3], 3, 1],
    ['wants a change of a size', { patience: 2, minimumChange: 0.5 }, [3, 2.6, 2.4, 2.2, 2.1, 0], 5, 3],
    ['takes a value that is no number for no better one', { patience: 2 }, [NaN, 3, NaN, NaN, 1], 4, 2],
    ['does nothing while it becomes better', { patience: 1 }, [5, 4, 3, 2], 4, 4],
  ] as const)('%s', (_, options, values, epochs, best) => {
    const played = play(earlyStopping(options), values);
    expect([played.epochs, played.restored]).toEqual([epochs, best]);
    expect(played.stop !== undefined).toBe(epochs < values.length || values.at(-1) === 3);
  });

  it('knows which quantities should grow', () => {
    expect(
      play(earlyStopping({ monitor: 'valAccuracy', patience: 1 }), [0.1, 0.3, 0.2, 0.9], 'valAccuracy').epochs,
    ).toBe(3);
    expect(play(earlyStopping({ monitor: 'own', mode: 'max', patience: 1 }), [1, 2, 0], 'own').epochs).toBe(3);
    const error = thrownBy(() => play(earlyStopping({ monitor: 'own' }), [1], 'own'));
    expect(error.message).toContain('mode of earlyStopping');
  });

  it('is as new in its next fit', () => {
    const callback = earlyStopping({ patience: 2 });
    expect(play(callback, [1, 2, 3]).epochs).toBe(3);
    expect(play(callback, [9, 8, 7, 7, 7])).toMatchObject({ epochs: 5, restored: 3 });
  });

  it('leaves the last parameters where it is told to', () => {
    expect(play(earlyStopping({ patience: 1, restoreBest: false }), [1, 2]).restored).toBeUndefined();
  });
});

describe('reducing the learning rate on a plateau', () => {
  it.each([
    ['waits for so many epochs', { patience: 2, factor: 0.5 }, [3, 3, 3, 3, 3], [1, 1, 0.5, 0.5, 0.25]],
    ['counts again from a better one', { patience: 2, factor: 0.5 }, [3, 3, 2, 2, 2], [1, 1, 1, 1, 0.5]],
    ['cools down', { patience: 1, factor: 0.5, cooldown: 2 }, [3, 3, 3, 3, 3], [1, 0.5, 0.5, 0.25, 0.25]],
    ['never falls below', { patience: 1, factor: 0.1, minimumRate: 0.05 }, [3, 3, 3, 3], [1, 0.1, 0.05, 0.05]],
    ['ignores changes that are too small', { patience: 1, factor: 0.5 }, [3, 2.99995, 2.9], [1, 0.5, 0.5]],
  ] as const)('%s', (_, options, values, rates) => {
    expect(play(reduceLearningRateOnPlateau(options), values).rates).toEqual(rates);
  });
});

it.each([
  [earlyStopping, { patience: 0 }],
  [earlyStopping, { patiense: 3 }],
  [earlyStopping, { mode: 'auto' }],
  [earlyStopping, { minimumChange: -1 }],
  [reduceLearningRateOnPlateau, { factor: 1 }],
  [reduceLearningRateOnPlateau, { cooldown: -1 }],
  [hooks, { onStep: () => undefined }],
  [hooks, { onStepEnd: 3 }],
  [hooks, { stepInterval: 0 }],
  [timeLimit, 0],
  [historyToCsv, 3],
] as const)('%o refuses %o', (factory, options) => {
  expect(thrownBy(() => (factory as (options: unknown) => unknown)(options)).name).toBe('OptionError');
});

describe.each(engines)('callbacks of a fit on the %s engine', (engine) => {
  it('are refused at once where they watch what will not be there, with the nearest name', () => {
    const fit = (callback: Callback, options = {}) =>
      thrownBy(() => make(engine).fit(data, { ...options, callbacks: [callback] }));
    expect(fit(earlyStopping()).message).toMatch(/"loss".*for monitor of earlyStopping.*received "valLoss"/);
    expect(fit(earlyStopping({ monitor: 'valAcuracy' }), { validation: data }).message).toContain('"valAccuracy"?');
    expect(fit(earlyStopping({ monitor: 'gradientNorm' })).code).toBe('ERR_OPTION_CHOICE');
    expect(thrownBy(() => make(engine).fit(data, { callbacks: [3 as never] })).message).toContain('callbacks[0]');
    expect(thrownBy(() => make(engine).fit(data, { callbacks: {} as never })).message).toContain('callbacks');
    const once = hooks({ onTrainEnd: () => undefined });
    expect(thrownBy(() => make(engine).fit(data, { callbacks: [once, once] })).code).toBe('ERR_OPTION_CONFLICT');
  });

  it('are called in order, at the steps they ask for', async () => {
    const calls: string[] = [];
    const watch = hooks({
      stepInterval: 4,
      onTrainBegin: () => void calls.push('begin'),
      onEpochBegin: (epoch) => void calls.push(`epoch ${epoch}`),
      onStepEnd: ({ step, epoch, loss }, { network }) => {
        expect(loss).toBeGreaterThan(0);
        expect(network.step).toBe(step);
        calls.push(`step ${step} of ${epoch}`);
      },
      onEpochEnd: async ({ epoch }) => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        calls.push(`end of ${epoch}`);
      },
      onTrainEnd: ({ how }) => void calls.push(how),
    });
    await make(engine).fit(data, { epochs: 2, batchSize: 10, callbacks: [watch] });
    expect(calls).toEqual([
      'begin',
      'epoch 1',
      'step 4 of 1',
      'end of 1',
      'epoch 2',
      'step 8 of 2',
      'step 12 of 2',
      'end of 2',
      'completed',
    ]);
  });

  it('do not change what is learned', async () => {
    const [plain, watched] = [make(engine), make(engine)];
    const options = {
      epochs: 3,
      batchSize: 7,
      optimizer: adam({ learningRate: cosineSchedule({ initial: 0.1, steps: 27 }) }),
    };
    const wanted = await plain.fit(data, options);
    const history = await watched.fit(data, {
      ...options,
      callbacks: [hooks({ stepInterval: 2, onStepEnd: () => undefined })],
    });
    expectSameBits(kernel(watched), kernel(plain));
    expect(history.stepLoss).toEqual(wanted.stepLoss);
  });

  it.each(['onTrainBegin', 'onEpochBegin', 'onStepEnd', 'onEpochEnd', 'onTrainEnd'] as const)(
    'that throw in %s are what the fit rejects with; the others hear of the end and the network goes on',
    async (hook) => {
      const network = make(engine);
      const endings: string[] = [];
      const failing = hooks({ [hook]: () => Promise.reject(new Error(`in ${hook}`)) });
      const witness = hooks({ onTrainEnd: ({ how }) => void endings.push(how) });
      await expect(network.fit(data, { epochs: 2, callbacks: [witness, failing] })).rejects.toThrow(`in ${hook}`);
      expect(endings).toEqual([hook === 'onTrainEnd' ? 'completed' : 'failed']);
      await network.fit(data, { epochs: 1 });
    },
  );

  it('restore the best parameters by early stopping however the fit ends', async () => {
    // Other centres: what is learned here is soon wrong there.
    const others = blobs(60, 4, 3, 2);
    const options = { epochs: 30, batchSize: 10, optimizer: 'adam', learningRate: 0.03, validation: others } as const;
    const kernels: Float32Array[] = [];
    const losses: number[] = [];
    const keep = hooks({
      onEpochEnd: ({ valLoss }, { network }) => {
        kernels.push(kernel(network));
        losses.push(valLoss!);
      },
    });
    const best = () => kernels[losses.indexOf(Math.min(...losses))];
    const stopped = make(engine);
    const history = await stopped.fit(data, { ...options, callbacks: [keep, earlyStopping({ patience: 3 })] });
    expect(history.stopped).toContain('valLoss has not become better for 3 epochs');
    expect(history.epochs.length).toBe(losses.length);
    expectSameBits(kernel(stopped), best());
    losses.length = kernels.length = 0;
    const completed = make(engine);
    await completed.fit(data, { ...options, epochs: 7, callbacks: [keep, earlyStopping({ patience: 20 })] });
    expect(losses.length).toBe(7);
    expectSameBits(kernel(completed), best());
    losses.length = kernels.length = 0;
    const aborted = make(engine);
    const controller = new AbortController();
    const abort = hooks({
      onEpochEnd: ({ epoch }) => (epoch === 6 ? controller.abort(new Error('enough')) : undefined),
    });
    const callbacks = [keep, abort, earlyStopping({ patience: 20 })];
    await expect(aborted.fit(data, { ...options, signal: controller.signal, callbacks })).rejects.toThrow('enough');
    expectSameBits(kernel(aborted), best());
  });

  it('lower the rate of what is left of a schedule', async () => {
    const rates: number[] = [];
    const callbacks = [
      reduceLearningRateOnPlateau({ monitor: 'loss', minimumChange: 1e9, patience: 1, factor: 0.5 }),
      hooks({ stepInterval: 6, onStepEnd: ({ learningRate }) => void rates.push(learningRate) }),
    ];
    const optimizer = adam({ learningRate: (step) => 0.1 / (1 + step) });
    const { epochs } = await make(engine).fit(data, { epochs: 4, batchSize: 10, optimizer, callbacks });
    const wanted = [1, 1, 0.5, 0.25].map((factor, i) => (factor * 0.1) / (6 * (i + 1)));
    expect(rates).toEqual(wanted.map((rate) => expect.closeTo(rate, 12) as number));
    expect(epochs.map(({ learningRate }) => learningRate)).toEqual(rates);
  });

  it('end a fit in time, in the middle of an epoch', async () => {
    const network = make(engine);
    const many = blobs(20_000, 4, 3);
    const history = await network.fit(many, { epochs: 10_000, batchSize: 1, callbacks: [timeLimit(0.3)] });
    expect(history.stopped).toContain('0.3 s');
    expect(history.steps).toBe(network.step);
    expect(history.steps).toBeGreaterThan(0);
  });

  it('keep the history in files', async () => {
    const [csv, lines] = [join(folder, `${engine}.csv`), join(folder, `${engine}.jsonl`)];
    const callbacks = [historyToCsv(csv), historyToJsonLines(lines)];
    const options = { epochs: 3, validation: data, metrics: ['f1', 'accuracy'] as const, callbacks };
    const { epochs } = await make(engine).fit(data, options);
    const [header, ...rows] = readFileSync(csv, 'utf8').trimEnd().split('\n');
    const columns = header.split(',');
    expect(columns.slice(0, 3)).toEqual(['epoch', 'steps', 'loss']);
    expect(columns).toContain('valF1');
    expect(rows.map((row) => Number(row.split(',')[columns.indexOf('valLoss')]))).toEqual(epochs.map((e) => e.valLoss));
    expect(rows.every((row) => row.split(',').length === columns.length)).toBe(true);
    const parsed = readFileSync(lines, 'utf8').trimEnd().split('\n');
    expect(parsed.map((line) => JSON.parse(line) as unknown)).toEqual(epochs);
    // Another fit replaces them.
    await make(engine).fit(data, { ...options, epochs: 1 });
    expect(readFileSync(csv, 'utf8').trimEnd().split('\n')).toHaveLength(2);
    const nowhere = historyToCsv(join(folder, 'none', 'history.csv'));
    const fit = make(engine).fit(data, { callbacks: [nowhere] });
    expect((await rejectionOf(fit.then())).code).toBe('ERR_FILE_WRITE');
  });
});
