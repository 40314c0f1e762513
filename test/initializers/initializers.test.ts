import { describe, expect, it } from 'vitest';
import { activations, type ActivationName } from '../../lib/activations/index.js';
import { RandomStream } from '../../lib/core/random.js';
import {
  constant,
  custom,
  initializerFromConfig,
  initializerNames,
  initializers,
  normal,
  orthogonal,
  resolveInitializer,
  truncatedNormal,
  uniform,
  type Initializer,
} from '../../lib/initializers/index.js';
import { dense } from '../../lib/layers/index.js';
import { Network } from '../../lib/training/index.js';
import { expectClose } from '../support/compare.js';
import { thrownBy } from '../support/errors.js';
import {
  expectDistribution,
  expectIndependent,
  expectMean,
  expectVariance,
  normalDistribution,
} from '../support/statistics.js';

function drawn({ fill }: Initializer, shape: readonly number[] = [400, 500], seed = 1): Float64Array {
  const values = new Float64Array(shape.reduce((product, extent) => product * extent, 1));
  const [fanIn, fanOut = fanIn] = shape;
  fill(values, { fanIn, fanOut, shape }, new RandomStream(seed, 8));
  return values;
}

/** The distribution of every initializer that draws: mean, standard deviation, fourth moment, distribution function. */
const [low, high] = [normalDistribution(-2), normalDistribution(2)];
const cut = 0.8796256610342398;
const normalOf = (deviation: number) => ({
  deviation,
  fourth: 3,
  cumulative: (x: number) => normalDistribution(x / deviation),
});
const uniformOf = (min: number, max: number) => ({
  mean: (min + max) / 2,
  deviation: (max - min) / Math.sqrt(12),
  fourth: 1.8,
  cumulative: (x: number) => (x - min) / (max - min),
});
const random: [
  string,
  Initializer,
  { mean?: number; deviation: number; fourth: number; cumulative: (x: number) => number },
][] = [
  ['normal', normal({ standardDeviation: 0.3 }), normalOf(0.3)],
  ['normal by default', normal(), normalOf(0.01)],
  ['glorotNormal', initializers.glorotNormal(), normalOf(Math.sqrt(2 / 900))],
  ['heNormal', initializers.heNormal(), normalOf(Math.sqrt(2 / 400))],
  ['lecunNormal', initializers.lecunNormal(), normalOf(Math.sqrt(1 / 400))],
  ['glorotUniform', initializers.glorotUniform(), uniformOf(-Math.sqrt(6 / 900), Math.sqrt(6 / 900))],
  ['heUniform', initializers.heUniform(), uniformOf(-Math.sqrt(6 / 400), Math.sqrt(6 / 400))],
  ['lecunUniform', initializers.lecunUniform(), uniformOf(-Math.sqrt(3 / 400), Math.sqrt(3 / 400))],
  ['uniform', uniform(), uniformOf(-0.05, 0.05)],
  ['uniform with a bound', uniform({ bound: 2 }), uniformOf(-2, 2)],
  ['uniform between two numbers', uniform({ min: 1, max: 1.5 }), uniformOf(1, 1.5)],
  [
    'truncatedNormal',
    truncatedNormal({ standardDeviation: 0.2 }),
    {
      deviation: 0.2 * cut,
      // E x² = 1 - 4φ(2)/p and E x⁴ = 3 - 28φ(2)/p within ±2, where p is the share that lies there.
      fourth: 2.3655,
      cumulative: (x) => (normalDistribution(x / 0.2) - low) / (high - low),
    },
  ],
  ['custom, value by value', custom((_fans, stream) => 3 * stream.normal()), normalOf(3)],
  [
    'custom, all at once',
    custom({ fill: (values, _fans, stream) => values.forEach((_, i) => (values[i] = stream.uniform())) }),
    uniformOf(0, 1),
  ],
];

describe.each(random)('%s', (_name, initializer, { mean = 0, deviation, fourth, cumulative }) => {
  it.each([1, 2])('has its distribution, seed %i', (seed) => {
    const values = drawn(initializer, [400, 500], seed);
    expectMean(values, mean, deviation);
    expectVariance(values, deviation ** 2, fourth);
    expectDistribution(values, cumulative, 'values');
  });

  it('draws independently: neighbours, rows, seeds', () => {
    const values = drawn(initializer);
    expectIndependent(values.subarray(1), values.subarray(0, -1), 'neighbours');
    expectIndependent(values.subarray(500), values.subarray(0, -500), 'rows');
    expectIndependent(values, drawn(initializer, [400, 500], 2), 'seeds');
    expect(drawn(initializer)).toEqual(values);
  });
});

