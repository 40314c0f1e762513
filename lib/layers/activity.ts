import type { ProgramBuilder, Value } from '../program/builder.js';
import type { Regularizer } from '../program/parameters.js';

const kernels = { l1: 'activityL1', l2: 'activityL2' } as const;

/** Writes the penalties on a layer's output, as a mean over the batch; returns the gradient by the output with theirs. */
export function writeActivityPenalties(
  program: ProgramBuilder,
  regularizers: readonly Regularizer[],
  output: Value,
  outputGradient: Value,
): Value {
  return regularizers.reduce((gradient, { kernel, lambda }) => {
    // A value of its own: others may read the gradient that came in.
    const penalizedGradient = program.rows(output.second);
    const operands = { output, outputGradient: gradient, penalizedGradient };
    program.call(kernels[kernel], operands, { lambda }, { total: 'penalty' });
    return penalizedGradient;
  }, outputGradient);
}
