import { describe, it } from 'vitest';
import { ProgramBuilder } from '../../lib/program/builder.js';
import { expectClose } from '../support/compare.js';
import { engineRows } from '../support/engines.js';
import { flat, readGolden } from './files.js';
import { lossFor } from './names.js';
import { runnable } from './pending.js';

const { logits, labels, cases } = readGolden('losses');
const [rows, columns] = [logits.length, logits[0].length];

const names = runnable('losses', Object.keys(cases), (name) => lossFor(name, cases[name]) !== undefined);

describe.each(engineRows)('$name', ({ make, tolerance }) => {
  it.each(names)('%s', async (name) => {
    const { loss, gradient, targets } = cases[name];
    const engine = make();
    const builder = new ProgramBuilder('train', rows);
    const written = lossFor(name, cases[name])!.write(builder, builder.features(columns), true);
    builder.emit(written!);
    const program = engine.compile(builder.finish({ scalars: 0, slots: 0, parameters: 0 }));
    const data = engine.createData({
      length: rows,
      width: columns,
      features: Float64Array.from(flat(logits)),
      scale: 1,
      labels: Int32Array.from(labels),
      targets: targets === undefined ? undefined : Float64Array.from(flat(targets)),
      targetWidth: targets === undefined ? 0 : targets[0].length,
    });
    const slice = { data, firstSample: 0, count: rows, scalars: new Float64Array(0), seed: 0, firstStep: 0 };
    const { totals, output } = await program.run(engine.createStore(0, 0), slice);
    expectClose([totals[builder.totals.indexOf('loss')] / rows], [loss], tolerance, 'loss');
    expectClose(output ?? [], flat(gradient), tolerance, 'gradient');
  });
});
