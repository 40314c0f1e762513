import type { Optimizer, OptimizerName, OptimizerOptions } from '../../lib/optimizers/index.js';
import { optimizers } from '../../lib/optimizers/index.js';

/** What the shared tests must know of an optimizer. One without a row fails them. */
export interface OptimizerRow {
  readonly name: OptimizerName;
  /** With what else the factory is called, named in the test's title. */
  readonly variant?: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** A rate at which it gets from (3, -2) to the bottom of a bowl in 400 steps. */
  readonly bowl: number;
  /** A rate at which it comes down Rosenbrock's valley in 6000 steps, and to what value of the function at least. */
  readonly valley: readonly [rate: number, below: number];
  /** Options that must be in a range, with values just outside it. */
  readonly hostile: Readonly<Record<string, readonly number[]>>;
}

const notNumbers = [NaN, Infinity, -Infinity];
/** Outside [0, 1). */
const shares = [-0.001, 1, 1.5, ...notNumbers];
/** Below 0. */
const negative = [-1e-12, ...notNumbers];
const moments = { beta1: shares, beta2: shares, epsilon: negative };

export const optimizerRows: readonly OptimizerRow[] = [
  { name: 'sgd', bowl: 0.1, valley: [0.001, 0.01], hostile: {} },
  {
    name: 'momentum',
    bowl: 0.05,
    valley: [0.0005, 1e-9],
    hostile: { momentum: shares, dampening: [-0.1, 1.1, ...notNumbers] },
  },
  {
    name: 'momentum',
    variant: 'dampened',
    options: { dampening: 0.5 },
    bowl: 0.05,
    valley: [0.001, 1e-9],
    hostile: {},
  },
  { name: 'nesterov', bowl: 0.05, valley: [0.0005, 1e-9], hostile: { momentum: shares } },
  { name: 'adaGrad', bowl: 1, valley: [0.5, 1e-9], hostile: { epsilon: negative } },
  { name: 'adaDelta', bowl: 3, valley: [0.3, 0.05], hostile: { decay: shares, epsilon: negative } },
  {
    name: 'rmsProp',
    bowl: 0.02,
    valley: [0.002, 0.001],
    hostile: { decay: shares, epsilon: negative, momentum: shares },
  },
  {
    name: 'rmsProp',
    variant: 'centered with momentum',
    options: { centered: true, momentum: 0.9 },
    bowl: 0.002,
    valley: [0.0002, 1e-5],
    hostile: {},
  },
  { name: 'adam', bowl: 0.1, valley: [0.02, 1e-12], hostile: moments },
  { name: 'adam', variant: 'amsgrad', options: { amsgrad: true }, bowl: 0.2, valley: [0.05, 1e-12], hostile: {} },
  {
    name: 'adamW',
    options: { weightDecay: 0.0001 },
    bowl: 0.1,
    valley: [0.02, 0.01],
    hostile: { ...moments, weightDecay: negative },
  },
  { name: 'nadam', bowl: 0.1, valley: [0.02, 0.01], hostile: { ...moments, momentumDecay: negative } },
  { name: 'radam', bowl: 0.1, valley: [0.02, 1e-12], hostile: moments },
  { name: 'adaMax', bowl: 0.1, valley: [0.02, 1e-12], hostile: moments },
];

export const titleOf = ({ name, variant }: OptimizerRow) => (variant === undefined ? name : `${name}, ${variant}`);

/** The row's optimizer, with further options. */
export function makeRow({ name, options }: OptimizerRow, more: OptimizerOptions = {}): Optimizer {
  const make: (options: object) => Optimizer = optimizers[name];
  return make({ ...options, ...more });
}
