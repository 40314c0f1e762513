import type { Engine } from '../../lib/engine/engine.js';
import type { FloatArray } from '../../lib/kernels/call.js';
import { activation, buildLayers, type LayerDescription } from '../../lib/layers/index.js';
import { ProgramBuilder } from '../../lib/program/builder.js';
import { ParameterClaims } from '../../lib/program/parameters.js';

export interface Draw {
  readonly columns: number;
  readonly rows: number;
  readonly features: ArrayLike<number>;
  readonly seed?: number;
  readonly step?: number;
  /** Layers in front of it that do nothing. */
  readonly place?: number;
  /** Batch that the rows are cut into; default one. Each batch is a step. */
  readonly batchSize?: number;
  readonly purpose?: 'train' | 'predict';
}

/** What a layer without parameters gives while training. */
export async function outputOf(engine: Engine, description: LayerDescription, draw: Draw): Promise<FloatArray> {
  const { columns, rows, features, seed = 1, step = 0, place = 0, batchSize = rows, purpose = 'train' } = draw;
  const claims = new ParameterClaims();
  const front = Array.from({ length: place }, () => activation('identity'));
  const layers = buildLayers([...front, description], { claims, inputs: columns, count: { value: 0 }, within: '' });
  const builder = new ProgramBuilder(purpose, batchSize);
  builder.emit(layers[place].forward(builder, builder.features(columns)).output);
  const program = engine.compile(builder.finish({ scalars: 0, slots: 0, parameters: 0 }));
  const source = { length: rows, width: columns, features: Float64Array.from(features), scale: 1, targetWidth: 0 };
  const data = engine.createData(source);
  const slice = { data, firstSample: 0, count: rows, scalars: new Float64Array(0), seed, firstStep: step };
  const { output } = await program.run(engine.createStore(0, 0), slice);
  return output!;
}
