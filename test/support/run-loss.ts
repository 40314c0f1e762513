import type { Engine } from '../../lib/engine/engine.js';
import type { Loss } from '../../lib/losses/index.js';
import { ProgramBuilder } from '../../lib/program/builder.js';
import { flat } from '../golden/files.js';

type Rows = readonly (readonly number[])[];

export interface LossData {
  readonly logits: Rows;
  readonly labels?: readonly number[];
  readonly targets?: Rows;
  readonly weights?: readonly number[];
}

export interface LossResult {
  /** Mean over the batch as training reports it. */
  readonly loss: number;
  /** What the weighted mean was divided by. */
  readonly weight: number | undefined;
  readonly metrics: Readonly<Record<string, number>>;
  readonly gradient: readonly number[];
}

/** A loss alone on an engine, given the network's outputs as features. */
export async function runLoss(engine: Engine, loss: Loss, data: LossData, threads = false): Promise<LossResult> {
  const { logits, labels, targets, weights } = data;
  const rows = logits.length;
  const program = new ProgramBuilder('train', rows);
  program.weighted = weights !== undefined;
  const gradient = loss.write(program, program.features(logits[0].length), true);
  program.emit(gradient!);
  const compiled = engine.compile(program.finish({ scalars: 0, slots: 0, parameters: 0 }));
  const source = engine.createData({
    length: rows,
    width: logits[0].length,
    features: Float64Array.from(flat(logits)),
    scale: 1,
    ...(labels === undefined ? {} : { labels: Int32Array.from(labels) }),
    ...(targets === undefined ? {} : { targets: Float64Array.from(flat(targets)) }),
    ...(weights === undefined ? {} : { weights: Float64Array.from(weights) }),
    targetWidth: targets?.[0].length ?? 0,
  });
  const order = threads ? Uint32Array.from({ length: rows }, (_, i) => i) : undefined;
  const slice = {
    data: source,
    order,
    firstSample: 0,
    count: rows,
    scalars: new Float64Array(0),
    seed: 0,
    firstStep: 0,
  };
  const { totals, output } = await compiled.run(engine.createStore(0, 0), slice);
  const total = (name: string) => totals[program.totals.indexOf(name)];
  return {
    loss: total('loss') / rows,
    weight: program.totals.includes('weight') ? total('weight') : undefined,
    metrics: Object.fromEntries(loss.metrics.map((name) => [name, total(name) / rows])),
    gradient: Array.from(output ?? []),
  };
}
