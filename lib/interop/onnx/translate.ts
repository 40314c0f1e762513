import { FormatError } from '../../core/errors.js';
import { activationKernels } from '../../kernels/activation.js';
import type { KernelName } from '../../kernels/contract.js';
import type { ForwardStep } from '../forward.js';
import type { OnnxNode, OnnxTensor } from './model.js';

/** Collects the nodes that kernel calls become. */
export class NodeWriter {
  readonly nodes: OnnxNode[] = [];
  readonly constants = new Map<string, OnnxTensor>();

  /** Writes a node; returns the name of its output. */
  node(operator: string, inputs: readonly string[], output?: string, attributes: Record<string, number> = {}): string {
    const name = `${operator}${this.nodes.length}`;
    const result = output ?? `${name}.output`;
    const entries = new Map(Object.entries(attributes));
    this.nodes.push({ name, operator, domain: '', inputs, outputs: [result], attributes: entries });
    return result;
  }

  /** A single number as a tensor without extents. */
  constant(value: number): string {
    const name = `constant ${value}`;
    this.constants.set(name, { shape: [], values: Float32Array.of(value) });
    return name;
  }
}

type Translation = (to: NodeWriter, operands: Record<string, string>, attributes: Record<string, number>) => void;

/** How each kernel of a prediction is said in operators of ONNX. A kernel without a row cannot be exported. */
const translations: Partial<Record<KernelName, Translation>> = {
  dense(to, { input, kernel, bias, output }, { activation, parameter }) {
    const product = (name?: string) =>
      bias === undefined ? to.node('MatMul', [input, kernel], name) : to.node('Gemm', [input, kernel, bias], name);
    if (activation === 0) product(output);
    else writeActivation(to, activation, parameter, product(), output);
  },
  activation: (to, { input, output }, { activation, parameter }) =>
    writeActivation(to, activation, parameter, input, output),
  softmax: (to, { input, output }) => to.node('Softmax', [input], output, { axis: -1 }),
  batchNormInference(to, { input, gamma, beta, runningMean, runningVariance, output }, { epsilon }) {
    to.node('BatchNormalization', [input, gamma, beta, runningMean, runningVariance], output, { epsilon });
  },
  layerNorm: (to, { input, gamma, beta, output }, { epsilon }) =>
    to.node('LayerNormalization', [input, gamma, beta], output, { axis: -1, epsilon }),
  prelu: (to, { input, slope, output }) => to.node('PRelu', [input, slope], output),
  standardize: (to, { input, mean, deviation, output }) =>
    to.node('Div', [to.node('Sub', [input, mean]), deviation], output),
  add: (to, { first, second, sum }) => to.node('Add', [first, second], sum),
};

/** Writes the nodes of one kernel call. */
export function translateStep(to: NodeWriter, { kernel, operands, attributes }: ForwardStep): void {
  const translation = translations[kernel];
  if (translation === undefined) {
    throw new FormatError(`The kernel ${kernel} has no counterpart in ONNX: this network cannot be exported`);
  }
  translation(to, { ...operands }, { ...attributes });
}

type ActivationTranslation = (to: NodeWriter, input: string, output: string, parameter: number) => void;

/** Activations by the names of the kernels' table. Where opset 17 has no operator, its definition stands instead. */
const activationTranslations: Readonly<Record<string, ActivationTranslation>> = {
  identity: (to, x, y) => to.node('Identity', [x], y),
  relu: (to, x, y) => to.node('Relu', [x], y),
  leakyRelu: (to, x, y, alpha) => to.node('LeakyRelu', [x], y, { alpha }),
  sigmoid: (to, x, y) => to.node('Sigmoid', [x], y),
  tanh: (to, x, y) => to.node('Tanh', [x], y),
  elu: (to, x, y, alpha) => to.node('Elu', [x], y, { alpha }),
  selu: (to, x, y) => to.node('Selu', [x], y),
  relu6: (to, x, y) => to.node('Clip', [x, to.constant(0), to.constant(6)], y),
  // x · Φ(x), with Φ(x) = ½ (1 + erf(x / √2))
  gelu(to, x, y) {
    const erf = to.node('Erf', [to.node('Mul', [x, to.constant(Math.SQRT1_2)])]);
    to.node('Mul', [x, to.node('Mul', [to.node('Add', [erf, to.constant(1)]), to.constant(0.5)])], y);
  },
  // x · σ(2 √(2/π) (x + 0.044715 x³))
  geluTanh(to, x, y) {
    const square = to.node('Mul', [x, x]);
    const inner = to.node('Add', [to.node('Mul', [square, to.constant(0.044715)]), to.constant(1)]);
    const u = to.node('Mul', [to.node('Mul', [x, to.constant(2 * Math.sqrt(2 / Math.PI))]), inner]);
    to.node('Mul', [x, to.node('Sigmoid', [u])], y);
  },
  softplus: (to, x, y) => to.node('Softplus', [x], y),
  softsign: (to, x, y) => to.node('Softsign', [x], y),
  silu: (to, x, y) => to.node('Mul', [x, to.node('Sigmoid', [x])], y),
  mish: (to, x, y) => to.node('Mul', [x, to.node('Tanh', [to.node('Softplus', [x])])], y),
  hardSigmoid: (to, x, y) => to.node('HardSigmoid', [x], y, { alpha: 1 / 6, beta: 0.5 }),
  hardSwish: (to, x, y) => to.node('HardSwish', [x], y),
};

function writeActivation(to: NodeWriter, id: number, parameter: number, input: string, output: string): void {
  const { name } = activationKernels[id];
  const translation = activationTranslations[name];
  if (translation === undefined) throw new FormatError(`The activation ${name} has no counterpart in ONNX`);
  translation(to, input, output, parameter);
}
