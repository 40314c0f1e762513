import { describe, expect, it } from 'vitest';
import { maxNorm, minMaxNorm, nonNegative, unitNorm, type Constraint } from '../../lib/constraints/index.js';
import { OptionError } from '../../lib/core/errors.js';
import { dense } from '../../lib/layers/index.js';
import { decodeModel, encodeModel } from '../../lib/network/index.js';
import { sgd } from '../../lib/optimizers/index.js';
import { Network } from '../../lib/training/index.js';
import { expectClose } from '../support/compare.js';
import { engineRows } from '../support/engines.js';
import { blobs, fitModel, modelOn } from '../support/networks.js';
import { OptimizerRun } from '../support/optimizer-run.js';

/** Columns (3, 4), (0, 0.6), (0, 0) of a kernel [2, 3], row by row. */
const kernel = [3, 0, 0, 4, -0.6, 0];

const rows: readonly [name: string, constraint: Constraint | Constraint[], wanted: number[]][] = [
  ['maxNorm', maxNorm(1), [0.6, 0, 0, 0.8, -0.6, 0]],
  ['maxNorm that is not reached', maxNorm(10), kernel],
  ['unitNorm', unitNorm(), [0.6, 0, 0, 0.8, -1, 0]],
  ['nonNegative', nonNegative(), [3, 0, 0, 4, 0, 0]],
  ['minMaxNorm', minMaxNorm({ min: 1.2, max: 2.5 }), [1.5, 0, 0, 2, -1.2, 0]],
  ['minMaxNorm, half of the way', minMaxNorm({ min: 1, max: 2, rate: 0.5 }), [2.1, 0, 0, 2.8, -0.8, 0]],
  ['two in order', [nonNegative(), unitNorm()], [0.6, 0, 0, 0.8, 0, 0]],
];

describe.each(engineRows)('$name', ({ make, tolerance }) => {
  it.each(rows)('%s', async (_name, constraint, wanted) => {
    const claim = { constraints: [constraint].flat() };
    const run = new OptimizerRun(make(), sgd(), { shapes: [[2, 3]], claim });
    run.write(kernel);
    expectClose(await run.step(new Array<number>(6).fill(0)), wanted, tolerance);
  });

  it('holds for every column of a wide layer after every fit', async () => {
    const layers = [dense(301, { activation: 'relu', constraint: maxNorm(0.7) }), dense(3)];
    const model = modelOn(make(), { inputs: 11, layers });
    await fitModel(model, blobs(100, 11, 3), { optimizer: sgd({ learningRate: 0.5 }), epochs: 3, batchSize: 20 });
    const values = model.readAll().get('dense1.kernel')!;
    const norms = Array.from({ length: 301 }, (_, unit) => {
      return Math.hypot(...Array.from({ length: 11 }, (_unused, input) => values[input * 301 + unit]));
    });
    expect(Math.max(...norms)).toBeLessThan(0.7 + 1e-6);
    expect(norms.filter((norm) => norm > 0.699).length).toBeGreaterThan(10);
  });
});

describe('options', () => {
  const attempts: readonly [string, () => unknown, RegExp][] = [
    ['maxNorm 0', () => maxNorm(0), /above 0 for limit, received 0/],
    ['maxNorm NaN', () => maxNorm(NaN), /for limit, received NaN/],
    ['min', () => minMaxNorm({ min: -1 }), /for min, received -1/],
    ['max below min', () => minMaxNorm({ min: 2, max: 1 }), /at least 2 \(min\) for max, received 1/],
    ['rate', () => minMaxNorm({ rate: 0 }), /for rate, received 0/],
    ['unknown', () => minMaxNorm({ axis: 0 } as never), /Unknown option axis/],
    ['no constraint', () => dense(3, { constraint: 'maxNorm' as never }), /a constraint such as maxNorm\(3\)/],
    ['multiplier', () => dense(3, { learningRateMultiplier: -1 }), /for learningRateMultiplier, received -1/],
    ['weight decay', () => dense(3, { weightDecay: 0.1 as never }), /true or false for weightDecay, received 0.1/],
  ];
  it.each(attempts)('%s', (_what, attempt, message) => {
    expect(attempt).toThrow(OptionError);
    expect(attempt).toThrow(message);
  });
});

it('comes back from a file, with everything else of a layer', () => {
  const layers = [
    dense(4, { constraint: [maxNorm(2), nonNegative()], learningRateMultiplier: 0.5, weightDecay: false }),
    dense(4, { constraint: minMaxNorm({ min: 1, max: 2, rate: 0.5 }) }),
    dense(2, { constraint: unitNorm() }),
  ];
  const network = new Network({ inputs: 3, layers });
  const { architecture } = decodeModel(encodeModel(network));
  expect(architecture.config).toEqual(JSON.parse(JSON.stringify(network.architecture.config)));
  expect(architecture.parameters[0]).toMatchObject({ learningRateMultiplier: 0.5, weightDecay: false });
});
