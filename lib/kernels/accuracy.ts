import { largestAt } from '../core/numbers.js';
import type { ReferenceKernel } from './call.js';

/** How many rows have their largest score at the label; the first of equals counts. */
export const accuracy: ReferenceKernel = ({ operands, dimensions }, start, end) => {
  const [scores, labels] = operands;
  const [classes] = dimensions;
  let correct = 0;
  for (let row = start; row < end; row++) if (largestAt(scores, row * classes, classes) === labels[row]) correct++;
  return correct;
};

/** How many rows have their largest score where their largest target is. */
export const targetAccuracy: ReferenceKernel = ({ operands, dimensions }, start, end) => {
  const [scores, targets] = operands;
  const [classes] = dimensions;
  let correct = 0;
  for (let row = start; row < end; row++) {
    const offset = row * classes;
    if (largestAt(scores, offset, classes) === largestAt(targets, offset, classes)) correct++;
  }
  return correct;
};

/** Share of the columns where logit ≥ 0 (a probability of at least one half) and target ≥ 1/2 agree, summed over rows */
export const decisionAccuracy: ReferenceKernel = ({ operands, dimensions }, start, end) => {
  const [logits, targets] = operands;
  const [columns] = dimensions;
  let correct = 0;
  for (let i = start * columns; i < end * columns; i++) if (logits[i] >= 0 === targets[i] >= 0.5) correct++;
  return correct / columns;
};
