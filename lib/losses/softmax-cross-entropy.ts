import type { Loss } from './loss.js';

/**
 * Softmax with cross-entropy against class labels: for one class per sample, out of two or more.
 *
 *     loss = mean over rows of -log softmax(output)[label]    gradient = (softmax(output) - onehot(label)) / batch
 *
 * The network ends in plain outputs (logits), one per class; softmax is part of the loss and of the predictions, applied
 * once, also where the network ends in a softmax layer. Reports `accuracy`: the share of samples whose largest output stands at the label.
 *
 * @example
 * new Network({ inputs: 784, layers: [dense(10)], loss: softmaxCrossEntropy() });
 *
 * In Keras: SparseCategoricalCrossentropy(from_logits=True). In PyTorch: CrossEntropyLoss.
 */
export function softmaxCrossEntropy(): Loss {
  return {
    name: 'softmaxCrossEntropy',
    compares: 'labels',
    metrics: ['accuracy'],
    absorbs: 'softmax',
    config: { name: 'softmaxCrossEntropy' },
    write(program, output, withGradient) {
      const labels = program.labels();
      const gradient = withGradient ? program.rows(output.second) : undefined;
      program.call('softmaxCrossEntropy', { logits: output, labels, gradient }, {}, { total: 'loss' });
      program.call('accuracy', { scores: output, labels }, {}, { total: 'accuracy' });
      return gradient;
    },
    predictions(program, output) {
      const probabilities = program.rows(output.second);
      program.call('softmax', { input: output, output: probabilities }, {});
      return probabilities;
    },
  };
}
