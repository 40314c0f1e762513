import type { KernelName } from '../kernels/contract.js';
import { normalTailCoefficients } from '../kernels/normal.js';

/**
 * The kernels of a prediction as JavaScript text, for one sample: `x` is its row as a Float64Array, and a new row is
 * returned. Parameters come behind, in the order of `parameters`, and then what `numbers` names.
 */
export interface KernelText {
  readonly inputs: readonly string[];
  readonly parameters: readonly string[];
  readonly numbers: readonly string[];
  readonly text: string;
}

export const kernelTexts: Partial<Record<KernelName, KernelText>> = {
  dense: {
    inputs: ['input'],
    parameters: ['kernel', 'bias'],
    numbers: [],
    text: `function dense(x, kernel, bias) {
  const units = kernel.length / x.length;
  const y = new Float64Array(units);
  if (bias !== null) y.set(bias);
  for (let i = 0, at = 0; i < x.length; i++) {
    const value = x[i];
    if (value === 0) at += units;
    else for (let j = 0; j < units; j++) y[j] += value * kernel[at++];
  }
  return y;
}`,
  },
  softmax: {
    inputs: ['input'],
    parameters: [],
    numbers: [],
    text: `function softmax(x) {
  let largest = -Infinity;
  for (const value of x) if (value > largest) largest = value;
  const y = x.map((value) => Math.exp(value - largest));
  let sum = 0;
  for (const value of y) sum += value;
  return y.map((value) => value / sum);
}`,
  },
  batchNormInference: {
    inputs: ['input'],
    parameters: ['runningMean', 'runningVariance', 'gamma', 'beta'],
    numbers: ['epsilon'],
    text: `function batchNormInference(x, mean, variance, gamma, beta, epsilon) {
  return x.map((value, i) => ((value - mean[i]) / Math.sqrt(variance[i] + epsilon)) * gamma[i] + beta[i]);
}`,
  },
  layerNorm: {
    inputs: ['input'],
    parameters: ['gamma', 'beta'],
    numbers: ['epsilon'],
    text: `function layerNorm(x, gamma, beta, epsilon) {
  let mean = 0;
  for (const value of x) mean += value / x.length;
  let variance = 0;
  for (const value of x) variance += (value - mean) ** 2 / x.length;
  return x.map((value, i) => ((value - mean) / Math.sqrt(variance + epsilon)) * gamma[i] + beta[i]);
}`,
  },
  prelu: {
    inputs: ['input'],
    parameters: ['slope'],
    numbers: [],
    text: `function prelu(x, slope) {
  return x.map((value, i) => (value > 0 ? value : slope[i] * value));
}`,
  },
  standardize: {
    inputs: ['input'],
    parameters: ['mean', 'deviation'],
    numbers: [],
    text: `function standardize(x, mean, deviation) {
  return x.map((value, i) => (value - mean[i]) / deviation[i]);
}`,
  },
  add: {
    inputs: ['first', 'second'],
    parameters: [],
    numbers: [],
    text: `function add(x, other) {
  return x.map((value, i) => value + other[i]);
}`,
  },
};

const LOGISTIC = 'const logistic = (x) => 1 / (1 + Math.exp(-x));';
const RELU6 = 'const relu6 = (x) => Math.min(Math.max(x, 0), 6);';
const NORMAL_TAIL = `const tailSeries = [${normalTailCoefficients.join(', ')}];
const normalTail = (t) => {
  const s = (t - 4) / (t + 4);
  return (Math.exp((-t * t) / 2) * tailSeries.reduce((sum, value) => sum * s + value, 0)) / (t + 4);
};`;
const SOFTPLUS = 'const softplus = (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));';

export interface ActivationText {
  /** An expression of `x`, and of `a` where the activation has a parameter. */
  readonly value: string;
  readonly needs?: readonly string[];
}

/** The activations by the names of the kernels' table. */
export const activationTexts: Readonly<Record<string, ActivationText>> = {
  identity: { value: 'x' },
  relu: { value: 'Math.max(x, 0)' },
  leakyRelu: { value: 'x > 0 ? x : a * x' },
  sigmoid: { value: 'logistic(x)', needs: [LOGISTIC] },
  tanh: { value: 'Math.tanh(x)' },
  elu: { value: 'x > 0 ? x : a * Math.expm1(x)' },
  selu: { value: '1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x))' },
  relu6: { value: 'relu6(x)', needs: [RELU6] },
  gelu: {
    value: 'x < 0 ? x * normalTail(Math.min(-x, 40)) : x * (1 - normalTail(Math.min(x, 40)))',
    needs: [NORMAL_TAIL],
  },
  geluTanh: {
    value: 'Math.max(x, -40) * logistic(2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))',
    needs: [LOGISTIC],
  },
  softplus: { value: 'softplus(x)', needs: [SOFTPLUS] },
  softsign: { value: 'x / (1 + Math.abs(x))' },
  silu: { value: 'Math.max(x, -1000) * logistic(x)', needs: [LOGISTIC] },
  mish: { value: 'Math.max(x, -1000) * Math.tanh(softplus(x))', needs: [SOFTPLUS] },
  hardSigmoid: { value: 'relu6(x + 3) / 6', needs: [RELU6] },
  hardSwish: { value: '(Math.max(x, -3) * relu6(x + 3)) / 6', needs: [RELU6] },
};
