import { describe, expect, it } from 'vitest';
import { NonFiniteError, OptionError } from '../../lib/core/errors.js';
import { dataset } from '../../lib/data/index.js';
import { dense } from '../../lib/layers/index.js';
import { meanSquaredError } from '../../lib/losses/index.js';
import { adam, sgd, type OptimizerOptions } from '../../lib/optimizers/index.js';
import { l2 } from '../../lib/regularizers/index.js';
import { Network } from '../../lib/training/index.js';
import { expectClose, expectSameBits } from '../support/compare.js';
import { bestRow, engineRows, nativeRows } from '../support/engines.js';
import { blobs, fitModel, modelOn } from '../support/networks.js';
import { OptimizerRun } from '../support/optimizer-run.js';

describe.each(engineRows)('$name', ({ make, tolerance }) => {
  const shapes = [
    [1, 2],
    [2, 1],
  ];
  /** What one step of SGD at rate 1 takes away: the gradients as they were clipped. */
  const clipped = async (options: OptimizerOptions, gradients: number[][]) => {
    const run = new OptimizerRun(make(), sgd({ learningRate: 1, ...options }), { shapes });
    await run.step(...gradients);
    return { run, taken: [run.read(0), run.read(1)].map((values) => values.map((value) => -value)) };
  };

  it('by value', async () => {
    const { taken } = await clipped({ clipValue: 0.5 }, [
      [0.2, -3],
      [0.5, 0.6],
    ]);
    expectClose(taken.flat(), [0.2, -0.5, 0.5, 0.5], tolerance);
  });

  it('by the norm of all gradients together, exactly', async () => {
    const gradients = [
      [1, -2],
      [2, 4],
    ];
    const { taken, run } = await clipped({ clipNorm: 2.5 }, gradients);
    expectClose(taken.flat(), [0.5, -1, 1, 2], tolerance);
    expect(run.totals['gradientNorm']).toBe(25);
    expectClose((await clipped({ clipNorm: 5 }, gradients)).taken.flat(), gradients.flat(), tolerance);
  });

  it('by the norm of each', async () => {
    const { taken } = await clipped({ clipNormPerTensor: 1 }, [
      [3, -4],
      [0.3, 0.4],
    ]);
    expectClose(taken.flat(), [0.6, -0.8, 0.3, 0.4], tolerance);
  });

  it('a gradient of zeros stays', async () => {
    for (const option of ['clipNorm', 'clipNormPerTensor', 'clipValue']) {
      const { taken } = await clipped({ [option]: 1 }, [
        [0, 0],
        [0, 0],
      ]);
      expect(taken.flat().every((value) => value === 0)).toBe(true);
    }
  });

  it('stands behind the regularizers', async () => {
    const options = { shapes: [[2, 1]], claim: { regularizers: [l2(2)] } };
    const run = new OptimizerRun(make(), sgd({ learningRate: 1, clipNorm: 1 }), options);
    run.write([1.5, 2]);
    expectClose(await run.step([0, 0]), [1.5 - 0.6, 2 - 0.8], tolerance);
    expectClose([run.totals['penalty']], [6.25], tolerance);
  });
});

describe('options', () => {
  it.each(['clipValue', 'clipNorm', 'clipNormPerTensor'])('%s must be above 0', (option) => {
    for (const value of [0, -1, NaN, Infinity]) {
      const attempt = () => adam({ [option]: value });
      expect(attempt).toThrow(OptionError);
      expect(attempt).toThrow(`Expected a finite number above 0 for ${option}, received ${value}`);
    }
  });

  it('are one at a time', () => {
    expect(() => adam({ clipValue: 1, clipNorm: 1 })).toThrow(/one of .* received clipValue and clipNorm/);
  });
});

describe('in training', () => {
  const data = blobs(90, 23, 4);
  // Large enough for several blocks, so that there is something to be summed up by several threads.
  const layers = () => [dense(601, { activation: 'relu' }), dense(301, { activation: 'relu' }), dense(4)];

  it.each(nativeRows)('$name: the same bits with any number of threads', async ({ make }) => {
    const runs = [];
    for (const threads of [1, 2, 3]) {
      const model = modelOn(make(threads), { inputs: 23, layers: layers() });
      const { stepGradientNorm } = await fitModel(model, data, {
        optimizer: adam({ clipNorm: 0.1 }),
        batchSize: 30,
        epochs: 2,
      });
      runs.push({ values: model.readAll(), stepGradientNorm });
    }
    for (const run of runs.slice(1)) {
      expect(run.stepGradientNorm).toEqual(runs[0].stepGradientNorm);
      for (const [name, values] of run.values) expectSameBits(values, runs[0].values.get(name)!, name);
    }
  });

  it.each(['clipNorm', 'clipNormPerTensor'])('%s: the history has the norm of all gradients', async (option) => {
    const histories = [];
    for (const { make } of engineRows) {
      const model = modelOn(make(), { inputs: 23, layers: [dense(7), dense(4)] });
      const optimizer = sgd({ learningRate: 0.1, [option]: 0.5 });
      histories.push(await fitModel(model, data, { optimizer, batchSize: 30, epochs: 2 }));
    }
    for (const { stepGradientNorm, epochs } of histories) {
      expectClose(stepGradientNorm ?? [], histories[0].stepGradientNorm ?? [1], { rtol: 1e-4, atol: 1e-5 });
      expect(stepGradientNorm).toHaveLength(6);
      const [a, b, c] = stepGradientNorm ?? [];
      expect(epochs[0].gradientNorm).toBeCloseTo((a + b + c) / 3, 10);
    }
  });

  it('the history has no norm where nothing measures it', async () => {
    const model = modelOn(bestRow.make(), { inputs: 23, layers: [dense(4)] });
    const history = await fitModel(model, data, { optimizer: sgd({ clipValue: 1 }), epochs: 1 });
    expect(history).not.toHaveProperty('stepGradientNorm');
    expect(history.epochs[0]).not.toHaveProperty('gradientNorm');
  });

  it('a gradient that is not finite stops training before the update, and says so', async () => {
    // The loss is finite, but its gradient times the input is not.
    const features = Float32Array.of(3e38, 3e38);
    const one = dataset({ features, width: 2, targets: [[1]] });
    const network = new Network({
      inputs: 2,
      layers: [dense(1, { initializer: 'zeros' })],
      loss: meanSquaredError(),
    });
    const fit = network.fit(one, { optimizer: sgd({ clipNorm: 1 }), epochs: 1 });
    await expect(fit).rejects.toThrow(/The gradient was not finite at step 0/);
    await expect(fit).rejects.toBeInstanceOf(NonFiniteError);
    expect(network.readParameter('dense1.kernel')).toEqual(new Float32Array(2));
  });
});
