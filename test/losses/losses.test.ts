import { describe, expect, it } from 'vitest';
import { dataset, type Dataset } from '../../lib/data/index.js';
import { dense } from '../../lib/layers/index.js';
import { lossFromConfig, lossNames, softmaxCrossEntropy } from '../../lib/losses/index.js';
import { sgd } from '../../lib/optimizers/index.js';
import { Network } from '../../lib/training/index.js';
import { expectClose, tolerances } from '../support/compare.js';
import { engineRows, nativeRows, reference64 } from '../support/engines.js';
import { runLoss, type LossData } from '../support/run-loss.js';
import { batchFor, classes, lossTable, wantedLoss, type LossRow } from './table.js';

const cases = lossTable.map((row) => [row.what, row] as const);

it('has a row for every loss', () => {
  const named = lossTable.map(({ make }) => make().name);
  expect([...new Set(named)].sort()).toEqual([...lossNames].sort());
});

describe.each(engineRows)('$name', ({ make, tolerance }) => {
  it.each(cases)('%s is the formula of the book', async (_what, row) => {
    for (const [rows, weighted] of [
      [13, false],
      [13, true],
      [1, false],
      [150, true],
    ] as const) {
      const data = batchFor(row, rows, rows, weighted);
      const wanted = wantedLoss(row, data);
      // One row of a class without weight.
      if (!Number.isFinite(wanted)) continue;
      const { loss } = await runLoss(make(), row.make(), data);
      expectClose([loss], [wanted], tolerance, `${rows} rows${weighted ? ' with weights' : ''}`);
    }
  });

  it.each(cases)('%s: weights are samples that stand there several times', async (_what, row) => {
    const data = batchFor(row, 9, 5);
    const counts = [1, 2, 0, 3, 1, 1, 4, 0, 2];
    const repeat = <T>(values: readonly T[] | undefined) =>
      values?.flatMap((value, i) => Array.from({ length: counts[i] }, () => value));
    const repeated = {
      logits: repeat(data.logits)!,
      ...(data.labels === undefined ? {} : { labels: repeat(data.labels)! }),
      ...(data.targets === undefined ? {} : { targets: repeat(data.targets)! }),
    };
    const [one, many] = [
      await runLoss(make(), row.make(), { ...data, weights: counts }),
      await runLoss(make(), row.make(), repeated),
    ];
    expectClose([one.loss], [many.loss], tolerance, 'loss');
    const summed = data.logits.flatMap((_, i) => {
      const before = counts.slice(0, i).reduce((a, b) => a + b, 0);
      return Array.from({ length: classes }, (__, j) => counts[i] * (many.gradient[before * classes + j] ?? 0));
    });
    expectClose(one.gradient, summed, tolerance, 'gradient');
  });
});

describe('in float64', () => {
  it.each(cases)('%s: gradient against differences', async (_what, row) => {
    for (const weighted of [false, true]) {
      const data = batchFor(row, 7, 11, weighted);
      const { gradient } = await runLoss(reference64.make(), row.make(), data);
      const numeric: number[] = [];
      for (let i = 0; i < 7 * classes; i++) {
        const at = async (step: number) => {
          const logits = data.logits.map((z, r) => z.map((value, j) => (r * classes + j === i ? value + step : value)));
          return (await runLoss(reference64.make(), row.make(), { ...data, logits })).loss;
        };
        numeric.push(((await at(1e-6)) - (await at(-1e-6))) / 2e-6);
      }
      expectClose(gradient, numeric, { rtol: 1e-5, atol: 1e-9 }, weighted ? 'with weights' : 'without');
    }
  });

  it('one-hot soft targets are labels, with class weights and smoothing as well', async () => {
    const options = { labelSmoothing: 0.2, classWeights: [1, 2, 3, 0.5] };
    const data = batchFor(lossTable[0], 20, 3, true);
    const targets = data.labels!.map((label) => Array.from({ length: classes }, (_, j) => (j === label ? 1 : 0)));
    const hard = await runLoss(reference64.make(), softmaxCrossEntropy(options), data);
    const { logits, weights } = data;
    const soft = await runLoss(reference64.make(), softmaxCrossEntropy({ ...options, targets: 'soft' }), {
      logits,
      targets,
      weights: weights!,
    });
    expectClose(soft.gradient, hard.gradient, tolerances.float64);
    expectClose([soft.loss, soft.weight!], [hard.loss, hard.weight!], tolerances.float64);
    expect(soft.metrics).toEqual(hard.metrics);
  });
});

