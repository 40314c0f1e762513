import { checkNumber, checkOptions } from '../core/checks.js';
import type { Loss } from './loss.js';
import { checkClassWeights } from './options.js';
import { writeLoss } from './weighing.js';

export interface MulticlassHingeOptions {
  /** By how much the label's score must exceed every other; above 0, default 1. */
  margin?: number;
  /** One weight per class: finite, at least 0, not all 0; default 1 for each. */
  classWeights?: ArrayLike<number>;
}

/**
 * Multiclass hinge loss, that of a support vector machine: it asks for a margin and no more.
 *
 *     loss = mean over rows of Σ_{j ≠ label} max(0, score_j - score_label + margin)
 *     gradient: 1 / batch for every class within the margin, minus their number / batch for the label's
 *
 * With class weights, rows weigh by their label: Σ weight · loss / Σ weight. Predictions are the scores as they are, no
 * probabilities. Reports `accuracy`.
 *
 * @throws OptionError for an option out of range; ShapeError when the network has other than one output per class weight
 *
 * @example
 * new Network({ inputs: 784, layers: [dense(10)], loss: multiclassHinge({ margin: 1 }) });
 *
 * Source: Weston and Watkins, "Support vector machines for multi-class pattern recognition", ESANN 1999; the course CS231n.
 * PyTorch's MultiMarginLoss also divides by the number of classes, and does not divide by the sum of weights. Keras'
 * CategoricalHinge counts the worst class only. At the kink itself the gradient is 0.
 */
export function multiclassHinge(options?: MulticlassHingeOptions): Loss {
  const given = checkOptions<MulticlassHingeOptions>('multiclassHinge', options, ['margin', 'classWeights']);
  const margin = checkNumber('margin', given.margin ?? 1, { above: 0 });
  const classWeights = checkClassWeights('classWeights', given.classWeights);
  return {
    name: 'multiclassHinge',
    compares: 'labels',
    task: 'classes',
    classWeights,
    metrics: ['accuracy'],
    config: { name: 'multiclassHinge', margin, ...(classWeights === undefined ? {} : { classWeights }) },
    write(program, scores, withGradient) {
      const labels = program.labels();
      const gradient = withGradient ? program.rows(scores.second) : undefined;
      writeLoss(program, gradient, { classWeights, by: 'label' }, (outputs, total) => {
        program.call('multiclassHinge', { scores, labels, ...outputs }, { margin }, total);
      });
      program.call('accuracy', { scores, labels }, {}, { total: 'accuracy' });
      return gradient;
    },
    predictions: (_program, output) => output,
  };
}
