import { ReferenceEngine } from '../engine/reference.js';
import type { EngineData, Store } from '../engine/engine.js';
import type { DataSource, FloatArray } from '../kernels/call.js';
import { writeForwardChain } from '../layers/index.js';
import { ProgramBuilder } from '../program/builder.js';
import type { Program } from '../program/program.js';
import type { Architecture } from './architecture.js';
import { compileGradients } from './compile.js';

/** A step of training that came to no finite end, and what it was made from. */
export interface FailedStep {
  readonly architecture: Architecture;
  readonly parameters: FloatArray;
  readonly batch: DataSource;
  readonly seed: number;
  readonly step: number;
}

export interface FoundNonFinite {
  readonly layer?: string;
  readonly tensor: string;
  /** Rows of the batch. */
  readonly rows: readonly number[];
}

/**
 * Does a step again on the reference engine, with the same masks, and looks for the first tensor that is not finite: outputs
 * from the first layer to the last, then gradients from the last layer to the first.
 */
export async function findNonFinite(failed: FailedStep): Promise<FoundNonFinite | undefined> {
  const { architecture, batch } = failed;
  for (const [place, layer] of architecture.layers.entries()) {
    const output = (await run(failed, compileOutput(architecture, place, batch.length))).output ?? [];
    const rows = new Set<number>();
    for (let i = 0; i < output.length; i++) if (!Number.isFinite(output[i])) rows.add(Math.floor(i / layer.outputs));
    if (rows.size > 0) return { layer: layer.name, tensor: `output of ${layer.name}`, rows: [...rows] };
  }
  return findGradient(failed);
}

async function findGradient(failed: FailedStep): Promise<FoundNonFinite | undefined> {
  const { architecture, batch } = failed;
  const { store } = await run(failed, compileGradients(architecture, batch.length, batch.weights !== undefined));
  for (const { name, layer, offset, size, role } of [...architecture.parameters].reverse()) {
    if (role === 'state' || store.read('gradients', offset, size).every(Number.isFinite)) continue;
    return { layer, tensor: `gradient of ${name}`, rows: [] };
  }
  return undefined;
}

/** Layers up to one as in training, with masks and the statistics of the batch; hands out its output. */
function compileOutput({ inputs, layers, arenaSize, frozen }: Architecture, last: number, batchSize: number): Program {
  const program = new ProgramBuilder('train', batchSize, frozen);
  program.keepState = true;
  program.emit(writeForwardChain(program, layers.slice(0, last + 1), program.features(inputs)).output);
  return program.finish({ scalars: 0, slots: 0, parameters: arenaSize });
}

async function run(failed: FailedStep, program: Program) {
  const engine = new ReferenceEngine();
  const { parameters, batch, seed, step } = failed;
  const store: Store = engine.createStore(parameters.length, 0);
  store.write('parameters', 0, parameters);
  const data: EngineData = engine.createData(batch);
  const slice = { data, firstSample: 0, count: batch.length, scalars: new Float64Array(0) };
  const outcome = await engine.compile(program).run(store, { ...slice, seed, firstStep: step });
  return { ...outcome, store };
}
