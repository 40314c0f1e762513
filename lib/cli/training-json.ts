import { createHash } from 'node:crypto';
import { endianness } from 'node:os';
import { resolve } from 'node:path';
import type { Evaluation, Network } from '../index.js';
import { confusionsOf, type Mistake } from './mistakes.js';
import type { TrainingData } from './training-data.js';
import type { TrainingRun, TrainOptions } from './training-run.js';

const MOST_CONFUSIONS = 10;

/** Everything that a report is made from. */
export interface Trained {
  readonly data: TrainingData;
  readonly network: Network;
  readonly options: TrainOptions;
  readonly run: TrainingRun;
  readonly evaluation: Evaluation;
  readonly mistakes: readonly Mistake[];
  readonly interrupted: string | undefined;
}

/** What `--json` prints. Names are kept; new ones may be added. */
export function trainingJson({ data, network, options, run, evaluation, mistakes, interrupted }: Trained) {
  const { train, test, name, source } = data;
  const last = run.epochs.at(-1);
  return {
    testAccuracy: evaluation.accuracy ?? null,
    testLoss: evaluation.loss,
    trainAccuracy: last?.accuracy ?? null,
    trainLoss: last?.loss ?? null,
    epochs: run.epochs.length,
    steps: run.steps,
    seconds: run.seconds,
    samplesPerSecond: run.samplesPerSecond,
    engine: network.engine.name,
    threads: network.engine.threads,
    seed: network.seed,
    weightsSha256: weightsSha256(network),
    interrupted: interrupted ?? null,
    saved: options.save === undefined ? null : resolve(options.save),
    parameters: network.parameterCount,
    data: {
      name,
      source: source === 'synthetic' ? source : resolve(source),
      train: train.length,
      test: test.length,
      inputs: train.width,
      classes: train.classes,
    },
    options: {
      layers: options.layers,
      activation: options.activation,
      dropout: options.dropout,
      augment: options.augment ?? false,
      batchNorm: options.batchNorm ?? false,
      l2: options.l2 ?? 0,
      optimizer: options.optimizer,
      learningRate: run.learningRate,
      schedule: options.schedule,
      batchSize: run.batchSize,
      epochs: options.epochs,
    },
    history: run.epochs,
    confusions: confusionsOf(mistakes).slice(0, MOST_CONFUSIONS),
  };
}

/** SHA-256 over all parameters in their order, each a float32 with its lowest byte first. */
export function weightsSha256(network: Pick<Network, 'parameterNames' | 'readParameter'>): string {
  const hash = createHash('sha256');
  for (const name of network.parameterNames) {
    const values = network.readParameter(name);
    const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    hash.update(endianness() === 'LE' ? bytes : bytes.swap32());
  }
  return hash.digest('hex');
}
