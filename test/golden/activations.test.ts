import { describe, it } from 'vitest';
import { activation, dense, prelu as preluLayer, softmax as softmaxLayer } from '../../lib/layers/index.js';
import { expectClose } from '../support/compare.js';
import { engineRows } from '../support/engines.js';
import { LayerRun } from '../support/run-layer.js';
import { flat, readGolden } from './files.js';
import { activationFor } from './names.js';
import { runnable } from './pending.js';

const { x, cases, softmax, prelu, ...rest } = readGolden('activations');
const all = [...Object.keys(cases), ...Object.keys(rest)];
const names = runnable('activations', all, (name) => activationFor(name) !== undefined);

describe.each(engineRows)('$name', ({ make, tolerance }) => {
  it.each(names.filter((name) => name in cases))('%s, value and derivative', async (name) => {
    const { y, dx } = cases[name];
    const kind = activationFor(name)!;
    const layer = await new LayerRun(make(), activation(kind), 1).train(
      x,
      x.map(() => 1),
    );
    expectClose(layer.y, y, tolerance, 'value');
    expectClose(layer.dx, dx, tolerance, 'derivative');
    // The same inside a dense layer that passes on what it is given.
    const fused = new LayerRun(make(), dense(1, { activation: kind, initializer: 'ones' }), 1);
    const inside = await fused.train(
      x,
      x.map(() => 1),
    );
    expectClose(inside.y, y, tolerance, 'value in dense');
    expectClose(inside.dx, dx, tolerance, 'derivative in dense');
  });

  it('softmax as a layer', async () => {
    const run = new LayerRun(make(), softmaxLayer(), softmax.x[0].length);
    const { y, dx } = await run.train(flat(softmax.x), flat(softmax.dy));
    expectClose(y, flat(softmax.y), tolerance, 'value');
    expectClose(dx, flat(softmax.dx), tolerance, 'input gradient');
    expectClose(await run.infer(flat(softmax.x)), flat(softmax.y), tolerance, 'inference');
  });

  it('prelu', async () => {
    const run = new LayerRun(make(), preluLayer(), prelu.x[0].length);
    run.parameters.set('slope', Float64Array.from(prelu.alpha));
    const { y, dx } = await run.train(flat(prelu.x), flat(prelu.dy));
    expectClose(y, flat(prelu.y), tolerance, 'value');
    expectClose(dx, flat(prelu.dx), tolerance, 'input gradient');
    expectClose(run.gradients.get('slope')!, prelu.dalpha, tolerance, 'gradient of slope');
  });
});
