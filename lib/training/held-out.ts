import { ShardedDataset, type Dataset } from '../data/index.js';
import type { EngineData } from '../engine/engine.js';
import { Measurement } from '../metrics/index.js';
import { EVALUATION_BATCH, type Model } from '../network/index.js';
import { EpochSums, type Scores } from './history.js';
import { addOutput, truthOf, type Scoring, type Truth } from './scoring.js';

/** Bytes of samples that are read from files at once, while those before them are evaluated. */
const PART_BYTES = 2 ** 23;

/** Samples in the engine, and what their predictions are compared with. */
interface Part {
  readonly data: EngineData;
  readonly truth: Truth | undefined;
}

/** Data that a network is measured on: in the engine's memory, or in files and read a part at a time. */
export interface HeldOut {
  readonly weighted: boolean;
  readonly scoring: Scoring | undefined;
  /** A part is freed when the next one is asked for. */
  parts(): Iterable<Part> | AsyncIterable<Part>;
  dispose(): void;
}

export function holdOut(model: Model, data: Dataset | ShardedDataset, scoring: Scoring | undefined): HeldOut {
  if (data instanceof ShardedDataset) {
    return { weighted: false, scoring, parts: () => readParts(model, data, scoring), dispose: () => undefined };
  }
  const part = copyPart(model, data, scoring);
  const dispose = () => {
    part.data.dispose();
  };
  return { weighted: data.weights !== undefined, scoring, parts: () => [part], dispose };
}

/**
 * Means of the evaluation's totals, and metrics, over all samples. Parts are whole batches of the evaluation, so that sums run
 * in one order: the same samples have the same score wherever they are.
 */
export async function score(model: Model, held: HeldOut): Promise<Scores> {
  const { weighted, scoring } = held;
  const program = model.evaluationOf({ weighted, emits: scoring !== undefined });
  const { totals: names, batchSize } = program.program;
  const sums = new EpochSums(names);
  const measurement = scoring === undefined ? undefined : new Measurement(scoring.metrics, scoring.pass);
  for await (const { data, truth } of held.parts()) {
    const { totals, output } = await model.runOver(program, data);
    for (let first = 0, at = 0; first < data.length; first += batchSize, at += names.length) {
      sums.add(totals.subarray(at, at + names.length), Math.min(batchSize, data.length - first));
    }
    if (measurement !== undefined) await addOutput(measurement, scoring!, output!, truth!);
  }
  const accuracy = sums.mean('accuracy');
  return {
    loss: sums.mean('loss') ?? NaN,
    ...(accuracy === undefined ? {} : { accuracy }),
    ...(measurement === undefined ? {} : { metrics: measurement.result() }),
  };
}

function copyPart({ engine }: Model, data: Dataset, scoring: Scoring | undefined): Part {
  return { data: engine.createData(data), truth: scoring === undefined ? undefined : truthOf(scoring, data) };
}

/** Each part is read while the one before it is evaluated. */
async function* readParts(model: Model, source: ShardedDataset, scoring: Scoring | undefined): AsyncGenerator<Part> {
  const { width, bytes, targetWidth, length } = source;
  const fitting = Math.floor(PART_BYTES / (width * (bytes ? 1 : 4) + targetWidth * 4 + 4));
  const count = EVALUATION_BATCH * Math.max(1, Math.floor(fitting / EVALUATION_BATCH));
  const read = (first: number) => {
    if (first >= length) return undefined;
    const samples = source.read(first, Math.min(count, length - first));
    // Who asks for it hears of it; until then it is nobody's.
    samples.catch(() => undefined);
    return samples;
  };
  let next = read(0);
  for (let first = 0; next !== undefined; first += count) {
    const part = copyPart(model, await next, scoring);
    next = read(first + count);
    try {
      yield part;
    } finally {
      part.data.dispose();
    }
  }
}
