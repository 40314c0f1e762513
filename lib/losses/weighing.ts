import type { ProgramBuilder, Value } from '../program/builder.js';
import { weighedBy } from '../kernels/weigh.js';

/** How classes weigh in a loss. */
export interface Weighing {
  readonly classWeights?: readonly number[] | undefined;
  /** What says the class of a row: its label, or its targets. */
  readonly by?: 'label' | 'targets';
  /** The loss kernel weighs classes itself: they count in the divisor only. */
  readonly inLoss?: boolean;
}

/** Where a loss kernel puts its results. */
export interface LossOutputs {
  readonly gradient: Value | undefined;
  readonly losses: Value | undefined;
}

type Total = { readonly total?: 'loss' };

/**
 * Writes a loss kernel by `write`. Without weights its partial sums are the loss. With weights of samples or classes, the
 * loss and its gradient become those of the weighted mean
 *
 *     Σ weight · loss / Σ weight    over the batch; a row's weight is its sample's times its class's
 *
 * The divisor is summed by a kernel of its own before anything else runs: it needs the whole batch, and a loss kernel sees a
 * tile of rows.
 */
export function writeLoss(
  program: ProgramBuilder,
  gradient: Value | undefined,
  { classWeights, by = 'label', inLoss = false }: Weighing,
  write: (outputs: LossOutputs, options: Total) => void,
): void {
  if (!program.weighted && classWeights === undefined) {
    write({ gradient, losses: undefined }, { total: 'loss' });
    return;
  }
  const losses = program.rows(1);
  write({ gradient, losses }, {});
  const classes = classWeights === undefined ? undefined : program.constant(classWeights);
  const how = (weighsClasses: boolean) => ({ by: weighsClasses ? weighedBy[by] : weighedBy.nothing });
  const sum = program.vector(1);
  program.call('gatherWeightSum', { classWeights: classes, sum }, how(classes !== undefined), {
    total: 'weight',
    early: true,
  });
  const rowClasses = inLoss ? undefined : classes;
  let weights: Value | undefined;
  if (program.weighted || rowClasses !== undefined) {
    weights = program.rows(1);
    program.call('gatherWeights', { classWeights: rowClasses, weights }, how(rowClasses !== undefined));
  }
  program.call('weighLosses', { losses, weights, weightSum: sum, gradient }, {}, { total: 'loss' });
}
