import { FormatError } from '../../core/errors.js';
import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor } from './model.js';

/** A node with what its inputs are: constant tensors, or values that depend on the samples. */
export interface GraphNode {
  readonly node: OnnxNode;
  /** How messages name it: its operator, and its own name or what it computes. */
  readonly title: string;
  /** Names of the inputs that depend on the samples. */
  readonly data: readonly string[];
}

/** A graph to be read backwards: from a value to the node that computes it. */
export class GraphReader {
  readonly input: string;
  readonly #makers = new Map<string, GraphNode>();
  readonly #tensors: Map<string, OnnxTensor>;

  constructor(readonly graph: OnnxGraph) {
    // Constants as initializers and as nodes are the same.
    this.#tensors = new Map(graph.tensors);
    for (const node of graph.nodes) {
      const value = node.attributes.get('value');
      const isTensor = typeof value === 'object' && 'shape' in value;
      if (node.operator === 'Constant' && isTensor) this.#tensors.set(node.outputs[0], value);
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
      for (const output of node.outputs) {
        known.add(output);
        this.#makers.set(output, entry);
      }
    }
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
