import { describe, expect, it } from 'vitest';
import { activationFromConfig, activations, elu, gelu, leakyRelu } from '../../lib/activations/index.js';
import { OptionError } from '../../lib/core/errors.js';
import type { Engine } from '../../lib/engine/engine.js';
import { activationKernels } from '../../lib/kernels/activation.js';
import { activation, dense } from '../../lib/layers/index.js';
import { differences, expectClose, tolerances } from '../support/compare.js';
import { engineRows, nativeRows, reference64 } from '../support/engines.js';
import { thrownBy } from '../support/errors.js';
import { LayerRun } from '../support/run-layer.js';
import { activationTable, type ActivationRow } from './table.js';

const cases = activationTable.map((row) => [row.what, row] as const);

it('has a row for every activation', () => {
  const named = new Set(activationTable.map(({ make }) => make().name));
  const names = Object.values(activations).map((make) => make().name);
  expect([...named].sort()).toEqual([...new Set(names)].sort());
});

/** Value and derivative at each x, by the activation as a layer and inside of dense. */
async function run(engine: Engine, { make }: ActivationRow, x: readonly number[]) {
  const ones = x.map(() => 1);
  const layer = await new LayerRun(engine, activation(make()), 1).train(x, ones);
  const inside = await new LayerRun(engine, dense(1, { activation: make(), initializer: 'ones' }), 1).train(x, ones);
  return { layer, inside };
}

describe.each(engineRows)('$name', ({ make, tolerance, numbers }) => {
  it.each(cases)('%s has the values and derivatives of its definition', async (_what, row) => {
    const { layer, inside } = await run(
      make(),
      row,
      row.points.map(([x]) => x),
    );
    for (const got of [layer, inside]) {
      expectClose(
        got.y,
        row.points.map(([, y]) => y),
        tolerance,
        'value',
      );
      expectClose(
        got.dx,
        row.points.map(([, , dx]) => dx),
        tolerance,
        'derivative',
      );
    }
  });

  it.each(cases)('%s: NaN stays NaN, and far out it is what it tends to', async (_what, row) => {
    const largest = numbers === 'float64' ? 1e300 : 3e38;
    const { layer, inside } = await run(make(), row, [NaN, -Infinity, Infinity, -largest, largest]);
    const [low, high] = row.ends;
    for (const { y, dx } of [layer, inside]) {
      expect(y[0]).toBeNaN();
      expectClose(y.slice(1, 3), [low, high], tolerances.float32, 'at infinity');
      const finite = (end: number, sign: number) => (Number.isFinite(end) ? end : sign * largest);
      const wide = row.what.startsWith('leaky') || row.what === 'selu' ? { rtol: 1, atol: 0 } : tolerances.float32;
      expectClose(y.slice(3), [finite(low, -1), finite(high, 1)], wide, 'far out');
      expect(dx.slice(3).every(Number.isFinite), 'derivatives far out are finite').toBe(true);
    }
  });
});

const grid = Array.from({ length: 8001 }, (_, i) => Math.fround((i - 4000) / 320));

it.each(nativeRows.flatMap(({ name, make }) => cases.map(([what, row]) => [what, name, make, row] as const)))(
  '%s on %s is accurate to a few units in the last place',
  async (_what, _name, make, row) => {
    const [got, truth] = [(await run(make(), row, grid)).layer, (await run(reference64.make(), row, grid)).layer];
    // 2^-23 is one unit of the last place at 1; tails are small numbers with the same relative accuracy.
    const { worst, index } = differences(got.y, truth.y, { rtol: (row.units ?? 8) * 2 ** -23, atol: 1e-37 });
    expect(index, `value at ${grid[index]} is off by ${worst}`).toBe(-1);
    const slope = differences(got.dx, truth.dx, { rtol: (row.units ?? 8) * 2 ** -23, atol: 4 * 2 ** -23 });
    expect(slope.index, `derivative at ${grid[slope.index]} is off by ${slope.worst}`).toBe(-1);
  },
);

it.each(cases)('%s comes back from its config', (_what, row) => {
  const made = row.make();
  const config: unknown = JSON.parse(JSON.stringify(made.config));
  expect(activationFromConfig(config)).toEqual(made);
});

it('an activation whose derivative needs the input makes dense keep the weighted sums', async () => {
  for (const { name, saves } of activationKernels) {
    if (saves === 'output') continue;
    const make = name === 'geluTanh' ? () => gelu({ approximation: 'tanh' }) : activations[name as 'silu'];
    const x = [-1.5, -0.4, 0.3, 2];
    const layer = new LayerRun(reference64.make(), dense(3, { activation: make() }), 2);
    const { dx } = await layer.train(x, [1, 2, 3, 4, 5, 6]);
    const kernel = layer.parameters.get('kernel')!;
    const { derivative } = activationKernels[make().id];
    const wanted = x.map((_, place) => {
      const [row, input] = [Math.floor(place / 2), place % 2];
      return [0, 1, 2].reduce((sum, unit) => {
        const z = x[2 * row] * kernel[unit] + x[2 * row + 1] * kernel[3 + unit];
        return sum + (3 * row + unit + 1) * derivative(z, 0) * kernel[3 * input + unit];
      }, 0);
    });
    expectClose(dx, wanted, tolerances.float64, name);
  }
});

describe('options', () => {
  it.each<[string, () => unknown, RegExp]>([
    ['approximation', () => gelu({ approximation: 'tanhh' as never }), /approximation, received "tanhh"; did you mean/],
    ['PyTorch', () => gelu({ approximate: 'tanh' } as never), /Unknown option approximate for gelu; did you mean/],
    ['slope', () => leakyRelu({ slope: 1 }), /at least 0 and below 1 for slope, received 1/],
    ['alpha', () => elu({ alpha: 0 }), /above 0 for alpha, received 0/],
    ['alpha NaN', () => elu({ alpha: NaN }), /alpha, received NaN/],
    ['name', () => dense(3, { activation: 'softPlus' as never }), /received "softPlus"; did you mean "softplus"/],
  ])('%s', (_what, call, message) => {
    const error = thrownBy(call);
    expect(error).toBeInstanceOf(OptionError);
    expect(error.message).toMatch(message);
  });

  it('swish is silu', () => {
    expect(activations.swish()).toEqual(activations.silu());
  });
});
