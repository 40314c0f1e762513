import { describe, it } from 'vitest';
import type { Engine } from '../../lib/engine/engine.js';
import type { Optimizer } from '../../lib/optimizers/index.js';
import { ProgramBuilder } from '../../lib/program/builder.js';
import { ParameterClaims } from '../../lib/program/parameters.js';
import { l2 } from '../../lib/regularizers/index.js';
import { expectClose } from '../support/compare.js';
import { engineRows } from '../support/engines.js';
import { flat, readGolden } from './files.js';
import { optimizerFor, torchClass } from './names.js';
import { runnable } from './pending.js';

const { start: first, gradients, cases } = readGolden('optimizers');
const start = flat(first);
const forCase = (name: string) => optimizerFor(torchClass(name), cases[name].options);
const names = runnable('optimizers', Object.keys(cases), (name) => forCase(name) !== undefined);

/** Parameters after every update, from `start` along the given gradients. */
async function path(engine: Engine, optimizer: Optimizer, weightDecay: number): Promise<Float64Array[]> {
  const claims = new ParameterClaims();
  claims.enter('only');
  const regularizers = weightDecay === 0 ? [] : [l2(weightDecay)];
  const shape = [start.length, 1];
  const parameter = claims.claim('kernel', shape, { role: 'kernel', initialize: () => undefined, regularizers });
  const builder = new ProgramBuilder('train', 1);
  builder.keepGradients = true;
  for (const { kernel, lambda } of regularizers) {
    const operands = { parameter, gradient: builder.gradientOf(parameter) };
    builder.parameterCall(parameter, 'regularize', kernel, operands, { lambda }, { total: 'penalty' });
  }
  optimizer.update(builder, parameter);
  const { slots, scalarCount } = optimizer;
  const program = engine.compile(builder.finish({ scalars: scalarCount, slots, parameters: claims.size }));
  const store = engine.createStore(claims.size, slots);
  store.write('parameters', 0, Float64Array.from(start));
  const features = new Float32Array(1);
  const data = engine.createData({ length: 1, width: 1, features, scale: 1, targetWidth: 0 });
  const steps: Float64Array[] = [];
  for (const [step, gradient] of gradients.entries()) {
    store.write('gradients', 0, Float64Array.from(flat(gradient)));
    const scalars = Float64Array.from(optimizer.scalars(step));
    await program.run(store, { data, firstSample: 0, count: 1, scalars, seed: 0, firstStep: step });
    steps.push(Float64Array.from(store.read('parameters', 0, start.length)));
  }
  return steps;
}

describe.each(engineRows)('$name', ({ make, tolerance }) => {
  it.each(names)('%s, every step', async (name) => {
    const { optimizer, weightDecay } = forCase(name)!;
    const steps = await path(make(), optimizer, weightDecay);
    cases[name].parameters.forEach((wanted, step) => {
      expectClose(steps[step], flat(wanted), tolerance, `parameters after step ${step + 1}`);
    });
  });
});