it('truncatedNormal has nothing beyond two standard deviations, and comes near', () => {
  const largest = drawn(truncatedNormal({ standardDeviation: 1 })).reduce(
    (most, value) => Math.max(most, Math.abs(value)),
    0,
  );
  expect(largest).toBeLessThanOrEqual(2);
  expect(largest).toBeGreaterThan(1.999);
});

describe('orthogonal', () => {
  it.each([
    [[40, 40], 1],
    [[50, 30], 1],
    [[30, 50], Math.SQRT2],
    [[1, 7], 1],
    [[7, 1], 3],
    [[9], 2],
  ])('%j: rows or columns are orthonormal, times %f', (shape, gain) => {
    const values = drawn(orthogonal({ gain }), shape);
    const [rows, columns = 1] = shape;
    const short = Math.min(rows, columns);
    const long = Math.max(rows, columns);
    const at = (which: number, i: number) =>
      rows >= columns ? values[i * columns + which] : values[which * columns + i];
    for (let a = 0; a < short; a++) {
      for (let b = a; b < short; b++) {
        let product = 0;
        for (let i = 0; i < long; i++) product += at(a, i) * at(b, i);
        expectClose([product / gain ** 2], [a === b ? 1 : 0], { rtol: 1e-12, atol: 1e-12 }, `vectors ${a} and ${b}`);
      }
    }
  });

  it('is evenly distributed: every element has mean 0 and variance 1/n, whatever its place', () => {
    const [n, draws] = [6, 4000];
    const all = Array.from({ length: draws }, (_, seed) => drawn(orthogonal(), [n, n], seed));
    for (let place = 0; place < n * n; place++) {
      const values = Float64Array.from(all, (matrix) => matrix[place]);
      expectMean(values, 0, Math.sqrt(1 / n), `element ${place}`);
      // The fourth moment of a coordinate on the sphere in n dimensions is 3n / (n + 2).
      expectVariance(values, 1 / n, (3 * n) / (n + 2), `element ${place}`);
    }
    // Determinants of both signs: reflections as well as rotations.
    const signs = all.slice(0, 400).map((matrix) => Math.sign(determinant(matrix, n)));
    expectMean(signs, 0, 1, 'sign of the determinant');
  });
});

function determinant(matrix: Float64Array, n: number): number {
  const rows = Array.from({ length: n }, (_, i) => Array.from(matrix.subarray(i * n, (i + 1) * n)));
  let product = 1;
  for (let k = 0; k < n; k++) {
    const pivot = rows
      .slice(k)
      .reduce((best, row, i) => (Math.abs(row[k]) > Math.abs(rows[best][k]) ? k + i : best), k);
    if (pivot !== k) {
      [rows[k], rows[pivot]] = [rows[pivot], rows[k]];
      product = -product;
    }
    product *= rows[k][k];
    for (let i = k + 1; i < n; i++) {
      const factor = rows[i][k] / rows[k][k];
      for (let j = k; j < n; j++) rows[i][j] -= factor * rows[k][j];
    }
  }
  return product;
}

it('zeros, ones and constant are what they say', () => {
  expect(new Set(drawn(initializers.zeros()))).toEqual(new Set([0]));
  expect(new Set(drawn(initializers.ones()))).toEqual(new Set([1]));
  expect(new Set(drawn(constant({ value: -2.5 })))).toEqual(new Set([-2.5]));
});

it.each(initializerNames)('%s is made again from its config', (name) => {
  const made = name === 'constant' ? constant({ value: 3 }) : initializers[name]();
  const again = initializerFromConfig(JSON.parse(JSON.stringify(made.config)));
  expect(again.config).toEqual(made.config);
  expect(drawn(again, [6, 5])).toEqual(drawn(made, [6, 5]));
});

it.each(Object.keys(activations) as ActivationName[])('%s has the default that fits it', (name) => {
  const wanted = { selu: 'lecunNormal', identity: 'glorotUniform', sigmoid: 'glorotUniform', tanh: 'glorotUniform' };
  const { name: chosen } = dense(3, { activation: name }).config['initializer'] as { name: string };
  if (name in wanted) expect(chosen).toBe(wanted[name as keyof typeof wanted]);
  else if (/elu|lu$/i.test(name)) expect(chosen).toBe('heNormal');
});