describe.each([reference64, ...nativeRows])('$name', ({ make }) => {
  it.each(cases)('%s: a batch without any weight counts nothing', async (_what, row) => {
    const data = { ...batchFor(row, 6, 2), weights: [0, 0, 0, 0, 0, 0] };
    const { loss, weight, gradient } = await runLoss(make(), row.make(), data);
    expect(loss).toBe(0);
    expect(weight).toBe(0);
    expect(gradient.every((value) => value === 0)).toBe(true);
  });

  it.each(cases)('%s: finite for outputs of ±10,000', async (_what, row) => {
    const data = batchFor(row, 6, 2, true);
    const logits = data.logits.map((z, r) => z.map((_, j) => ((r + j) % 2 === 0 ? 1e4 : -1e4)));
    const { loss, gradient } = await runLoss(make(), row.make(), { ...data, logits });
    expect(Number.isFinite(loss)).toBe(true);
    expect(gradient.every(Number.isFinite)).toBe(true);
  });
});

it.skipIf(nativeRows.length === 0).each(cases)(
  '%s with weights: the same bits at any thread count',
  async (_w, row) => {
    const { make } = nativeRows.at(-1)!;
    const data = batchFor(row, 300, 8, true);
    const [one, ...others] = await Promise.all([1, 2, 3, 7].map((threads) => runLoss(make(threads), row.make(), data)));
    for (const other of others) expect(other).toEqual(one);
  },
);

it.each(cases)('%s comes back from its config', (_what, row) => {
  const loss = row.make();
  const config: unknown = JSON.parse(JSON.stringify(loss.config));
  expect(lossFromConfig(config).config).toEqual(loss.config);
});

/** Data for a network of `classes` inputs that hands them on. */
function datasetOf({ logits, labels, targets, weights }: LossData): Dataset {
  const features = logits;
  if (labels === undefined) return dataset({ features, targets: targets!, ...(weights ? { weights } : {}) });
  return dataset({ features, labels, classes, ...(weights ? { weights } : {}) });
}

describe.each(['native', 'reference'] as const)('epochs on the %s engine', (engine) => {
  const network = ({ make }: LossRow) => {
    const made = new Network({ inputs: classes, layers: [dense(classes)], loss: make(), seed: 1, engine });
    const identity = Array.from({ length: classes ** 2 }, (_, i) => (i % (classes + 1) === 0 ? 1 : 0));
    made.writeParameter('dense1.kernel', identity);
    return made;
  };

  it.each(cases)('%s: losses with weights are exact over the epoch, however it is cut', async (_what, row) => {
    for (const weighted of [true, false]) {
      const given = batchFor(row, 103, 21, weighted);
      const wanted = wantedLoss(row, given);
      const data = datasetOf(given);
      expectClose([(await network(row).evaluate(data)).loss], [wanted], tolerances.network);
      for (const batchSize of [10, 64, 103]) {
        // Too small a rate to move a float32: every batch meets the same network.
        const optimizer = sgd({ learningRate: 1e-30 });
        const { epochs } = await network(row).fit(data, { epochs: 1, batchSize, optimizer, validation: data });
        const hasSums = weighted || row.make().classWeights !== undefined;
        expectClose([epochs[0].loss], [wanted], tolerances.network, `batches of ${batchSize}, sums: ${hasSums}`);
        expectClose([epochs[0].valLoss!], [wanted], tolerances.network, 'validation');
      }
    }
  });
});

it('evaluation in several batches weighs them by their weights', async () => {
  const rows = 5000;
  const features = Array.from({ length: rows }, (_, i) => [i < 2048 ? 3 : -1]);
  const weights = Array.from({ length: rows }, (_, i) => (i < 2048 ? 0.25 : i < 4096 ? 0 : 2));
  const data = dataset({ features, targets: features.map(() => [0]), weights });
  const network = new Network({ inputs: 1, layers: [dense(1)], loss: 'meanSquaredError' });
  network.writeParameter('dense1.kernel', [1]);
  const [first, last] = [2048 * 0.25, (rows - 4096) * 2];
  const { loss } = await network.evaluate(data);
  expectClose([loss], [(9 * first + last) / (first + last)], tolerances.float32);
});
