import { writeBackwardChain, writeForwardChain } from '../layers/index.js';
import type { Optimizer } from '../optimizers/index.js';
import { ProgramBuilder } from '../program/builder.js';
import type { Program } from '../program/program.js';
import type { Architecture } from './architecture.js';
import { writeUpdates } from './compile.js';

/** The forward pass as in training, with masks and running statistics; hands out the outputs. */
export function compileForward(architecture: Architecture, batchSize: number): Program {
  const { inputs, layers, frozen, arenaSize } = architecture;
  const program = new ProgramBuilder('train', batchSize, frozen);
  program.emit(writeForwardChain(program, layers, program.features(inputs)).output);
  return program.finish({ scalars: 0, slots: 0, parameters: arenaSize });
}

/**
 * The backward pass from a gradient by the outputs, given as the data's targets, to the gradients of all parameters, which
 * stay readable, and by the inputs, which are handed out. It makes the forward pass again, but leaves running statistics.
 */
export function compileBackward(architecture: Architecture, batchSize: number): Program {
  const { inputs, outputs, layers, frozen, arenaSize } = architecture;
  const program = new ProgramBuilder('train', batchSize, frozen);
  program.keepGradients = true;
  program.keepState = true;
  const features = program.features(inputs, { requiresGradient: true });
  const { traces } = writeForwardChain(program, layers, features);
  const gradient = writeBackwardChain(program, layers, traces, program.targets(outputs));
  if (gradient === undefined) throw new TypeError('A layer keeps the gradient by its input to itself');
  program.emit(gradient);
  return program.finish({ scalars: 0, slots: 0, parameters: arenaSize });
}

/** The update alone, with gradients that stand ready. */
export function compileStep(architecture: Architecture, optimizer: Optimizer): Program {
  const program = new ProgramBuilder('train', 1, architecture.frozen);
  program.keepGradients = true;
  writeUpdates(program, architecture, optimizer);
  const { slots, scalarCount } = optimizer;
  return program.finish({ scalars: scalarCount, slots, parameters: architecture.arenaSize });
}
