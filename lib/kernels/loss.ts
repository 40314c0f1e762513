import type { FloatArray, ReferenceKernel } from './call.js';

/** Largest logit of a row and Σ exp(logit - largest), from which its softmax and its logarithm follow. */
function normalizer(logits: FloatArray, offset: number, classes: number): { largest: number; sum: number } {
  let largest = -Infinity;
  for (let j = 0; j < classes; j++) if (!(logits[offset + j] <= largest)) largest = logits[offset + j];
  let sum = 0;
  for (let j = 0; j < classes; j++) sum += Math.exp(logits[offset + j] - largest);
  return { largest, sum };
}

/** -log softmax(logits)[label], summed over rows; gradient = (softmax(logits) - onehot(label)) / batch */
export const softmaxCrossEntropy: ReferenceKernel = ({ operands, dimensions }, start, end, { rows }) => {
  const [logits, labels, gradient, losses] = operands;
  const [classes] = dimensions;
  let total = 0;
  for (let row = start; row < end; row++) {
    const offset = row * classes;
    const { largest, sum } = normalizer(logits, offset, classes);
    const loss = Math.log(sum) + (largest - logits[offset + labels[row]]);
    total += loss;
    if (losses.length > 0) losses[row] = loss;
    if (gradient.length === 0) continue;
    for (let j = 0; j < classes; j++) gradient[offset + j] = Math.exp(logits[offset + j] - largest) / sum / rows;
    gradient[offset + labels[row]] -= 1 / rows;
  }
  return total;
};

/**
 * Σ_j target_j · -log softmax(logits)_j, summed over rows; gradient = (softmax(logits) · Σ targets - targets) / batch.
 * Targets need not sum to 1: class weights may be in them.
 */
export const softCrossEntropy: ReferenceKernel = ({ operands, dimensions }, start, end, { rows }) => {
  const [logits, targets, gradient, losses] = operands;
  const [classes] = dimensions;
  let total = 0;
  for (let row = start; row < end; row++) {
    const offset = row * classes;
    const { largest, sum } = normalizer(logits, offset, classes);
    let mass = 0;
    let distance = 0;
    for (let i = offset; i < offset + classes; i++) {
      mass += targets[i];
      distance += targets[i] * (largest - logits[i]);
    }
    const loss = distance + mass * Math.log(sum);
    total += loss;
    if (losses.length > 0) losses[row] = loss;
    if (gradient.length === 0) continue;
    for (let i = offset; i < offset + classes; i++) {
      gradient[i] = ((Math.exp(logits[i] - largest) / sum) * mass - targets[i]) / rows;
    }
  }
  return total;
};

/** targets = classWeights · ((1 - ε) · onehot(label) + ε / classes) */
export const smoothLabels: ReferenceKernel = ({ operands, dimensions, attributes }, start, end) => {
  const [labels, classWeights, targets] = operands;
  const [classes] = dimensions;
  const [smoothing] = attributes;
  for (let row = start; row < end; row++) {
    for (let j = 0; j < classes; j++) {
      const target = smoothing / classes + (labels[row] === j ? 1 - smoothing : 0);
      targets[row * classes + j] = classWeights.length > 0 ? classWeights[j] * target : target;
    }
  }
  return 0;
};

/** smoothed = classWeights · ((1 - ε) · targets + ε / classes) */
export const smoothTargets: ReferenceKernel = ({ operands, dimensions, attributes }, start, end) => {
  const [targets, classWeights, smoothed] = operands;
  const [classes] = dimensions;
  const [smoothing] = attributes;
  for (let row = start; row < end; row++) {
    for (let j = 0; j < classes; j++) {
      const target = smoothing / classes + (1 - smoothing) * targets[row * classes + j];
      smoothed[row * classes + j] = classWeights.length > 0 ? classWeights[j] * target : target;
    }
  }
  return 0;
};

/**
 * Weighted mean over columns of -t · log σ(z) - (1 - t) · log(1 - σ(z)) with t = (1 - ε) · target + ε/2, summed over rows;
 * gradient = (σ(z) - t) · weight / (batch · Σ weights). Written by |z|, so that no logarithm meets a rounded 0.
 */
export const binaryCrossEntropy: ReferenceKernel = ({ operands, dimensions, attributes }, start, end, { rows }) => {
  const [logits, targets, classWeights, gradient, losses] = operands;
  const [columns] = dimensions;
  const [smoothing] = attributes;
  const weighted = classWeights.length > 0;
  let weightSum = columns;
  if (weighted) {
    weightSum = 0;
    for (let j = 0; j < columns; j++) weightSum += classWeights[j];
  }
  let total = 0;
  for (let row = start; row < end; row++) {
    let sum = 0;
    for (let j = 0; j < columns; j++) {
      const i = row * columns + j;
      const z = logits[i];
      const t = smoothing / 2 + (1 - smoothing) * targets[i];
      const weight = weighted ? classWeights[j] : 1;
      sum += weight * ((z > 0 ? z * (1 - t) : -z * t) + Math.log1p(Math.exp(-Math.abs(z))));
      if (gradient.length > 0) gradient[i] = ((1 / (1 + Math.exp(-z)) - t) * weight) / (rows * weightSum);
    }
    if (losses.length > 0) losses[row] = sum / weightSum;
    total += sum / weightSum;
  }
  return total;
};

/**
 * Σ_{j ≠ label} max(0, score_j - score_label + margin), summed over rows; each class within the margin gets 1 / batch, the
 * label's gets their number, negated. At the kink itself the gradient is 0. A NaN counts as within, so that it is seen.
 */
export const multiclassHinge: ReferenceKernel = ({ operands, dimensions, attributes }, start, end, { rows }) => {
  const [scores, labels, gradient, losses] = operands;
  const [classes] = dimensions;
  const [margin] = attributes;
  let total = 0;
  for (let row = start; row < end; row++) {
    const offset = row * classes;
    const label = labels[row];
    const right = scores[offset + label];
    let loss = 0;
    let within = 0;
    for (let j = 0; j < classes; j++) {
      const excess = scores[offset + j] - right + margin;
      const counts = j !== label && !(excess <= 0);
      if (counts) {
        loss += excess;
        within++;
      }
      if (gradient.length > 0) gradient[offset + j] = counts ? 1 / rows : 0;
    }
    total += loss;
    if (losses.length > 0) losses[row] = loss;
    if (gradient.length > 0) gradient[offset + label] = -within / rows;
  }
  return total;
};
