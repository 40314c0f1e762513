import { describe, expect, it } from 'vitest';
import { OptionError } from '../../lib/core/errors.js';
import { dense } from '../../lib/layers/index.js';
import { adam, optimizerNames, optimizers, resolveOptimizer, type Optimizer } from '../../lib/optimizers/index.js';
import { Network, Trainer } from '../../lib/training/index.js';
import { expectClose, tolerances } from '../support/compare.js';
import { bestRow, engineRows, nativeRows, reference32, reference64 } from '../support/engines.js';
import { blobs, fitModel, modelOn } from '../support/networks.js';
import { OptimizerRun } from '../support/optimizer-run.js';
import { makeRow, optimizerRows, titleOf } from './table.js';

const rows = optimizerRows.map((row) => [titleOf(row), row] as const);

it('has a row for every optimizer, and no other', () => {
  expect([...new Set(optimizerRows.map(({ name }) => name))].sort()).toEqual([...optimizerNames].sort());
});

describe.each(rows)('%s', (_title, row) => {
  it.each(engineRows)('gets to the bottom of a bowl: $name', async ({ make }) => {
    const run = new OptimizerRun(make(), makeRow(row, { learningRate: row.bowl }));
    let point = [3, -2];
    run.write(point);
    for (let step = 0; step < 400; step++) point = await run.step([point[0], 3 * point[1]]);
    expect(Math.hypot(...point)).toBeLessThan(0.05);
  });

  it("comes down Rosenbrock's valley", async () => {
    const [learningRate, below] = row.valley;
    const run = new OptimizerRun(reference64.make(), makeRow(row, { learningRate }));
    let [x, y] = [-1, 1.5];
    run.write([x, y]);
    for (let step = 0; step < 6000; step++) {
      const slope = y - x * x;
      [x, y] = await run.step([-2 * (1 - x) - 40 * x * slope, 20 * slope]);
    }
    expect((1 - x) ** 2 + 10 * (y - x * x) ** 2).toBeLessThan(below);
  });

  const hostile = Object.entries(row.hostile).flatMap(([option, values]) => values.map((value) => [option, value]));
  it.runIf(hostile.length > 0).each(hostile)('refuses %s %s, naming option and value', (option, value) => {
    const attempt = () => makeRow(row, { [option]: value });
    expect(attempt).toThrow(OptionError);
    expect(attempt).toThrow(new RegExp(`Expected .+ for ${option}, received ${value}$`));
  });

  it.each([0, -0.1, NaN, Infinity])('refuses the learning rate %s', (learningRate) => {
    const attempt = () => makeRow(row, { learningRate });
    expect(attempt).toThrow(`Expected a finite number above 0 for learningRate, received ${learningRate}`);
  });

  it('refuses an option that it does not have', () => {
    expect(() => makeRow(row, { lr: 0.1 } as object)).toThrow(/Unknown option lr for \w+; did you mean learningRate\?/);
  });

  it.each(nativeRows)('$name and the reference engine end 20 steps alike', async ({ make }) => {
    const learningRate = Math.min(0.05, row.bowl);
    const ends = [];
    for (const engine of [make(), reference32.make()]) {
      const layers = [dense(37, { activation: 'tanh' }), dense(3)];
      const model = modelOn(engine, { inputs: 19, layers });
      await fitModel(model, blobs(100, 19, 3), { optimizer: makeRow(row, { learningRate }), batchSize: 25, epochs: 5 });
      expect(model.step).toBe(20);
      ends.push(model.readAll());
    }
    for (const [name, values] of ends[0]) expectClose(values, ends[1].get(name)!, { rtol: 1e-3, atol: 2e-4 }, name);
  });

  it('goes on with its state when its trainer fits again', async () => {
    const data = blobs(64, 5, 3);
    const options = { batchSize: 64, shuffle: false };
    const learningRate = row.bowl / 10;
    const networks = [0, 1].map(() => new Network({ inputs: 5, layers: [dense(7), dense(3)], seed: 3 }));
    await new Trainer(networks[0], { optimizer: makeRow(row, { learningRate }) }).fit(data, { ...options, epochs: 6 });
    const trainer = new Trainer(networks[1], { optimizer: makeRow(row, { learningRate }) });
    for (const epochs of [1, 3, 2]) await trainer.fit(data, { ...options, epochs });
    for (const name of networks[0].parameterNames) {
      expect(networks[1].readParameter(name), name).toEqual(networks[0].readParameter(name));
    }
  });

  it('gives a layer its share of the learning rate', async () => {
    const multiplied = { updates: { learningRateMultiplier: 0.25, weightDecay: true } };
    const runs = [
      new OptimizerRun(bestRow.make(), makeRow(row, { learningRate: 0.04 }), multiplied),
      new OptimizerRun(bestRow.make(), makeRow(row, { learningRate: 0.01 })),
    ];
    const ends: number[][] = [];
    for (const run of runs) {
      run.write([1, -2]);
      for (let step = 0; step < 8; step++) ends.push(await run.step([0.3 - step / 20, -1]));
    }
    for (let step = 0; step < 8; step++) expectClose(ends[step], ends[8 + step], tolerances.float32);
    expect(ends[7]).not.toEqual([1, -2]);
  });

  it('says in its config what it is', () => {
    const { config } = makeRow(row, { clipNorm: 2 });
    expect(config).toMatchObject({ name: row.name, clipNorm: 2, ...row.options });
    expect(JSON.parse(JSON.stringify(config))).toEqual(config);
  });
});

