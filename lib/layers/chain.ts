import type { ProgramBuilder, Value } from '../program/builder.js';
import type { Layer, Trace } from './layer.js';

/** Writes the forward pass of layers one after the other; returns the last output and what each left behind. */
export function writeForwardChain(
  program: ProgramBuilder,
  layers: readonly Layer[],
  input: Value,
): { output: Value; traces: Trace[] } {
  let output = input;
  const traces = layers.map((layer) => {
    program.layer = layer.name;
    const trace = layer.forward(program, output);
    output = trace.output;
    return trace;
  });
  return { output, traces };
}

/**
 * Writes the backward pass of layers, last one first, down to the lowest that learns: where an output needs no gradient,
 * nothing upstream is trained. Returns the gradient by the chain's input where somebody wants it.
 */
export function writeBackwardChain(
  program: ProgramBuilder,
  layers: readonly Layer[],
  traces: readonly Trace[],
  outputGradient: Value,
): Value | undefined {
  let gradient: Value | undefined = outputGradient;
  for (let i = layers.length - 1; i >= 0 && gradient !== undefined; i--) {
    if (!traces[i].output.requiresGradient) return undefined;
    program.layer = layers[i].name;
    gradient = layers[i].backward(program, traces[i], gradient);
  }
  return gradient;
}
