import { firstNonFinite } from '../core/numbers.js';
import { ReferenceEngine } from '../engine/reference.js';
import type { EngineData, Store } from '../engine/engine.js';
import type { DataSource, FloatArray } from '../kernels/call.js';
import { writeBackwardChain, writeForwardChain, type Trace } from '../layers/index.js';
import { ProgramBuilder, type Value } from '../program/builder.js';
import type { Program } from '../program/program.js';
import type { Architecture } from './architecture.js';
import { compileGradients, type TrainingKind } from './compile.js';

const LARGEST = 3.4028234663852886e38;

/** A step of training that came to no finite end, and what it was made from. */
export interface FailedStep {
  readonly architecture: Architecture;
  readonly parameters: FloatArray;
  readonly batch: DataSource;
  readonly seed: number;
  readonly step: number;
  readonly augment?: TrainingKind['augment'];
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
  for (const [place, layer] of failed.architecture.layers.entries()) {
    const largest = await largestOfRows(failed, compileOutput(failed, place + 1));
    const rows = rowsWhere(largest, (value) => !Number.isFinite(value));
    if (rows.length > 0) return { layer: layer.name, tensor: `output of ${layer.name}`, rows };
  }
  return findGradient(failed);
}

async function findGradient(failed: FailedStep): Promise<FoundNonFinite | undefined> {
  const { architecture, batch, augment } = failed;
  const kind = { weighted: batch.weights !== undefined, augment };
  const { store } = await run(failed, compileGradients(architecture, batch.length, kind));
  for (const { name, layer, offset, size, role } of [...architecture.parameters].reverse()) {
    if (role === 'state' || firstNonFinite(store.read('gradients', offset, size)) < 0) continue;
    return { layer, tensor: `gradient of ${name}`, rows: await rowsOfGradient(failed, name) };
  }
  return undefined;
}

/**
 * Rows to which a gradient owes that it is not finite. It is a sum over rows, of the gradient by the layer's output times, for
 * a kernel, its input: where a sum of so many numbers overflows, one of them is at least the largest number divided by that.
 */
async function rowsOfGradient(failed: FailedStep, name: string): Promise<number[]> {
  const { layers } = failed.architecture;
  const place = layers.findIndex((layer) => name.startsWith(`${layer.name}.`));
  const gradients = compileRows(failed, layers.length, (program, { output, traces }) => {
    const gradient = failed.architecture.loss.write(program, output, true);
    if (gradient === undefined) return undefined;
    return writeBackwardChain(program, layers.slice(place + 1), traces.slice(place + 1), gradient);
  });
  const gradient = await largestOfRows(failed, gradients);
  const input = await largestOfRows(failed, compileOutput(failed, place));
  const isKernel = name.endsWith('.kernel');
  return rowsWhere(gradient, (value, row) => {
    return !(value * (isKernel ? input[row] : 1) < LARGEST / failed.batch.length);
  });
}

/** Hands out what comes behind so many layers. */
function compileOutput(failed: FailedStep, count: number): Program | undefined {
  return compileRows(failed, count, (_, { output }) => output);
}

/**
 * The forward pass through so many layers as in training, with masks and the statistics of the batch; hands out one row for
 * each of the batch.
 */
function compileRows(
  { architecture, batch, augment }: FailedStep,
  count: number,
  choose: (program: ProgramBuilder, forward: { output: Value; traces: Trace[] }) => Value | undefined,
): Program | undefined {
  const { inputs, layers, arenaSize, frozen } = architecture;
  const program = new ProgramBuilder('train', batch.length, frozen);
  program.keepState = true;
  program.weighted = batch.weights !== undefined;
  const given = program.features(inputs);
  const features = augment?.(program, given) ?? given;
  const chosen = choose(program, writeForwardChain(program, layers.slice(0, count), features));
  if (chosen === undefined) return undefined;
  program.emit(chosen);
  return program.finish({ scalars: 0, slots: 0, parameters: arenaSize });
}

/** The largest absolute value of every row that a program hands out; NaN where there is one. */
async function largestOfRows(failed: FailedStep, program: Program | undefined): Promise<Float64Array> {
  const largest = new Float64Array(failed.batch.length);
  if (program === undefined) return largest;
  const { output = [] } = await run(failed, program);
  const width = output.length / largest.length;
  for (let i = 0; i < output.length; i++) {
    const row = Math.floor(i / width);
    largest[row] = Math.max(largest[row], Math.abs(output[i]));
  }
  return largest;
}

function rowsWhere(values: Float64Array, test: (value: number, row: number) => boolean): number[] {
  return Array.from(values.keys()).filter((row) => test(values[row], row));
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
