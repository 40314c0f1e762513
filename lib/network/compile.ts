import type { Optimizer } from '../optimizers/index.js';
import { ProgramBuilder, type Value } from '../program/builder.js';
import type { Trace } from '../layers/index.js';
import type { Program } from '../program/program.js';
import type { Architecture } from './architecture.js';

/** Rows a step of evaluation and prediction takes: many tiles for many threads, little memory. */
export const EVALUATION_BATCH = 2048;

/** One training step: forward, loss, backward, regularizers, update. */
export function compileTraining(
  architecture: Architecture,
  optimizer: Optimizer,
  batchSize: number,
  options: { keepGradients?: boolean; weighted?: boolean } = {},
): Program {
  const program = new ProgramBuilder('train', batchSize);
  program.keepGradients = options.keepGradients ?? false;
  program.weighted = options.weighted ?? false;
  const { output, traces } = writeForward(program, architecture);
  let gradient = architecture.loss.write(program, output, true);
  for (let i = architecture.layers.length - 1; i >= 0 && gradient !== undefined; i--) {
    gradient = architecture.layers[i].backward(program, traces[i], gradient);
  }
  writeUpdates(program, architecture, optimizer);
  const { slots, scalarCount } = optimizer;
  return program.finish({ scalars: scalarCount, slots, parameters: architecture.arenaSize });
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

function writeForward(program: ProgramBuilder, { inputs, layers }: Architecture): { output: Value; traces: Trace[] } {
  let value = program.features(inputs);
  const traces = layers.map((layer) => {
    const trace = layer.forward(program, value);
    value = trace.output;
    return trace;
  });
  return { output: value, traces };
}

function writeUpdates(program: ProgramBuilder, { parameters }: Architecture, optimizer: Optimizer): void {
  for (const parameter of parameters) {
    if (parameter.role === 'state') continue;
    const gradient = program.gradientOf(parameter);
    for (const { kernel, lambda } of parameter.regularizers) {
      program.parameterCall(parameter, 'regularize', kernel, { parameter, gradient }, { lambda }, { total: 'penalty' });
    }
    optimizer.update(program, parameter);
  }
}
