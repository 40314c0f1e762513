import { describe, it } from 'vitest';
import { ProgramBuilder } from '../../lib/program/builder.js';
import { activation, dense } from '../../lib/layers/index.js';
import { expectClose } from '../support/compare.js';
import { engineRows } from '../support/engines.js';
import { LayerRun } from '../support/run-layer.js';
import { flat, readGolden } from './files.js';
import { activationFor } from './names.js';
import { runnable } from './pending.js';

const { x, cases, softmax, ...rest } = readGolden('activations');
const others = ['softmax as a layer', ...Object.keys(rest)];
const names = runnable('activations', [...Object.keys(cases), ...others], (name) => activationFor(name) !== undefined);

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

  it('softmax, its value', async () => {
    const engine = make();
    const columns = softmax.x[0].length;
    const builder = new ProgramBuilder('predict', softmax.x.length);
    const [input, output] = [builder.features(columns), builder.rows(columns)];
    builder.call('softmax', { input, output }, {});
    builder.emit(output);
    const program = engine.compile(builder.finish({ scalars: 0, slots: 0, parameters: 0 }));
    const features = Float64Array.from(flat(softmax.x));
    const data = engine.createData({ length: softmax.x.length, width: columns, features, scale: 1, targetWidth: 0 });
    const slice = { data, firstSample: 0, count: data.length, scalars: new Float64Array(0), seed: 0, firstStep: 0 };
    const outcome = await program.run(engine.createStore(0, 0), slice);
    expectClose(outcome.output ?? [], flat(softmax.y), tolerance);
  });
});
