import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../lib/core/random.js';
import { expectClose, tolerances } from '../support/compare.js';
import { readGolden } from './files.js';
import { initializerFor } from './names.js';
import { runnable } from './pending.js';

const { fanIn, fanOut, cases } = readGolden('initializers');
const names = runnable('initializers', Object.keys(cases), (name) => initializerFor(name) !== undefined);

/** A stream whose every draw is the one that shows the scale: a normal of 1, a uniform of 1. */
const scaleOnly = { normal: () => 1, uniform: () => 1 } as unknown as RandomStream;

describe.each(names)('%s', (name) => {
  const { std, bound } = cases[name];
  const { fill } = initializerFor(name)!;

  it('by formula', () => {
    const values = new Float64Array(1);
    fill(values, { fanIn, fanOut, shape: [1] }, scaleOnly);
    expectClose(values, [std ?? bound!], tolerances.float64);
  });

  it.each([1, 2, 3])('by statistics of a large draw, seed %i', (seed) => {
    const values = new Float64Array(200_000);
    fill(values, { fanIn, fanOut, shape: [values.length] }, new RandomStream(seed, 7));
    const deviation = std ?? bound! / Math.sqrt(3);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const square = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    // Five standard errors: one draw in two million fails by chance. The fourth moment of a normal is 3, of a uniform 9/5.
    const spread = Math.sqrt(((std === undefined ? 1.8 : 3) - 1) / values.length) / 2;
    expect(Math.abs(mean)).toBeLessThan((5 * deviation) / Math.sqrt(values.length));
    expect(Math.abs(Math.sqrt(square) / deviation - 1)).toBeLessThan(5 * spread);
    if (bound === undefined) return;
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(largest).toBeLessThanOrEqual(bound);
    expect(largest).toBeGreaterThan(bound * 0.999);
  });
});