describe('adamW', () => {
  const decayed = async (
    optimizer: Optimizer,
    claim: object,
    updates = { learningRateMultiplier: 1, weightDecay: true },
  ) => {
    const run = new OptimizerRun(reference64.make(), optimizer, { claim, updates });
    run.write([1, -2]);
    return run.step([0, 0]);
  };
  const { adamW } = optimizers;
  const options = { learningRate: 0.1, weightDecay: 0.5 };

  it('lets kernels decay, by the learning rate times the weight decay', async () => {
    expectClose(await decayed(adamW(options), { role: 'kernel' }), [0.95, -1.9], tolerances.float64);
  });

  it('leaves biases and normalization alone, unless told', async () => {
    for (const role of ['bias', 'scale']) {
      expect(await decayed(adamW(options), { role })).toEqual([1, -2]);
      expectClose(await decayed(adamW({ ...options, decays: 'all' }), { role }), [0.95, -1.9], tolerances.float64);
    }
  });

  it('leaves layers alone that say so', async () => {
    const updates = { learningRateMultiplier: 1, weightDecay: false };
    expect(await decayed(adamW({ ...options, decays: 'all' }), { role: 'kernel' }, updates)).toEqual([1, -2]);
  });

  it('does not know other things to decay', () => {
    expect(() => adamW({ decays: 'biases' as 'all' })).toThrow(/one of "kernels", "all" for decays, received "biases"/);
  });
});

describe('rmsProp, centered', () => {
  it('stays finite where rounding would make the spread negative', async () => {
    for (const { make } of engineRows) {
      const run = new OptimizerRun(make(), optimizers.rmsProp({ centered: true, decay: 0.5, epsilon: 1e-3 }));
      for (let step = 0; step < 60; step++) {
        expect((await run.step([0.1, 1e3])).every(Number.isFinite)).toBe(true);
      }
    }
  });
});

describe('an optimizer by name', () => {
  it('takes the learning rate beside it', () => {
    expect(resolveOptimizer('optimizer', 'adam', { learningRate: 0.3 }).scalars(0)[0]).toBe(0.3);
  });

  it('is suggested where it is misspelt', () => {
    expect(() => resolveOptimizer('optimizer', 'adma')).toThrow(/did you mean "adam"/);
  });

  it('does not take a learning rate where it has its own', () => {
    expect(() => resolveOptimizer('optimizer', adam(), { learningRate: 0.3 })).toThrow(OptionError);
  });
});
