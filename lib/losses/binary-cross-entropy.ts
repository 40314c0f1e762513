import { activationId } from '../kernels/activation.js';
import { checkOptions } from '../core/checks.js';
import type { Loss } from './loss.js';
import { checkClassWeights, checkShares, checkSmoothing } from './options.js';
import { writeLoss } from './weighing.js';

export interface BinaryCrossEntropyOptions {
  /** Share of each target that moves to 1/2, at least 0 and below 1; default 0. */
  labelSmoothing?: number;
  /** One weight per output: finite, at least 0, not all 0; default 1 for each. */
  classWeights?: ArrayLike<number>;
}

/**
 * Sigmoid with cross-entropy, for questions of yes or no: one output for two classes, or several that may be true at once
 * (multi-label).
 *
 *     p = 1 / (1 + e^-output)    t = (1 - ε) · target + ε / 2
 *     loss = mean over rows and columns of -t · log p - (1 - t) · log(1 - p)    gradient = (p - t) / (batch · columns)
 *     with class weights k: the mean over columns is Σ_j k_j · loss_j / Σ_j k_j
 *
 * Targets lie in [0, 1], as many per sample as the network has outputs. The network ends in plain outputs (logits); the
 * sigmoid is part of the loss and of the predictions, applied once. A network that ends in a sigmoid of its own is trained
 * from the logits before it. Reports `accuracy`: the share of right answers over rows and columns, yes from 1/2 on.
 *
 * @throws OptionError for an option out of range; ShapeError when the network has other than one output per class weight;
 *   DataError for targets outside [0, 1]
 *
 * @example
 * new Network({ inputs: 30, layers: [dense(1)], loss: binaryCrossEntropy() });
 *
 * In Keras: BinaryCrossentropy(from_logits=True). In PyTorch: BCEWithLogitsLoss; its `weight` is not divided out.
 */
export function binaryCrossEntropy(options?: BinaryCrossEntropyOptions): Loss {
  const given = checkOptions<BinaryCrossEntropyOptions>('binaryCrossEntropy', options, [
    'labelSmoothing',
    'classWeights',
  ]);
  const labelSmoothing = checkSmoothing(given.labelSmoothing);
  const classWeights = checkClassWeights('classWeights', given.classWeights);
  return {
    name: 'binaryCrossEntropy',
    compares: 'targets',
    task: 'decisions',
    absorbs: 'sigmoid',
    classWeights,
    metrics: ['accuracy'],
    config: {
      name: 'binaryCrossEntropy',
      ...(labelSmoothing > 0 ? { labelSmoothing } : {}),
      ...(classWeights === undefined ? {} : { classWeights }),
    },
    checkTargets: checkShares,
    write(program, logits, withGradient) {
      const targets = program.targets(logits.second);
      const gradient = withGradient ? program.rows(logits.second) : undefined;
      const weights = classWeights && program.constant(classWeights);
      // Every row has every column, so the weights of the columns cancel out of the mean over rows.
      writeLoss(program, gradient, {}, (outputs, total) => {
        const operands = { logits, targets, classWeights: weights, ...outputs };
        program.call('binaryCrossEntropy', operands, { smoothing: labelSmoothing }, total);
      });
      program.call('decisionAccuracy', { logits, targets }, {}, { total: 'accuracy' });
      return gradient;
    },
    predictions(program, output) {
      const probabilities = program.rows(output.second);
      const sigmoid = { activation: activationId('sigmoid'), parameter: 0 };
      program.call('activation', { input: output, output: probabilities }, sigmoid);
      return probabilities;
    },
  };
}
