import { writeBackwardChain, writeForwardChain, type Trace } from '../layers/index.js';
import { writeClipping, type Optimizer } from '../optimizers/index.js';
import { ProgramBuilder, type Value } from '../program/builder.js';
import type { Program } from '../program/program.js';
import type { Architecture } from './architecture.js';

/** Rows a step of evaluation and prediction takes: many tiles for many threads, little memory. */
export const EVALUATION_BATCH = 2048;

/** What a training program does besides the network's own calls. */
export interface TrainingKind {
  readonly keepGradients?: boolean;
  readonly weighted?: boolean;
  /** Makes other samples of the features. */
  readonly augment?: (program: ProgramBuilder, features: Value) => Value;
}

/**
 * One training step: augmentation, forward, loss, backward, regularizers, clipping, update, constraints. Frozen layers take part in the
 * forward pass only.
 */
export function compileTraining(
  architecture: Architecture,
  optimizer: Optimizer,
  batchSize: number,
  options: TrainingKind = {},
): Program {
  const program = new ProgramBuilder('train', batchSize, architecture.frozen);
  program.keepGradients = options.keepGradients ?? false;
  program.weighted = options.weighted ?? false;
  writeGradients(program, architecture, options.augment);
  writeUpdates(program, architecture, optimizer);
  const { slots, scalarCount } = optimizer;
  return program.finish({ scalars: scalarCount, slots, parameters: architecture.arenaSize });
}

/** Loss and gradients of one batch, as in training; the gradients stay readable and nothing is updated. */
export function compileGradients(
  architecture: Architecture,
  batchSize: number,
  { weighted = false, augment }: Pick<TrainingKind, 'weighted' | 'augment'> = {},
): Program {
  const program = new ProgramBuilder('train', batchSize, architecture.frozen);
  program.keepGradients = true;
  program.weighted = weighted;
  writeGradients(program, architecture, augment);
  writeUpdates(program, architecture, undefined);
  return program.finish({ scalars: 0, slots: 0, parameters: architecture.arenaSize });
}

/** What an evaluation takes into account, and whether it hands out the predictions as well. */
export interface EvaluationKind {
  readonly weighted: boolean;
  readonly emits: boolean;
}

/** Loss and metrics over data, without touching a parameter. */
export function compileEvaluation(architecture: Architecture, kind?: Partial<EvaluationKind>): Program {
  const program = new ProgramBuilder('evaluate', EVALUATION_BATCH);
  program.weighted = kind?.weighted ?? false;
  const { output } = writeForward(program, architecture);
  program.layer = 'loss';
  architecture.loss.write(program, output, false);
  if (kind?.emits === true) program.emit(architecture.loss.predictions(program, output));
  return program.finish({ scalars: 0, slots: 0, parameters: architecture.arenaSize });
}

/** Predictions: the loss's reading of the output (probabilities), or the output as it is. */
export function compilePrediction(architecture: Architecture, raw: boolean): Program {
  const program = new ProgramBuilder('predict', EVALUATION_BATCH);
  const { output } = writeForward(program, architecture);
  program.emit(raw ? output : architecture.loss.predictions(program, output));
  return program.finish({ scalars: 0, slots: 0, parameters: architecture.arenaSize });
}

/** Hands out what one layer leaves in prediction: its output, or what its activation's derivative is computed from. */
export function compileActivations(architecture: Architecture, layer: number, what: 'output' | 'saved'): Program {
  const program = new ProgramBuilder('predict', EVALUATION_BATCH);
  const layers = architecture.layers.slice(0, layer + 1);
  const { output, traces } = writeForwardChain(program, layers, program.features(architecture.inputs));
  program.emit((what === 'saved' ? traces[layer].saved : undefined) ?? output);
  return program.finish({ scalars: 0, slots: 0, parameters: architecture.arenaSize });
}

function writeForward(
  program: ProgramBuilder,
  architecture: Architecture,
  augment?: TrainingKind['augment'],
): { output: Value; traces: Trace[] } {
  const features = program.features(architecture.inputs);
  return writeForwardChain(program, architecture.layers, augment?.(program, features) ?? features);
}

function writeGradients(program: ProgramBuilder, architecture: Architecture, augment?: TrainingKind['augment']): void {
  const { output, traces } = writeForward(program, architecture, augment);
  program.layer = 'loss';
  const gradient = architecture.loss.write(program, output, true);
  if (gradient !== undefined) writeBackwardChain(program, architecture.layers, traces, gradient);
}

/** From gradients that stand ready to parameters: penalties, clipping, update, constraints. */
export function writeUpdates(
  program: ProgramBuilder,
  { parameters }: Architecture,
  optimizer: Optimizer | undefined,
): void {
  for (const parameter of parameters) {
    if (!program.trains(parameter)) continue;
    const gradient = program.gradientOf(parameter);
    for (const { kernel, lambda } of parameter.regularizers) {
      program.parameterCall(parameter, 'regularize', kernel, { parameter, gradient }, { lambda }, { total: 'penalty' });
    }
    if (optimizer === undefined) continue;
    if (optimizer.clipping !== undefined) writeClipping(program, parameter, optimizer.clipping);
    optimizer.update(program, parameter);
    for (const constraint of parameter.constraints) constraint.write(program, parameter);
  }
}
