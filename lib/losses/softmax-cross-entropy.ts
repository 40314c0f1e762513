import { checkChoice, checkOptions } from '../core/checks.js';
import type { ProgramBuilder, Value } from '../program/builder.js';
import type { Loss } from './loss.js';
import { checkClassWeights, checkProbabilities, checkSmoothing } from './options.js';
import { writeLoss } from './weighing.js';

export interface SoftmaxCrossEntropyOptions {
  /** `labels`: one class per sample. `soft`: a probability for every class, such as another network's; default `labels`. */
  targets?: 'labels' | 'soft';
  /** Share of each target that is spread over all classes, at least 0 and below 1; default 0. */
  labelSmoothing?: number;
  /** One weight per class: finite, at least 0, not all 0; default 1 for each. */
  classWeights?: ArrayLike<number>;
}

/**
 * Softmax with cross-entropy: for one class per sample, out of two or more.
 *
 *     p = softmax(output)    t = (1 - ε) · target + ε / classes    target = onehot(label), or given
 *     loss = mean over rows of Σ_j -t_j · log p_j    gradient = (p - t) / batch
 *     with class weights k: Σ_rows Σ_j -k_j · t_j · log p_j / Σ_rows Σ_j k_j · target_j
 *
 * The network ends in plain outputs (logits), one per class; softmax is part of the loss and of the predictions, applied
 * once. A network that ends in a softmax of its own is trained from the logits before it. Reports `accuracy`: the share of
 * samples whose largest output stands at the label, or at the largest target.
 *
 * @throws OptionError for an option out of range; ShapeError when the network has other than one output per class weight;
 *   DataError for soft targets outside [0, 1] or not summing to 1
 *
 * @example
 * new Network({ inputs: 784, layers: [dense(10)], loss: softmaxCrossEntropy({ labelSmoothing: 0.1 }) });
 *
 * Source: label smoothing by Szegedy and others, "Rethinking the Inception architecture for computer vision", CVPR 2016.
 * In Keras: SparseCategoricalCrossentropy(from_logits=True), or CategoricalCrossentropy for soft targets; Keras does not
 * divide by the sum of class weights. In PyTorch: CrossEntropyLoss, with the same numbers but for soft targets with class
 * weights, which PyTorch divides by the batch; here one-hot targets give what their labels give.
 */
export function softmaxCrossEntropy(options?: SoftmaxCrossEntropyOptions): Loss {
  const known = ['targets', 'labelSmoothing', 'classWeights'] as const;
  const given = checkOptions<SoftmaxCrossEntropyOptions>('softmaxCrossEntropy', options, known);
  const targets = checkChoice('targets', given.targets ?? 'labels', ['labels', 'soft']);
  const labelSmoothing = checkSmoothing(given.labelSmoothing);
  const classWeights = checkClassWeights('classWeights', given.classWeights);
  const settings = { labelSmoothing, classWeights };
  return {
    name: 'softmaxCrossEntropy',
    compares: targets === 'soft' ? 'targets' : 'labels',
    task: 'classes',
    absorbs: 'softmax',
    classWeights,
    metrics: ['accuracy'],
    config: {
      name: 'softmaxCrossEntropy',
      ...(targets === 'soft' ? { targets } : {}),
      ...(labelSmoothing > 0 ? { labelSmoothing } : {}),
      ...(classWeights === undefined ? {} : { classWeights }),
    },
    checkTargets: checkProbabilities,
    write(program, output, withGradient) {
      const gradient = withGradient ? program.rows(output.second) : undefined;
      if (targets === 'soft') writeSoft(program, output, gradient, settings);
      else writeLabels(program, output, gradient, settings);
      return gradient;
    },
    predictions(program, output) {
      const probabilities = program.rows(output.second);
      program.call('softmax', { input: output, output: probabilities }, {});
      return probabilities;
    },
  };
}

interface Settings {
  readonly labelSmoothing: number;
  readonly classWeights: readonly number[] | undefined;
}

function writeLabels(program: ProgramBuilder, logits: Value, gradient: Value | undefined, settings: Settings): void {
  const { labelSmoothing: smoothing, classWeights } = settings;
  const labels = program.labels();
  if (smoothing === 0) {
    writeLoss(program, gradient, { classWeights, by: 'label' }, (outputs, total) => {
      program.call('softmaxCrossEntropy', { logits, labels, ...outputs }, {}, total);
    });
  } else {
    // Every class is a little bit of every target, so each term has its own class's weight.
    const targets = program.rows(logits.second);
    const weights = classWeights && program.constant(classWeights);
    program.call('smoothLabels', { labels, classWeights: weights, targets }, { smoothing });
    writeLoss(program, gradient, { classWeights, by: 'label', inLoss: true }, (outputs, total) => {
      program.call('softCrossEntropy', { logits, targets, ...outputs }, {}, total);
    });
  }
  program.call('accuracy', { scores: logits, labels }, {}, { total: 'accuracy' });
}

function writeSoft(program: ProgramBuilder, logits: Value, gradient: Value | undefined, settings: Settings): void {
  const { labelSmoothing: smoothing, classWeights } = settings;
  const given = program.targets(logits.second);
  let targets = given;
  if (smoothing > 0 || classWeights !== undefined) {
    targets = program.rows(logits.second);
    const weights = classWeights && program.constant(classWeights);
    program.call('smoothTargets', { targets: given, classWeights: weights, smoothed: targets }, { smoothing });
  }
  writeLoss(program, gradient, { classWeights, by: 'targets', inLoss: true }, (outputs, total) => {
    program.call('softCrossEntropy', { logits, targets, ...outputs }, {}, total);
  });
  program.call('targetAccuracy', { scores: logits, targets: given }, {}, { total: 'accuracy' });
}
