import type { ProgramBuilder, Value } from '../program/builder.js';
import type { Loss, LossConfig } from './loss.js';
import { writeLoss, type LossOutputs } from './weighing.js';

/** Operands of the kernels for regression, which differ in their function only. */
export interface RegressionOperands extends LossOutputs {
  readonly output: Value;
  readonly targets: Value;
}

/** A loss that compares numbers with numbers. `call` writes its kernel. */
export function regressionLoss(
  config: LossConfig,
  call: (program: ProgramBuilder, operands: RegressionOperands, total: { readonly total?: 'loss' }) => void,
): Loss {
  return {
    name: config.name,
    compares: 'targets',
    task: 'values',
    metrics: [],
    config,
    write(program, output, withGradient) {
      const targets = program.targets(output.second);
      const gradient = withGradient ? program.rows(output.second) : undefined;
      writeLoss(program, gradient, {}, (outputs, total) => {
        call(program, { output, targets, ...outputs }, total);
      });
      return gradient;
    },
    predictions: (_program, output) => output,
  };
}
