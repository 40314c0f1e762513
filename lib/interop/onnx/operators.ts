import { OptionError } from '../../core/errors.js';
import { elu, gelu, hardSigmoid, leakyRelu, relu6, type ActivationLike } from '../../activations/index.js';
import {
  activation,
  batchNorm,
  dense,
  inputNormalization,
  layerNorm,
  prelu,
  softmax,
  type LayerDescription,
} from '../../layers/index.js';
import { isFloatCast, listOf, numberOf, unsupported, type GraphNode, type GraphReader } from './graph.js';
import { transpose } from './transpose.js';

/** A layer on its way in, with its parameters by their names within the layer. */
export interface ReadLayer {
  readonly description: LayerDescription;
  readonly values: Readonly<Record<string, Float32Array>>;
  /** For blocks: the layers inside, the projection last. */
  readonly inner?: readonly ReadLayer[];
}

/** Layers that an operator becomes; none where it does nothing to a row of numbers. `width`: of its input, where known. */
type Operator = (node: GraphNode, graph: GraphReader, width: number | undefined) => readonly ReadLayer[];

const plain = (description: LayerDescription): readonly ReadLayer[] => [{ description, values: {} }];
const act =
  (kind: ActivationLike): Operator =>
  () =>
    plain(activation(kind));
const nothing: Operator = () => [];

/** What may stand in a graph, by operator. Shapes were checked against rows of numbers: `[batch, features]`. */
const operators: Readonly<Record<string, Operator>> = {
  Identity: nothing,
  Dropout: nothing,
  Cast: (node) => (isFloatCast(node.node) ? [] : refuse(node, 'it makes other than floating-point numbers')),
  Flatten: (node) => (numberOf(node, 'axis', 1) === 1 ? [] : refuse(node, 'its axis is not 1')),
  Reshape(node, graph, width) {
    const shape = graph.tensor(node.node.inputs[1])?.values ?? [];
    const kept = shape.length === 1 ? width === 1 : shape.length === 2 && (shape[1] === width || shape[1] === -1);
    return kept ? [] : refuse(node, `it reshapes to [${[...shape].join(', ')}]`);
  },
  Gemm: readGemm,
  MatMul: readMatMul,
  BatchNormalization: readBatchNorm,
  LayerNormalization: readLayerNorm,
  PRelu(node, graph) {
    const slope = vector(node, graph, 1, 'slope');
    return [{ description: prelu(), values: { slope } }];
  },
  Softmax: (node) =>
    isLastAxis(numberOf(node, 'axis', -1)) ? plain(softmax()) : refuse(node, 'its axis is not the last'),
  Relu: act('relu'),
  LeakyRelu: (node) => plain(activation(leakyRelu({ slope: numberOf(node, 'alpha', 0.01) }))),
  Sigmoid: act('sigmoid'),
  Tanh: act('tanh'),
  Elu: (node) => plain(activation(elu({ alpha: numberOf(node, 'alpha', 1) }))),
  Selu(node) {
    const usual =
      near(numberOf(node, 'alpha', 1.6732632), 1.6732632) && near(numberOf(node, 'gamma', 1.0507009), 1.0507009);
    return usual ? plain(activation('selu')) : refuse(node, 'its alpha and gamma are not those of SELU');
  },
  Gelu(node) {
    const tanh = node.node.attributes.get('approximate') === 'tanh';
    return plain(activation(gelu({ approximation: tanh ? 'tanh' : 'none' })));
  },
  Softplus: act('softplus'),
  Softsign: act('softsign'),
  Mish: act('mish'),
  Swish: (node) => (numberOf(node, 'alpha', 1) === 1 ? plain(activation('silu')) : refuse(node, 'its alpha is not 1')),
  HardSwish: act('hardSwish'),
  HardSigmoid(node) {
    const usual = near(numberOf(node, 'alpha', 0.2), 1 / 6) && near(numberOf(node, 'beta', 0.5), 0.5);
    return usual ? plain(activation(hardSigmoid())) : refuse(node, 'its alpha and beta are not 1/6 and 1/2');
  },
  Clip(node, graph) {
    const [, low, high] = node.node.inputs;
    const bound = (name: string | undefined, old: string) => graph.tensor(name)?.values[0] ?? numberOf(node, old, NaN);
    const [least, most] = [bound(low, 'min'), bound(high, 'max')];
    if (least === 0 && most === 6) return plain(activation(relu6()));
    return least === 0 && !(most < 3e38) ? plain(activation('relu')) : refuse(node, `it keeps to ${least} … ${most}`);
  },
  'ai.onnx.ml Scaler'(node) {
    const mean = Float32Array.from(listOf(node, 'offset'));
    const deviation = Float32Array.from(listOf(node, 'scale'), (scale) => 1 / scale);
    return [normalization(mean, deviation)];
  },
};

