import type { FloatArray, ReferenceKernel } from './call.js';
import { normalTail } from './normal.js';

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
const GELU_SCALE = Math.sqrt(2 / Math.PI);
const GELU_CUBE = 0.044715;
const ROOT_TWO_PI = Math.sqrt(2 * Math.PI);

/** 1/6 as float32 has it: PyTorch's derivative of the hard sigmoid is this number in float64 as well. */
const ONE_SIXTH = Math.fround(1 / 6);

/** Products with an infinity would make NaN of functions that are long constant there. */
const bounded = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);
const relu6 = (x: number): number => bounded(x, 0, 6);
const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** x · Φ(x); below zero by the tail, where 1 + erf would lose every digit. */
function gelu(x: number): number {
  const t = Math.min(Math.abs(x), 40);
  return x < 0 ? -t * normalTail(t) : x * (1 - normalTail(t));
}

/** Φ(x) + x · φ(x) */
function geluDerivative(x: number): number {
  const t = Math.min(Math.abs(x), 40);
  const tail = normalTail(t);
  const slope = (t * Math.exp(-(t * t) / 2)) / ROOT_TWO_PI;
  return x < 0 ? tail - slope : 1 - tail + slope;
}

/** ½ x · (1 + tanh u) = x · σ(2u) with u = √(2/π) · (x + 0.044715 x³) */
function geluTanh(x: number): number {
  const low = Math.max(x, -40);
  return low * logistic(2 * GELU_SCALE * low * (1 + GELU_CUBE * low * low));
}

function geluTanhDerivative(x: number): number {
  const z = bounded(x, -40, 40);
  const u = GELU_SCALE * z * (1 + GELU_CUBE * z * z);
  const slope = GELU_SCALE * (1 + 3 * GELU_CUBE * z * z);
  return logistic(2 * u) + z * logistic(2 * u) * logistic(-2 * u) * 2 * slope;
}

/** tanh(log(1 + n)) = w / (w + 2) with n = eˣ, w = n · (n + 2); from x = 40 on it is 1. */
function tanhOfSoftplus(x: number): number {
  const n = Math.exp(Math.min(x, 40));
  const w = n * (n + 2);
  return w / (w + 2);
}

function mishDerivative(x: number): number {
  const z = bounded(x, -1000, 40);
  const n = Math.exp(z);
  const inverse = 1 / (n * (n + 2) + 2);
  const hyperbolic = n * (n + 2) * inverse;
  return hyperbolic + z * 2 * inverse * (1 + hyperbolic) * logistic(z);
}

function siluDerivative(x: number): number {
  const z = bounded(x, -1000, 1000);
  return logistic(z) * (1 + z * logistic(-z));
}

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
  { name: 'relu6', saves: 'output', value: relu6, derivative: (y) => (y > 0 && y < 6 ? 1 : 0) },
  { name: 'gelu', saves: 'input', value: gelu, derivative: geluDerivative },
  { name: 'geluTanh', saves: 'input', value: geluTanh, derivative: geluTanhDerivative },
  {
    name: 'softplus',
    saves: 'output',
    value: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    derivative: (y) => -Math.expm1(-Math.max(y, 0)),
  },
  {
    name: 'softsign',
    saves: 'output',
    value: (x) => bounded(x, -1e30, 1e30) / (1 + Math.abs(bounded(x, -1e30, 1e30))),
    derivative: (y) => (1 - Math.abs(y)) * (1 - Math.abs(y)),
  },
  { name: 'silu', saves: 'input', value: (x) => Math.max(x, -1000) * logistic(x), derivative: siluDerivative },
  { name: 'mish', saves: 'input', value: (x) => Math.max(x, -1000) * tanhOfSoftplus(x), derivative: mishDerivative },
  {
    name: 'hardSigmoid',
    saves: 'output',
    value: (x) => relu6(x + 3) / 6,
    derivative: (y) => (y > 0 && y < 1 ? ONE_SIXTH : 0),
  },
  {
    name: 'hardSwish',
    saves: 'input',
    value: (x) => (Math.max(x, -3) * relu6(x + 3)) / 6,
    derivative: (x) => (x <= -3 ? 0 : x >= 3 ? 1 : x / 3 + 0.5),
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
