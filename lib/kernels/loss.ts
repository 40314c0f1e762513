import type { ReferenceKernel } from './call.js';

/** -log softmax(logits)[label], summed over rows; gradient = (softmax(logits) - onehot(label)) / batch */
export const softmaxCrossEntropy: ReferenceKernel = ({ operands, dimensions }, start, end, { rows }) => {
  const [logits, labels, gradient] = operands;
  const [classes] = dimensions;
  let total = 0;
  for (let row = start; row < end; row++) {
    const offset = row * classes;
    let largest = -Infinity;
    for (let j = 0; j < classes; j++) if (!(logits[offset + j] <= largest)) largest = logits[offset + j];
    let sum = 0;
    for (let j = 0; j < classes; j++) sum += Math.exp(logits[offset + j] - largest);
    total += Math.log(sum) + largest - logits[offset + labels[row]];
    if (gradient.length === 0) continue;
    for (let j = 0; j < classes; j++) gradient[offset + j] = Math.exp(logits[offset + j] - largest) / sum / rows;
    gradient[offset + labels[row]] -= 1 / rows;
  }
  return total;
};

/** Mean of the squared differences over columns, summed over rows; gradient = 2 (output - target) / (batch · columns) */
export const meanSquaredError: ReferenceKernel = ({ operands, dimensions }, start, end, { rows }) => {
  const [output, targets, gradient] = operands;
  const [columns] = dimensions;
  const factor = 2 / (rows * columns);
  let total = 0;
  for (let i = start * columns; i < end * columns; i++) {
    const difference = output[i] - targets[i];
    total += difference * difference;
    if (gradient.length > 0) gradient[i] = difference * factor;
  }
  return total / columns;
};

/** How many rows have their largest score at the label; the first of equals counts. */
export const accuracy: ReferenceKernel = ({ operands, dimensions }, start, end) => {
  const [scores, labels] = operands;
  const [classes] = dimensions;
  let correct = 0;
  for (let row = start; row < end; row++) {
    const offset = row * classes;
    let best = 0;
    for (let j = 1; j < classes; j++) if (scores[offset + j] > scores[offset + best]) best = j;
    if (best === labels[row]) correct++;
  }
  return correct;
};
