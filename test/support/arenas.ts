import { expect } from 'vitest';
import type { Network } from '../../lib/index.js';
import { expectSameBits } from './compare.js';

/** Parameters, state, and the optimizer's arrays. */
export function bitsOf({ store, architecture }: Network): Float32Array[] {
  const all = [Float32Array.from(store.read('parameters', 0, architecture.arenaSize))];
  for (let slot = 0; slot < store.slots; slot++) {
    all.push(Float32Array.from(store.read('slots', 0, architecture.arenaSize, slot)));
  }
  return all;
}

/** Whether two networks stand at the same step with the same numbers, those of their optimizers included. */
export function expectSameState(a: Network, b: Network): void {
  const wanted = bitsOf(b);
  const got = bitsOf(a);
  expect(got.length).toBe(wanted.length);
  got.forEach((values, i) => expectSameBits(values, wanted[i]));
  expect([a.step, a.seed]).toEqual([b.step, b.seed]);
}
