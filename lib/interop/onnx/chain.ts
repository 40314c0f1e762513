import { FormatError } from '../../core/errors.js';
import type { Activation } from '../../activations/index.js';
import { isElementwise, recognizeActivation } from './expressions.js';
import { unsupported, type GraphNode, type GraphReader } from './graph.js';
import { isOperator } from './operators.js';

/** What stands between two values of a graph. */
export type Link =
  | { readonly kind: 'operator'; readonly node: GraphNode }
  | { readonly kind: 'activation'; readonly activation: Activation }
  /** Addition of, or multiplication by, a constant. */
  | { readonly kind: 'affine'; readonly node: GraphNode }
  | {
      readonly kind: 'residual';
      readonly node: GraphNode;
      readonly block: readonly Link[];
      readonly skip: readonly Link[];
    };

const DEEPEST = 40;
const affine = ['Add', 'Sub', 'Mul', 'Div'];

/** Reads a graph from its output back to its input as a chain, in which blocks with a shortcut are single links. */
export class ChainReader {
  readonly #links = new Map<string, { link: Link; source: string }>();

  constructor(readonly graph: GraphReader) {}

  /** The links from one value to another, in order. */
  between(source: string, target: string, depth = 0): Link[] {
    const links: Link[] = [];
    for (let value = target; value !== source;) {
      if (value === this.graph.input) throw new FormatError(`"${target}" does not depend on "${source}" alone`);
      const before = this.#before(value, depth);
      links.push(before.link);
      value = before.source;
    }
    return links.reverse();
  }

  /** The last link before a value, and what it begins with. */
  #before(value: string, depth: number): { link: Link; source: string } {
    const known = this.#links.get(value);
    if (known !== undefined) return known;
    const found = this.#read(value, depth);
    this.#links.set(value, found);
    return found;
  }

  #read(value: string, depth: number): { link: Link; source: string } {
    const node = this.graph.makerOf(value);
    if (isOperator(node) && node.node.outputs[0] === value) {
      return { link: { kind: 'operator', node }, source: node.data[0] };
    }
    const { operator, domain, inputs } = node.node;
    if (isElementwise(node)) {
      const recognized = recognizeActivation(this.graph, value);
      if (recognized !== undefined) {
        return { link: { kind: 'activation', activation: recognized.activation }, source: recognized.source };
      }
    }
    if (domain !== '' || !affine.includes(operator)) throw unsupported(node, '');
    if (node.data.length === 1 && this.graph.tensor(inputs.find((name) => name !== node.data[0])) !== undefined) {
      return { link: { kind: 'affine', node }, source: node.data[0] };
    }
    if (operator !== 'Add' || node.data.length !== 2)
      throw unsupported(node, 'it joins two values that depend on the samples');
    return this.#block(node, value, depth);
  }

  /** A sum of two values: what both are made of is where the block begins. */
  #block(node: GraphNode, value: string, depth: number): { link: Link; source: string } {
    if (depth > DEEPEST) throw unsupported(node, `blocks stand inside each other more than ${DEEPEST} deep`);
    const [first, second] = node.data;
    const source = this.graph.sourceOf(value);
    if (source === undefined) throw unsupported(node, 'a part of it does not depend on the samples');
    const [a, b] = [this.between(source, first, depth + 1), this.between(source, second, depth + 1)];
    const pairs = [
      [a, b],
      [b, a],
    ] as const;
    const pair = pairs.find(([, skip]) => skip.length === 0) ?? pairs.find(([, skip]) => isProjection(skip));
    if (pair === undefined) {
      throw unsupported(node, 'neither of its two values is the input of a block, or a projection of it');
    }
    return { link: { kind: 'residual', node, block: pair[0], skip: pair[1] }, source };
  }
}

function isProjection(links: readonly Link[]): boolean {
  return links.length === 1 && links[0].kind === 'operator' && links[0].node.node.operator === 'MatMul';
}
