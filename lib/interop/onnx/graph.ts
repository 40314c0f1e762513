import { FormatError } from '../../core/errors.js';
import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor } from './model.js';
import { transpose } from './transpose.js';

/** A node with what its inputs are: constant tensors, or values that depend on the samples. */
export interface GraphNode {
  readonly node: OnnxNode;
  /** How messages name it: its operator, and its own name or what it computes. */
  readonly title: string;
  /** Names of the inputs that depend on the samples. */
  readonly data: readonly string[];
}

/** Where a value stands: what comes before it on every way from the input, and how many such there are. */
interface Place {
  readonly source: string;
  readonly depth: number;
}

/** Steps on the way back from all values that are computed of several; no network needs nearly as many. */
const MOST_STEPS = 10_000_000;

/** A graph to be read backwards: from a value to the node that computes it. */
export class GraphReader {
  readonly input: string;
  readonly #makers = new Map<string, GraphNode>();
  readonly #places = new Map<string, Place>();
  readonly #tensors: Map<string, OnnxTensor>;
  #steps = 0;

  constructor(readonly graph: OnnxGraph) {
    // Constants as initializers and as nodes are the same.
    this.#tensors = new Map(graph.tensors);
    for (const node of graph.nodes) {
      const value = node.attributes.get('value');
      const isTensor = typeof value === 'object' && 'shape' in value;
      const constant = node.operator === 'Constant' && isTensor ? value : this.#madeOfConstant(node);
      if (constant !== undefined) this.#tensors.set(node.outputs[0], constant);
    }
    // Old models list initializers among the inputs.
    const inputs = graph.inputs.filter(({ name }) => !this.#tensors.has(name));
    if (inputs.length !== 1) {
      throw new FormatError(
        `Expected an ONNX graph with one input, received ${inputs.length}: ${inputs.map(({ name }) => name).join(', ')}`,
      );
    }
    this.input = inputs[0].name;
    const known = new Set([this.input]);
    for (const node of graph.nodes) {
      if (this.#tensors.has(node.outputs[0])) continue;
      const data = node.inputs.filter((name) => name !== '' && !this.#tensors.has(name));
      const entry = { node, title: `${node.operator} "${node.name === '' ? node.outputs[0] : node.name}"`, data };
      // A graph that runs in circles would never be read to its end.
      const early = data.find((name) => !known.has(name));
      if (early !== undefined)
        throw new FormatError(`The ONNX node ${entry.title} reads "${early}", which nothing before it computes`);
      const place = this.#placeBehind(entry);
      for (const output of node.outputs.filter((name) => name !== '')) {
        if (known.has(output)) throw new FormatError(`The ONNX node ${entry.title} computes "${output}" a second time`);
        known.add(output);
        this.#makers.set(output, entry);
        if (place !== undefined) this.#places.set(output, place);
      }
    }
  }

  /** Exporters write equal constants once and hand them on, and turn kernels around. */
  #madeOfConstant(node: OnnxNode): OnnxTensor | undefined {
    const constant = this.#tensors.get(node.inputs[0]);
    if (constant === undefined || node.domain !== '' || node.inputs.length !== 1) return undefined;
    if (node.operator === 'Identity' || isFloatCast(node)) return constant;
    const { shape } = constant;
    const order = node.attributes.get('perm');
    const turned = order === undefined || (Array.isArray(order) && order.join() === '1,0');
    if (node.operator !== 'Transpose' || shape.length !== 2 || !turned) return undefined;
    return { shape: [shape[1], shape[0]], values: transpose(constant.values, shape[0], shape[1]) };
  }

  /** The place of what is computed of these values; none where one of them does not depend on the input. */
  #placeBehind({ data, title }: GraphNode): Place | undefined {
    if (data.length === 0 || data.some((name) => name !== this.input && !this.#places.has(name))) return undefined;
    const source = data.reduce((first, second) => this.#meet(first, second, title));
    return { source, depth: this.#depthOf(source) + 1 };
  }

  /** The last value that two values have in common on every way from the input. */
  #meet(first: string, second: string, title: string): string {
    let [a, b] = [first, second];
    while (a !== b) {
      if (++this.#steps > MOST_STEPS) {
        throw new FormatError(
          `The ONNX graph is too entangled: at ${title} it takes more than ${MOST_STEPS} steps back to where values part ` +
            'that are joined again. Expected layers in a row and residual blocks: have the graph simplified, or export the ' +
            'layers without what surrounds them',
        );
      }
      const [before, behind] = this.#depthOf(a) < this.#depthOf(b) ? [a, b] : [b, a];
      [a, b] = [before, this.#places.get(behind)!.source];
    }
    return a;
  }

  #depthOf(value: string): number {
    return this.#places.get(value)?.depth ?? 0;
  }

  /** The nearest value that this one is computed of, whichever way is taken; none where a part is of constants alone. */
  sourceOf(value: string): string | undefined {
    return this.#places.get(value)?.source;
  }

  /** The node that computes a value. */
  makerOf(value: string): GraphNode {
    const maker = this.#makers.get(value);
    if (maker === undefined) throw new FormatError(`The ONNX graph has no node that computes "${value}"`);
    return maker;
  }

  tensor(name: string | undefined): OnnxTensor | undefined {
    return name === undefined ? undefined : this.#tensors.get(name);
  }

  /** Features of a sample, where the graph states them. */
  get width(): number | undefined {
    const shape = this.graph.inputs.find(({ name }) => name === this.input)?.shape;
    if (shape === undefined || shape.length < 2) return undefined;
    const features = shape.slice(1);
    return features.every((extent) => extent > 0)
      ? features.reduce((product, extent) => product * extent, 1)
      : undefined;
  }
}

/** Whether a node makes floating-point numbers of others: float32, float16 or float64. */
export function isFloatCast({ operator, attributes }: OnnxNode): boolean {
  return operator === 'Cast' && [1, 10, 11].includes(attributes.get('to') as number);
}

/** Attributes of a node as numbers and lists, with what ONNX takes where they are absent. */
export function numberOf({ node, title }: GraphNode, name: string, absent: number): number {
  const value: OnnxAttribute = node.attributes.get(name) ?? absent;
  if (typeof value !== 'number') throw new FormatError(`The attribute ${name} of ${title} is no number`);
  return value;
}

export function listOf({ node, title }: GraphNode, name: string): readonly number[] {
  const value = node.attributes.get(name);
  if (!Array.isArray(value)) throw new FormatError(`The attribute ${name} of ${title} is no list of numbers`);
  return value as readonly number[];
}

/** Says that a node is there, and cannot be taken over. */
export function unsupported({ title }: GraphNode, why: string): FormatError {
  return new FormatError(`The ONNX operator ${title} is not supported${why === '' ? '' : `: ${why}`}`);
}
