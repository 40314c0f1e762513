import { describe, it } from 'vitest';
import { batchNorm, dense, layerNorm, type LayerDescription } from '../../lib/layers/index.js';
import { expectClose, type Tolerance } from '../support/compare.js';
import { engineRows } from '../support/engines.js';
import { LayerRun } from '../support/run-layer.js';
import { flat, readGolden, type GoldenLayer, type GoldenPass } from './files.js';
import { runnable } from './pending.js';

const cases = readGolden('layers');

/** The layer of a case, by how the case's name begins. One row makes another layer run. */
const makers: readonly [prefix: string, make: (given: GoldenLayer) => LayerDescription, parameters: string[]][] = [
  ['dense', ({ kernel }) => dense((kernel as number[][])[0].length), ['kernel', 'bias']],
  [
    'batch-norm',
    ({ epsilon, runningUpdateWeightOfNewBatch: share }) =>
      batchNorm({ epsilon: epsilon as number, momentum: 1 - (share as number) }),
    ['gamma', 'beta'],
  ],
  ['layer-norm', ({ epsilon }) => layerNorm({ epsilon: epsilon as number }), ['gamma', 'beta']],
];

const rowOf = (name: string) => makers.find(([prefix]) => name.startsWith(prefix));
const names = runnable('layers', Object.keys(cases), (name) => rowOf(name) !== undefined);

/** A training pass: output, every gradient, and the running statistics where the case has them. */
async function checkPass(run: LayerRun, pass: GoldenPass, parameters: string[], tolerance: Tolerance): Promise<void> {
  const { y, dx } = await run.train(flat(pass.x), flat(pass.dy));
  expectClose(y, flat(pass.y), tolerance, 'output');
  expectClose(dx, flat(pass.dx), tolerance, 'input gradient');
  for (const name of parameters) {
    const wanted = pass[`d${name}`];
    if (wanted !== undefined) expectClose(run.gradients.get(name)!, flat(wanted), tolerance, `gradient of ${name}`);
  }
  for (const name of ['runningMean', 'runningVariance']) {
    if (pass[name] !== undefined) expectClose(run.parameters.get(name)!, flat(pass[name]), tolerance, name);
  }
}

describe.each(engineRows)('$name', ({ make, tolerance }) => {
  it.each(names)('%s', async (name) => {
    const given = cases[name];
    const [, describe, parameters] = rowOf(name)!;
    const passes = given.training ?? [given];
    const run = new LayerRun(make(), describe(given), passes[0].x[0].length);
    for (const parameter of parameters) {
      if (given[parameter] !== undefined) run.parameters.set(parameter, Float64Array.from(flat(given[parameter])));
    }
    for (const pass of passes) await checkPass(run, pass, parameters, tolerance);
    if (given.inference !== undefined) {
      expectClose(await run.infer(flat(given.inference.x)), flat(given.inference.y), tolerance, 'inference');
    }
  });
});