describe('custom functions in a network', () => {
  const layers = () => [
    dense(3, {
      initializer: ({ fanIn, fanOut, shape }, stream) =>
        fanIn * 100 + fanOut * 10 + shape.length + stream.uniform() / 10,
      biasInitializer: { fill: (values) => values.forEach((_, i) => (values[i] = i)) },
    }),
  ];

  it('begin with zeros, whatever the parameter before them holds', () => {
    const first = { fill: (values: Float64Array) => void (values[0] += 1) };
    const both = [dense(3), dense(2, { initializer: first, biasInitializer: first })];
    const network = new Network({ inputs: 2, layers: both, engine: 'reference' });
    expect(Array.from(network.readParameter('dense2.kernel'))).toEqual([1, 0, 0, 0, 0, 0]);
    expect(Array.from(network.readParameter('dense2.bias'))).toEqual([1, 0]);
  });

  it('get fans, shape and a stream that follows from the seed', () => {
    const [one, two] = [1, 1].map((seed) => new Network({ inputs: 2, layers: layers(), seed, engine: 'reference' }));
    const kernel = one.readParameter('dense1.kernel');
    expect(kernel.every((value) => value >= 232 && value < 232.2)).toBe(true);
    expect(new Set(kernel).size).toBe(6);
    expect(two.readParameter('dense1.kernel')).toEqual(kernel);
    expect(Array.from(one.readParameter('dense1.bias'))).toEqual([0, 1, 2]);
  });

  it('are saved by name only: a lost one holds weights and makes none', () => {
    const named = { myInit: (): number => 1 }.myInit;
    const made = resolveInitializer('initializer', named);
    expect(made.config).toEqual({ name: 'custom', function: 'myInit' });
    const lost = initializerFromConfig(made.config);
    expect(lost.config).toEqual(made.config);
    expect(thrownBy(() => drawn(lost)).message).toContain('"myInit" was not saved');
  });

  it('that return nonsense are named', () => {
    const make = (initializer: unknown) => () =>
      new Network({ inputs: 2, layers: [dense(1, { initializer: initializer as never })], engine: 'reference' });
    expect(thrownBy(make(() => NaN))).toMatchObject({ code: 'ERR_OPTION_RANGE' });
    expect(thrownBy(make(() => 'x')).message).toContain('received "x"');
    expect(thrownBy(make({ fill: (values: Float64Array) => values.fill(Infinity) })).message).toContain('Infinity');
    expect(thrownBy(make(initializers.heNormal)).message).toContain('as in heNormal()');
  });
});

describe('hostile options', () => {
  it.each<[string, () => unknown, string, string]>([
    ['negative deviation', () => truncatedNormal({ standardDeviation: -1 }), 'ERR_OPTION_RANGE', 'standardDeviation'],
    ['NaN deviation', () => normal({ standardDeviation: NaN }), 'ERR_OPTION_RANGE', 'standardDeviation'],
    ['bound of zero', () => uniform({ bound: 0 }), 'ERR_OPTION_RANGE', 'bound'],
    ['min above max', () => uniform({ min: 1, max: 1 }), 'ERR_OPTION_RANGE', 'max'],
    ['min alone', () => uniform({ min: 1 }), 'ERR_OPTION_TYPE', 'max'],
    ['both forms', () => uniform({ bound: 1, max: 2 }), 'ERR_OPTION_RANGE', 'bound'],
    ['gain of zero', () => orthogonal({ gain: 0 }), 'ERR_OPTION_RANGE', 'gain'],
    ['infinite gain', () => orthogonal({ gain: Infinity }), 'ERR_OPTION_RANGE', 'gain'],
    ['misspelt option', () => orthogonal({ gian: 2 } as never), 'ERR_OPTION_UNKNOWN', 'did you mean gain?'],
    ['unknown name', () => resolveInitializer('initializer', 'orthogonl'), 'ERR_OPTION_CHOICE', '"orthogonal"'],
    ['a number', () => resolveInitializer('initializer', 3), 'ERR_OPTION_TYPE', 'a function'],
    ['a custom config that is none', () => initializerFromConfig({ name: 'custom' }), 'ERR_OPTION_TYPE', 'function'],
  ])('%s', (_what, call, code, text) => {
    const error = thrownBy(call);
    expect(error.code).toBe(code);
    expect(error.message).toContain(text);
  });
});
