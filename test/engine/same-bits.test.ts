import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Engine } from '../../lib/engine/engine.js';
import { activation, batchNorm, dense, dropout } from '../../lib/layers/index.js';
import { compileTraining, type Model } from '../../lib/network/index.js';
import { adam, optimizerNames, resolveOptimizer } from '../../lib/optimizers/index.js';
import { l2 } from '../../lib/regularizers/index.js';
import { expectSameBits } from '../support/compare.js';
import { engineRows, nativeRows, reference32 } from '../support/engines.js';
import { blobs, fitModel, modelOn, type ModelOptions } from '../support/networks.js';

/** More rows than a tile, more columns than a tile of them, a ragged last batch, and everything that is random. */
const options: ModelOptions = {
  inputs: 23,
  layers: [
    dropout(0.1),
    dense(148, { regularizer: l2(1e-3) }),
    batchNorm(),
    activation('relu'),
    dropout(0.3),
    dense(70, { activation: 'selu' }),
    batchNorm(),
    dense(5),
  ],
};
const data = blobs(333, options.inputs, 5);

function hashOf(model: Model): string {
  const hash = createHash('sha256');
  for (const [name, values] of model.readAll()) hash.update(name).update(values);
  return hash.digest('hex');
}

async function trained(engine: Engine, seed = 1): Promise<string> {
  const model = modelOn(engine, { ...options, seed });
  await fitModel(model, data, { batchSize: 140, epochs: 3 });
  return hashOf(model);
}

describe.each(nativeRows)('$name', ({ make }) => {
  it('trains the same weights to the bit with 1, 2, 3, 4 and 7 threads', async () => {
    const hashes: string[] = [];
    for (const threads of [1, 2, 3, 4, 7]) hashes.push(await trained(make(threads)));
    expect(new Set(hashes).size, hashes.join(' ')).toBe(1);
  });

  it('evaluates and predicts the same to the bit with any number of threads', async () => {
    const rows = blobs(4100, options.inputs, 5, 9);
    const outputs: Float32Array[] = [];
    for (const threads of [1, 2, 4]) {
      const model = modelOn(make(threads), options);
      const engineData = model.engine.createData(rows);
      const [predicted, evaluated] = [
        await model.runOver(model.prediction(false), engineData),
        await model.runOver(model.evaluationOf({ weighted: false, emits: false }), engineData),
      ];
      outputs.push(Float32Array.from([...(predicted.output ?? []), ...evaluated.totals]));
    }
    expectSameBits(outputs[1], outputs[0]);
    expectSameBits(outputs[2], outputs[0]);
  });

  it('many small networks begin with many threads at once and agree', async () => {
    // What is set up in the first step of a network must not depend on which thread gets there first.
    const hashes: string[] = [];
    for (let i = 0; i < 30; i++) {
      const model = modelOn(make(4), options);
      await fitModel(model, data.take(140), { batchSize: 140, epochs: 1 });
      hashes.push(hashOf(model));
    }
    expect(new Set(hashes).size).toBe(1);
  });
});

describe.each(engineRows)('$name', ({ make }) => {
  it('gives the same weights twice, and others for another seed', async () => {
    const [first, second, other] = [await trained(make()), await trained(make()), await trained(make(), 2)];
    expect(second).toBe(first);
    expect(other).not.toBe(first);
  });

  it('gives the same weights for two fits at once as for each alone', async () => {
    const alone = [await trained(make(), 1), await trained(make(), 2)];
    const engine = make();
    expect(await Promise.all([trained(engine, 1), trained(engine, 2)])).toEqual(alone);
  });
});

describe.each([reference32, ...nativeRows])('$name', ({ make }) => {
  it.each(optimizerNames)('%s gives the same whether gradients are kept or die in the cache', async (name) => {
    const optimizer = resolveOptimizer('optimizer', name);
    const results: Float32Array[] = [];
    for (const keepGradients of [false, true]) {
      const engine = make();
      const model = modelOn(engine, { inputs: 37, layers: [dense(61, { activation: 'relu' }), dense(5)] });
      const { architecture } = model;
      const program = engine.compile(compileTraining(architecture, optimizer, 50, { keepGradients }));
      const store = engine.createStore(architecture.arenaSize, optimizer.slots);
      store.write('parameters', 0, model.store.read('parameters', 0, architecture.arenaSize));
      const set = blobs(150, 37, 5);
      const scalars = Float64Array.from([0, 1, 2].flatMap((step) => [...optimizer.scalars(step)]));
      const slice = { data: engine.createData(set), firstSample: 0, count: 150, scalars, seed: 1, firstStep: 0 };
      await program.run(store, slice);
      results.push(store.read('parameters', 0, architecture.arenaSize) as Float32Array);
    }
    expectSameBits(results[1], results[0]);
  });
});

it('goes on from a slice as if there had been none', async () => {
  for (const { make } of [reference32, ...nativeRows]) {
    const optimizer = adam();
    const results: Float32Array[] = [];
    for (const cuts of [
      [0, 5],
      [0, 1, 2, 5],
      [0, 4, 5],
    ]) {
      const engine = make();
      const { architecture, store: start } = modelOn(engine, options);
      const program = engine.compile(compileTraining(architecture, optimizer, 60));
      const store = engine.createStore(architecture.arenaSize, optimizer.slots);
      store.write('parameters', 0, start.read('parameters', 0, architecture.arenaSize));
      const held = engine.createData(data.take(290));
      for (let i = 1; i < cuts.length; i++) {
        const steps = Array.from({ length: cuts[i] - cuts[i - 1] }, (_, step) => cuts[i - 1] + step);
        const scalars = Float64Array.from(steps.flatMap((step) => [...optimizer.scalars(step)]));
        const count = Math.min(60 * steps.length, 290 - 60 * cuts[i - 1]);
        const from = { firstSample: 60 * cuts[i - 1], firstStep: cuts[i - 1] };
        await program.run(store, { data: held, count, scalars, seed: 1, ...from });
      }
      results.push(store.read('parameters', 0, architecture.arenaSize) as Float32Array);
    }
    expectSameBits(results[1], results[0]);
    expectSameBits(results[2], results[0]);
  }
});
