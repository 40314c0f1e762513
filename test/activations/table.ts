import { elu, gelu, leakyRelu, type Activation } from '../../lib/activations/index.js';
import * as made from '../../lib/activations/index.js';

export interface ActivationRow {
  readonly what: string;
  readonly make: () => Activation;
  /** [input, value, derivative], by the definition; of the smooth ones by mpmath with 30 digits. */
  readonly points: readonly (readonly [x: number, y: number, dx: number])[];
  /** Limits at -∞ and ∞. */
  readonly ends: readonly [low: number, high: number];
  /** By how many units of the last place native code may be off, relative, within ±12.5; default 8. */
  readonly units?: number;
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const [lambda, alpha] = [1.0507009873554805, 1.6732632423543772];

/** Every activation, with every option; kinks among the points. */
export const activationTable: readonly ActivationRow[] = [
  {
    what: 'identity',
    make: made.identity,
    points: [
      [-2, -2, 1],
      [3, 3, 1],
    ],
    ends: [-Infinity, Infinity],
  },
  {
    what: 'relu',
    make: made.relu,
    points: [
      [-2, 0, 0],
      [0, 0, 0],
      [3, 3, 1],
    ],
    ends: [0, Infinity],
  },
  {
    what: 'leakyRelu',
    make: made.leakyRelu,
    points: [
      [-2, -0.02, 0.01],
      [0, 0, 0.01],
      [3, 3, 1],
    ],
    ends: [-Infinity, Infinity],
  },
  {
    what: 'leakyRelu with slope 0.3',
    make: () => leakyRelu({ slope: 0.3 }),
    points: [
      [-2, -0.6, 0.3],
      [3, 3, 1],
    ],
    ends: [-Infinity, Infinity],
  },
  {
    what: 'sigmoid',
    make: made.sigmoid,
    points: [
      [-2, sigmoid(-2), sigmoid(-2) * sigmoid(2)],
      [0, 0.5, 0.25],
    ],
    ends: [0, 1],
  },
  {
    what: 'tanh',
    make: made.tanh,
    points: [
      [-0.5, Math.tanh(-0.5), 1 - Math.tanh(0.5) ** 2],
      [0, 0, 1],
    ],
    ends: [-1, 1],
  },
  {
    what: 'elu',
    make: made.elu,
    points: [
      [-1, Math.expm1(-1), Math.exp(-1)],
      [0, 0, 1],
      [2, 2, 1],
    ],
    ends: [-1, Infinity],
  },
  {
    what: 'elu with alpha 0.4',
    make: () => elu({ alpha: 0.4 }),
    points: [
      [-1, 0.4 * Math.expm1(-1), 0.4 * Math.exp(-1)],
      [2, 2, 1],
    ],
    ends: [-0.4, Infinity],
  },
  {
    what: 'selu',
    make: made.selu,
    points: [
      [-1, lambda * alpha * Math.expm1(-1), lambda * alpha * Math.exp(-1)],
      [2, 2 * lambda, lambda],
    ],
    ends: [-lambda * alpha, Infinity],
  },
  {
    what: 'relu6',
    make: made.relu6,
    points: [
      [-1, 0, 0],
      [0, 0, 0],
      [2, 2, 1],
      [6, 6, 0],
      [7, 6, 0],
    ],
    ends: [0, 6],
  },
  {
    what: 'gelu',
    make: gelu,
    points: [
      [-12, -2.1317785344932147e-32, -2.5578956616748956e-31],
      [-8.5, -8.05760459887282e-17, -6.846504938697085e-16],
      [-5, -0.0000014332578593959695, -0.000007146946001792295],
      [-3.25, -0.0018753313877699928, -0.006017381143833479],
      [-1.5, -0.1002108019032871, -0.12746919222997952],
      [-0.75, -0.16997051428265114, 0.0007742782607648957],
      [0, 0, 0.5],
      [1, 0.8413447460685429, 1.0833154705876864],
      [2.5, 2.4844758366855597, 1.037611085908145],
      [6, 5.999999994080474, 1.0000000354687095],
      [11, 11, 1],
    ],
    ends: [0, Infinity],
  },
  {
    what: 'gelu by tanh',
    make: () => gelu({ approximation: 'tanh' }),
    points: [
      [-5, -2.291796196629506e-7, -0.000001546361987959362],
      [0, 0, 0.5],
      [5, 4.999999770820381, 1.0000015463619898],
    ],
    ends: [0, Infinity],
    // The exponent reaches 70 where float32 still holds the value, and its rounding with it.
    units: 128,
  },
  {
    what: 'softplus',
    make: made.softplus,
    points: [
      [-30, 9.357622968839737e-14, 9.3576229688393e-14],
      [-5, 0.006715348489118068, sigmoid(-5)],
      [0, Math.LN2, 0.5],
      [0.5, 0.9740769841801067, sigmoid(0.5)],
      [30, 30.000000000000092, sigmoid(30)],
    ],
    ends: [0, Infinity],
  },
  {
    what: 'softsign',
    make: made.softsign,
    points: [
      [-3, -0.75, 0.0625],
      [0, 0, 1],
      [1, 0.5, 0.25],
    ],
    ends: [-1, 1],
  },
  {
    what: 'silu',
    make: made.silu,
    points: [
      [-30, -2.8072868906517896e-12, -2.713710660963134e-12],
      [-5, -0.03346425462142428, -0.02654743242966592],
      [0, 0, 0.5],
      [0.5, 0.3112296656009273, 0.7399611873026518],
      [30, 29.999999999997193, 1.0000000000027136],
    ],
    ends: [0, Infinity],
  },
  {
    what: 'mish',
    make: made.mish,
    points: [
      [-30, -2.807286890651921e-12, -2.713710660963392e-12],
      [-5, -0.033576237730161704, -0.026747498019901932],
      [0, 0, 0.6],
      [0.5, 0.3752452113048951, 0.8864243753577272],
      [30, 30, 1],
    ],
    ends: [0, Infinity],
  },
  {
    what: 'hardSigmoid',
    make: made.hardSigmoid,
    points: [
      [-4, 0, 0],
      [-3, 0, 0],
      [0, 0.5, Math.fround(1 / 6)],
      [3, 1, 0],
      [4, 1, 0],
    ],
    ends: [0, 1],
  },
  {
    what: 'hardSwish',
    make: made.hardSwish,
    points: [
      [-4, 0, 0],
      [-3, 0, 0],
      [-1, -1 / 3, 1 / 6],
      [0, 0, 0.5],
      [3, 3, 1],
      [4, 4, 1],
    ],
    ends: [0, Infinity],
  },
];
