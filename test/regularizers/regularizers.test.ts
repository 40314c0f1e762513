import { describe, expect, it } from 'vitest';
import { OptionError } from '../../lib/core/errors.js';
import { batchNorm, dense } from '../../lib/layers/index.js';
import { decodeModel, encodeModel } from '../../lib/network/index.js';
import { adam, sgd } from '../../lib/optimizers/index.js';
import type { Regularizer } from '../../lib/program/parameters.js';
import { l1, l1l2, l2 } from '../../lib/regularizers/index.js';
import { Network } from '../../lib/training/index.js';
import { expectClose, expectSameBits } from '../support/compare.js';
import { engineRows, nativeRows, reference32 } from '../support/engines.js';
import { blobs, fitModel, modelOn } from '../support/networks.js';
import { OptimizerRun } from '../support/optimizer-run.js';

const rows: readonly [name: string, given: readonly Regularizer[], penalty: number, gradient: number[]][] = [
  ['l1', [l1(0.5)], 3.5, [0.5, -0.5, 0, 0.5]],
  ['l2', [l2(0.5)], 0.25 * 21, [0.5, -1, 0, 2]],
  ['l1l2', l1l2({ l1: 0.5, l2: 0.5 }), 3.5 + 0.25 * 21, [1, -1.5, 0, 2.5]],
];

describe.each(engineRows)('$name', ({ make, tolerance }) => {
  it.each(rows)('%s: penalty, and a gradient that is 0 at 0', async (_name, regularizers, penalty, gradient) => {
    const run = new OptimizerRun(make(), sgd({ learningRate: 1 }), { shapes: [[2, 2]], claim: { regularizers } });
    const start = [1, -2, 0, 4];
    run.write(start);
    const end = await run.step([0, 0, 0, 0]);
    expectClose([run.totals['penalty']], [penalty], tolerance);
    expectClose(
      start.map((value, i) => value - end[i]),
      gradient,
      tolerance,
    );
  });

  it('activity: the penalty is a mean over the batch, whatever its size', async () => {
    const layers = () => [dense(3, { activityRegularizer: [l1(0.3), l2(0.2)] })];
    const data = blobs(10, 4, 3);
    const histories = [];
    for (const batchSize of [10, 5]) {
      const model = modelOn(make(), { inputs: 4, layers: layers() });
      const optimizer = sgd({ learningRate: 1e-30 });
      histories.push(await fitModel(model, data, { optimizer, batchSize, epochs: 1, shuffle: false }));
    }
    expect(histories[0].epochs[0].penalty).toBeGreaterThan(0);
    expectClose([histories[0].epochs[0].penalty], [histories[1].epochs[0].penalty], tolerance);
  });
});

describe('fused with the gradient and Adam', () => {
  const data = blobs(90, 23, 4);
  const layers = () => [
    dense(601, { activation: 'relu', regularizer: l2(0.01) }),
    dense(67, { activation: 'relu', regularizer: l2(0.02) }),
    dense(4, { regularizer: l2(0.03) }),
  ];
  const run = async (engine: ReturnType<typeof reference32.make>) => {
    const model = modelOn(engine, { inputs: 23, layers: layers() });
    const history = await fitModel(model, data, { optimizer: adam(), batchSize: 30, epochs: 3 });
    return { model, history };
  };

  it.each(nativeRows)('$name: same penalties and weights as the reference engine', async ({ make }) => {
    const [native, reference] = [await run(make()), await run(reference32.make())];
    const penalties = [native, reference].map(({ history }) => history.epochs.map(({ penalty }) => penalty));
    expectClose(penalties[0], penalties[1], { rtol: 1e-5, atol: 1e-6 });
    for (const [name, values] of native.model.readAll()) {
      expectClose(values, reference.model.readAll().get(name)!, { rtol: 1e-3, atol: 1e-4 }, name);
    }
  });

  it.each(nativeRows)('$name: the same bits with any number of threads', async ({ make }) => {
    const one = await run(make(1));
    for (const threads of [2, 3]) {
      const more = await run(make(threads));
      expect(more.history.stepLoss).toEqual(one.history.stepLoss);
      for (const [name, values] of more.model.readAll()) {
        expectSameBits(values, one.model.readAll().get(name)!, name);
      }
    }
  });
});

describe('for the whole network', () => {
  const layers = [dense(4), batchNorm(), dense(3, { regularizer: l1(0.5) }), dense(3, { regularizer: [] })];
  const network = new Network({ inputs: 5, layers, regularizer: l2(0.1) });
  const lambdas = ({ parameters }: typeof network.architecture) =>
    Object.fromEntries(parameters.map(({ name, regularizers }) => [name, regularizers.map((each) => each.name)]));
  const wanted = {
    'dense1.kernel': ['l2'],
    'dense2.kernel': ['l1'],
    'dense3.kernel': [],
    'dense1.bias': [],
    'batchNorm1.gamma': [],
  };

  it('acts on kernels that have none of their own, and on nothing else', () => {
    expect(lambdas(network.architecture)).toMatchObject(wanted);
  });

  it('comes back from a file', () => {
    expect(lambdas(decodeModel(encodeModel(network)).architecture)).toMatchObject(wanted);
  });

  it('goes into the loss, apart from the data loss', async () => {
    const history = await network.fit(blobs(20, 5, 3), { optimizer: sgd(), epochs: 1 });
    const [{ loss, dataLoss, penalty }] = history.epochs;
    expect(penalty).toBeGreaterThan(0);
    expect(loss).toBeCloseTo(dataLoss + penalty, 10);
  });
});

describe('options', () => {
  const attempts: readonly [string, () => unknown, RegExp][] = [
    ['l1', () => l1(-1), /at least 0 for lambda, received -1/],
    ['l2', () => l2(NaN), /for lambda, received NaN/],
    ['l1l2', () => l1l2({ l1: Infinity }), /for lambda, received Infinity/],
    ['l1l2 unknown', () => l1l2({ l3: 1 } as never), /Unknown option l3/],
    ['a number', () => dense(3, { regularizer: 0.1 as never }), /a regularizer such as l2\(1e-4\) for regularizer/],
    ['activity', () => dense(3, { activityRegularizer: 'l1' as never }), /for activityRegularizer, received "l1"/],
    ['network', () => new Network({ inputs: 2, layers: [dense(1)], regularizer: 1 as never }), /for regularizer/],
  ];
  it.each(attempts)('%s', (_what, attempt, message) => {
    expect(attempt).toThrow(OptionError);
    expect(attempt).toThrow(message);
  });
});
