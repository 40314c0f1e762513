import { activationKernels } from '../../kernels/activation.js';
import { normalTail } from '../../kernels/normal.js';
import { gelu, hardSwish, mish, silu, softplus, softsign, type Activation } from '../../activations/index.js';
import { isFloatCast, numberOf, type GraphNode, type GraphReader } from './graph.js';

/** What an elementwise operator does to numbers; a second one is a constant or another expression of the same variable. */
const functions: Readonly<Record<string, (a: number, b: number, node: GraphNode) => number>> = {
  Identity: (a) => a,
  Cast: (a) => a,
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Pow: (a, b) => a ** b,
  Neg: (a) => -a,
  Abs: (a) => Math.abs(a),
  Exp: (a) => Math.exp(a),
  Log: (a) => Math.log(a),
  Sqrt: (a) => Math.sqrt(a),
  Reciprocal: (a) => 1 / a,
  // erf(x) = 1 - 2 · tail of the normal distribution at x √2
  Erf: (a) => Math.sign(a) * (1 - 2 * normalTail(Math.abs(a) * Math.SQRT2)),
  Tanh: (a) => Math.tanh(a),
  Sigmoid: (a) => 1 / (1 + Math.exp(-a)),
  Softplus: (a) => Math.log1p(Math.exp(-Math.abs(a))) + Math.max(a, 0),
  Relu: (a) => Math.max(a, 0),
  HardSigmoid: (a, _b, node) =>
    Math.min(1, Math.max(0, numberOf(node, 'alpha', 0.2) * a + numberOf(node, 'beta', 0.5))),
};

/** Activations that exporters write as several operators. */
const candidates: readonly Activation[] = [
  gelu(),
  gelu({ approximation: 'tanh' }),
  silu(),
  mish(),
  hardSwish(),
  softplus(),
  softsign(),
];
const probes = Array.from({ length: 41 }, (_, i) => -5 + i * 0.25);
const MOST_NODES = 32;

/** Whether a node could be a part of such an expression. */
export function isElementwise({ node }: GraphNode): boolean {
  if (node.operator === 'Cast' && !isFloatCast(node)) return false;
  return node.domain === '' && Object.hasOwn(functions, node.operator);
}

/**
 * Recognizes an activation that stands in the graph as several operators, such as x · σ(x), by what it makes of some numbers:
 * so it does not matter how an exporter arranged it. Returns the activation and the value it is applied to.
 */
export function recognizeActivation(
  graph: GraphReader,
  value: string,
): { activation: Activation; source: string } | undefined {
  for (const source of sourcesOf(graph, value)) {
    if (evaluate(graph, value, source, probes[0]) === undefined) continue;
    const found = probes.map((x) => evaluate(graph, value, source, x));
    const activation = candidates.find(({ id, parameter }) =>
      probes.every((x, i) => Math.abs((found[i] ?? NaN) - activationKernels[id].value(x, parameter)) < 1e-5),
    );
    if (activation !== undefined) return { activation, source };
  }
  return undefined;
}

/** Values that an expression may be one of, nearest first: those that every way to it leads through. */
function sourcesOf(graph: GraphReader, value: string): string[] {
  const found: string[] = [];
  let at = value;
  while (at !== graph.input && isElementwise(graph.makerOf(at)) && found.length < MOST_NODES) {
    const source = graph.sourceOf(at);
    if (source === undefined) break;
    found.push(source);
    at = source;
  }
  return found;
}

/** The value where `source` is `x`; undefined where it depends on anything else. */
function evaluate(graph: GraphReader, value: string, source: string, x: number): number | undefined {
  const known = new Map<string, number | undefined>([[source, x]]);
  const visit = (name: string, depth: number): number | undefined => {
    if (known.has(name)) return known.get(name);
    let result: number | undefined;
    const constant = graph.tensor(name);
    if (constant !== undefined) result = constant.values.length === 1 ? constant.values[0] : undefined;
    else if (name !== graph.input && depth < MOST_NODES) {
      const maker = graph.makerOf(name);
      if (isElementwise(maker)) {
        const [a, b = 0] = maker.node.inputs.map((input) => visit(input, depth + 1));
        if (a !== undefined && b !== undefined) result = functions[maker.node.operator](a, b, maker);
        if (maker.node.inputs.some((input) => visit(input, depth + 1) === undefined)) result = undefined;
      }
    }
    known.set(name, result);
    return result;
  };
  return visit(value, 0);
}
