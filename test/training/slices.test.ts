import { describe, expect, it } from 'vitest';
import { orderOf } from '../../lib/training/order.js';
import { SliceLength } from '../../lib/training/slices.js';
import { thrownBy } from '../support/errors.js';

describe('the length of a slice', () => {
  it('begins with one step and grows to a tenth of a second', () => {
    const slices = new SliceLength(1000);
    expect(slices.steps).toBe(1);
    for (let i = 0; i < 10; i++) slices.took({ steps: slices.steps, seconds: 0.001 * slices.steps });
    expect(slices.steps).toBe(100);
    slices.took({ steps: 100, seconds: 10 });
    expect(slices.steps).toBe(1);
  });

  it('is longer for large networks, whose parameters are copied after each', () => {
    const slices = new SliceLength(50e6);
    for (let i = 0; i < 10; i++) slices.took({ steps: slices.steps, seconds: 0.015 * slices.steps });
    expect(slices.steps).toBe(106);
  });

  it('is no endless loop where the engine does nothing', () => {
    const slices = new SliceLength(1000);
    expect(thrownBy(() => slices.took({ steps: 0, seconds: 0.1 })).code).toBe('ERR_ENGINE_STALLED');
  });
});

describe('the order of an epoch', () => {
  const of = (epoch: number, seed = 1) => Array.from(orderOf({ length: 50, shuffle: true, seed, epoch }) ?? []);

  it('has every sample once, and is a function of seed and epoch', () => {
    expect([...of(3)].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    expect(of(3)).toEqual(of(3));
    expect(of(3)).not.toEqual(of(4));
    expect(of(3)).not.toEqual(of(3, 2));
    expect(orderOf({ length: 50, shuffle: false, seed: 1, epoch: 0 })).toBeUndefined();
  });
});