/** The layers that a node with one input from the samples becomes. */
export function readOperator(node: GraphNode, graph: GraphReader, width: number | undefined): readonly ReadLayer[] {
  try {
    return operators[fullName(node)](node, graph, width);
  } catch (error) {
    // Numbers that none of our layers takes, such as a slope of 2.
    if (error instanceof OptionError) throw unsupported(node, error.message);
    throw error;
  }
}

/** Whether an operator alone becomes layers. */
export function isOperator(node: GraphNode): boolean {
  return Object.hasOwn(operators, fullName(node)) && node.data.length === 1;
}

function fullName({ node: { domain, operator } }: GraphNode): string {
  return domain === '' ? operator : `${domain} ${operator}`;
}

/** The layer that subtracts a mean and divides by a deviation; `samples` says that it need not learn them any more. */
export function normalization(mean: Float32Array, deviation: Float32Array): ReadLayer {
  return { description: inputNormalization(), values: { mean, deviation, samples: Float32Array.of(1) } };
}

function readGemm(node: GraphNode, graph: GraphReader): readonly ReadLayer[] {
  const [input, , bias] = node.node.inputs;
  if (input !== node.data[0] || numberOf(node, 'transA', 0) !== 0)
    throw unsupported(node, 'its first factor is no row of samples');
  const kernel = matrix(node, graph, numberOf(node, 'transB', 0) !== 0);
  const [alpha, beta] = [numberOf(node, 'alpha', 1), numberOf(node, 'beta', 1)];
  const layer = dense(kernel.units, { bias: bias !== undefined && bias !== '' });
  const values = { kernel: scaled(kernel.values, alpha) };
  if (bias === undefined || bias === '') return [{ description: layer, values }];
  return [
    { description: layer, values: { ...values, bias: scaled(vector(node, graph, 2, 'bias', kernel.units), beta) } },
  ];
}

function readMatMul(node: GraphNode, graph: GraphReader): readonly ReadLayer[] {
  if (node.node.inputs[0] !== node.data[0]) throw unsupported(node, 'its first factor is no row of samples');
  const { units, values } = matrix(node, graph, false);
  return [{ description: dense(units, { bias: false }), values: { kernel: values } }];
}

function readBatchNorm(node: GraphNode, graph: GraphReader): readonly ReadLayer[] {
  if (numberOf(node, 'training_mode', 0) !== 0) throw unsupported(node, 'it is in training mode');
  const gamma = vector(node, graph, 1, 'scale');
  const read = (place: number, what: string) => vector(node, graph, place, what, gamma.length);
  const values = { gamma, beta: read(2, 'bias'), runningMean: read(3, 'mean'), runningVariance: read(4, 'variance') };
  return [{ description: batchNorm({ epsilon: numberOf(node, 'epsilon', 1e-5) }), values }];
}

function readLayerNorm(node: GraphNode, graph: GraphReader): readonly ReadLayer[] {
  if (!isLastAxis(numberOf(node, 'axis', -1))) throw unsupported(node, 'its axis is not the last');
  const gamma = vector(node, graph, 1, 'scale');
  const [, , bias] = node.node.inputs;
  const beta =
    bias === undefined || bias === '' ? new Float32Array(gamma.length) : vector(node, graph, 2, 'bias', gamma.length);
  return [{ description: layerNorm({ epsilon: numberOf(node, 'epsilon', 1e-5) }), values: { gamma, beta } }];
}

/** The second input as a kernel `[inputs, units]`. */
function matrix(node: GraphNode, graph: GraphReader, transposed: boolean): { units: number; values: Float32Array } {
  const tensor = graph.tensor(node.node.inputs[1]);
  if (tensor === undefined) throw unsupported(node, 'its second factor is no constant');
  if (tensor.shape.length !== 2) {
    throw unsupported(node, `its second factor has the shape [${tensor.shape.join(', ')}] and not two extents`);
  }
  const [rows, columns] = tensor.shape;
  return transposed
    ? { units: rows, values: transpose(tensor.values, rows, columns) }
    : { units: columns, values: tensor.values };
}

/** A constant input as one number for each feature. */
function vector(node: GraphNode, graph: GraphReader, place: number, what: string, length?: number): Float32Array {
  const tensor = graph.tensor(node.node.inputs[place]);
  if (tensor === undefined) throw unsupported(node, `its ${what} is no constant`);
  const { shape, values } = tensor;
  const isRow = shape.slice(0, -1).every((extent) => extent === 1);
  if (!isRow || (length !== undefined && values.length !== length && values.length !== 1)) {
    throw unsupported(node, `its ${what} has the shape [${shape.join(', ')}]`);
  }
  return values.length === length || length === undefined ? values : new Float32Array(length).fill(values[0]);
}

function scaled(values: Float32Array, factor: number): Float32Array {
  return factor === 1 ? values : values.map((value) => value * factor);
}

/** The last axis of `[batch, features]`. */
function isLastAxis(axis: number): boolean {
  return axis === -1 || axis === 1;
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) < 1e-5;
}

function refuse(node: GraphNode, why: string): never {
  throw unsupported(node, why);
}
