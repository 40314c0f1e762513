import type { FloatArray, ReferenceKernel } from './call.js';

/**
 * One activation function as the kernels know it. `derivative` is given what the forward pass saved: the output where
 * the derivative can be had from it (no second array to keep), the input otherwise.
 */
export interface ActivationKernel {
  readonly name: string;
  readonly saves: 'output' | 'input';
  value(x: number, parameter: number): number;
  derivative(saved: number, parameter: number): number;
}

const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;

/** The table of activations; the place in it is the number by which calls name one. `native/kernels/activation.h` is its twin. */
export const activationKernels: readonly ActivationKernel[] = [
  { name: 'identity', saves: 'output', value: (x) => x, derivative: () => 1 },
  { name: 'relu', saves: 'output', value: (x) => (x > 0 || x !== x ? x : 0), derivative: (y) => (y > 0 ? 1 : 0) },
  {
    name: 'leakyRelu',
    saves: 'output',
    value: (x, slope) => (x > 0 ? x : slope * x),
    derivative: (y, slope) => (y > 0 ? 1 : slope),
  },
  { name: 'sigmoid', saves: 'output', value: (x) => 1 / (1 + Math.exp(-x)), derivative: (y) => y * (1 - y) },
  { name: 'tanh', saves: 'output', value: (x) => Math.tanh(x), derivative: (y) => 1 - y * y },
  {
    name: 'elu',
    saves: 'output',
    value: (x, alpha) => (x > 0 ? x : alpha * Math.expm1(x)),
    derivative: (y, alpha) => (y > 0 ? 1 : y + alpha),
  },
  {
    name: 'selu',
    saves: 'output',
    value: (x) => (x > 0 ? SELU_SCALE * x : SELU_SCALE * SELU_ALPHA * Math.expm1(x)),
    derivative: (y) => (y > 0 ? SELU_SCALE : y + SELU_SCALE * SELU_ALPHA),
  },
];

/** The number of an activation in the table. */
export function activationId(name: string): number {
  const id = activationKernels.findIndex((entry) => entry.name === name);
  if (id < 0) throw new TypeError(`There is no activation kernel named "${name}"`);
  return id;
}

/** output[i] = activation(input[i]) for i from `start` to `end`; the two may be one array. */
export function activate(
  id: number,
  parameter: number,
  input: FloatArray,
  output: FloatArray,
  start: number,
  end: number,
): void {
  // Identity and ReLU have loops of their own: a call through the table per element would take most of their time.
  if (id === 0) {
    if (input !== output) output.set(input.subarray(start, end), start);
    return;
  }
  if (id === 1) {
    for (let i = start; i < end; i++) {
      const x = input[i];
      output[i] = x > 0 || x !== x ? x : 0;
    }
    return;
  }
  const { value } = activationKernels[id];
  for (let i = start; i < end; i++) output[i] = value(input[i], parameter);
}

export const activation: ReferenceKernel = ({ operands, dimensions, attributes }, start, end) => {
  const [input, output] = operands;
  const [columns] = dimensions;
  activate(attributes[0], attributes[1], input, output, start * columns, end * columns);
  return 0;
};

/** inputGradient = outputGradient · activation′ */
export const activationGradient: ReferenceKernel = ({ operands, dimensions, attributes }, start, end) => {
  const [saved, outputGradient, inputGradient] = operands;
  const [columns] = dimensions;
  const [id, parameter] = attributes;
  const { derivative } = activationKernels[id];
  for (let i = start * columns; i < end * columns; i++) {
    inputGradient[i] = outputGradient[i] * derivative(saved[i], parameter);
  }
  return 0;
};

/** output = exp(input - max) / Σ exp(input - max), row by row */
export const softmax: ReferenceKernel = ({ operands, dimensions }, start, end) => {
  const [input, output] = operands;
  const [columns] = dimensions;
  for (let row = start; row < end; row++) {
    const offset = row * columns;
    let largest = -Infinity;
    for (let j = 0; j < columns; j++) if (!(input[offset + j] <= largest)) largest = input[offset + j];
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += output[offset + j] = Math.exp(input[offset + j] - largest);
    for (let j = 0; j < columns; j++) output[offset + j] /= sum;
  }
  return 0;
};
