import { activation, batchNorm, dense, residual } from '../../layers/index.js';
import type { Link } from './chain.js';
import { unsupported, type GraphNode, type GraphReader } from './graph.js';
import { normalization, readOperator, type ReadLayer } from './operators.js';

/** y = x · scale + shift for each feature. */
interface Affine {
  readonly scale: Float32Array;
  readonly shift: Float32Array;
}

/**
 * Makes layers of links, in order. A constant that is added behind a product is its bias; other constants become an
 * `inputNormalization` at the front and a BatchNorm that only scales and shifts elsewhere.
 */
export function layersOf(
  links: readonly Link[],
  graph: GraphReader,
  inputs: number | undefined,
  first: boolean,
): ReadLayer[] {
  const layers: ReadLayer[] = [];
  let width = inputs;
  let pending: Affine | undefined;
  const settle = () => {
    if (pending !== undefined) layers.push(affineLayer(pending, first && layers.length === 0));
    pending = undefined;
  };
  for (const link of links) {
    if (link.kind === 'affine') {
      const before = layers.at(-1);
      const bias = pending === undefined && before !== undefined ? biasOf(link.node, graph, before, width) : undefined;
      if (before !== undefined && bias !== undefined) layers[layers.length - 1] = withBias(before, bias);
      else pending = combine(pending, link.node, graph, width);
      continue;
    }
    settle();
    const made = layersOfLink(link, graph, width);
    layers.push(...made);
    for (const layer of made) width = widthAfter(layer, width);
  }
  settle();
  return layers;
}

function layersOfLink(
  link: Exclude<Link, { kind: 'affine' }>,
  graph: GraphReader,
  width: number | undefined,
): readonly ReadLayer[] {
  if (link.kind === 'activation') return [{ description: activation(link.activation), values: {} }];
  if (link.kind === 'operator') return readOperator(link.node, graph, width);
  const read = layersOf(link.block, graph, width, false);
  // A block needs a layer, also where it adds a value to itself.
  const block = read.length > 0 ? read : [{ description: activation('identity'), values: {} }];
  const skip = layersOf(link.skip, graph, width, false);
  const projection = skip.length > 0 ? { projection: true } : {};
  const description = residual(
    block.map((layer) => layer.description),
    projection,
  );
  return [{ description, values: {}, inner: [...block, ...skip] }];
}

/** Outputs of a layer, as far as they can be told. */
export function widthAfter(layer: ReadLayer, width: number | undefined): number | undefined {
  const { kernel } = layer.values;
  if (kernel !== undefined) return layer.description.config['units'] as number;
  if (layer.inner === undefined) return layer.values['gamma']?.length ?? layer.values['mean']?.length ?? width;
  return layer.inner.slice(0, layer.description.layers?.length).reduce((w, inner) => widthAfter(inner, w), width);
}

/** The constant of an addition behind a product without bias. */
function biasOf(
  { node }: GraphNode,
  graph: GraphReader,
  before: ReadLayer,
  width: number | undefined,
): Float32Array | undefined {
  const bare = before.values['kernel'] !== undefined && before.values['bias'] === undefined;
  const constant = node.inputs.map((name) => graph.tensor(name)).find((tensor) => tensor !== undefined);
  return bare && node.operator === 'Add' && constant?.values.length === width ? constant?.values : undefined;
}

function withBias({ description, values }: ReadLayer, bias: Float32Array): ReadLayer {
  return { description: dense(description.config['units'] as number), values: { ...values, bias } };
}

function combine(before: Affine | undefined, link: GraphNode, graph: GraphReader, width: number | undefined): Affine {
  const { operator, inputs } = link.node;
  const constant = inputs.map((name) => graph.tensor(name)).find((tensor) => tensor !== undefined)!;
  const size = width ?? (constant.values.length > 1 ? constant.values.length : undefined);
  if (size === undefined) throw unsupported(link, 'the number of features is not stated');
  const isRow = constant.shape.slice(0, -1).every((extent) => extent === 1);
  if (!isRow || (constant.values.length !== 1 && constant.values.length !== size)) {
    throw unsupported(link, `its constant has the shape [${constant.shape.join(', ')}]`);
  }
  const at = (i: number) => constant.values[constant.values.length === 1 ? 0 : i];
  const { scale, shift } = before ?? { scale: new Float32Array(size).fill(1), shift: new Float32Array(size) };
  const map = (value: Float32Array, change: (old: number, i: number) => number) => Float32Array.from(value, change);
  const constantFirst = graph.tensor(inputs[0]) !== undefined;
  if (operator === 'Add') return { scale, shift: map(shift, (old, i) => old + at(i)) };
  if (operator === 'Mul')
    return { scale: map(scale, (old, i) => old * at(i)), shift: map(shift, (old, i) => old * at(i)) };
  if (operator === 'Sub') {
    if (!constantFirst) return { scale, shift: map(shift, (old, i) => old - at(i)) };
    return { scale: map(scale, (old) => -old), shift: map(shift, (old, i) => at(i) - old) };
  }
  if (constantFirst) throw unsupported(link, 'it divides by a value that depends on the samples');
  return { scale: map(scale, (old, i) => old / at(i)), shift: map(shift, (old, i) => old / at(i)) };
}

function affineLayer({ scale, shift }: Affine, first: boolean): ReadLayer {
  const ordinary = scale.every((value) => value !== 0 && Number.isFinite(value));
  if (first && ordinary) {
    return normalization(
      shift.map((value, i) => -value / scale[i]),
      scale.map((value) => 1 / value),
    );
  }
  const epsilon = 1e-5;
  const runningMean = new Float32Array(scale.length);
  const runningVariance = new Float32Array(scale.length).fill(1 - epsilon);
  return { description: batchNorm({ epsilon }), values: { gamma: scale, beta: shift, runningMean, runningVariance } };
}
