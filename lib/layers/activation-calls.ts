import type { Activation } from '../activations/index.js';
import type { ProgramBuilder, Value } from '../program/builder.js';

/** Writes output = activation(input). */
export function writeActivation(program: ProgramBuilder, { id, parameter }: Activation, input: Value): Value {
  const output = program.rows(input.second, { requiresGradient: input.requiresGradient });
  program.call('activation', { input, output }, { activation: id, parameter });
  return output;
}

/** Writes the gradient by the activation's input; the gradient itself where there is nothing to do. */
export function writeActivationGradient(
  program: ProgramBuilder,
  { id, parameter, name, saves }: Activation,
  trace: { input: Value; output: Value },
  outputGradient: Value,
): Value {
  if (name === 'identity') return outputGradient;
  const saved = saves === 'output' ? trace.output : trace.input;
  const inputGradient = program.rows(outputGradient.second);
  program.call('activationGradient', { saved, outputGradient, inputGradient }, { activation: id, parameter });
  return inputGradient;
}
