import { describe, expect, it } from 'vitest';
import { release } from '../../lib/core/release.js';

describe('release', () => {
  it('gives the memory of a large array back at once', () => {
    const before = process.memoryUsage().arrayBuffers;
    const large = new Uint8Array(32 * 2 ** 20).fill(1);
    expect(process.memoryUsage().arrayBuffers - before).toBeGreaterThanOrEqual(32 * 2 ** 20);
    release(large);
    expect(large).toHaveLength(0);
    expect(process.memoryUsage().external).toBeLessThan(before + 32 * 2 ** 20);
  });

  it('leaves small arrays alone, parts of others, and shared memory', () => {
    const small = Float32Array.of(1, 2, 3);
    const part = new Uint8Array(4 * 2 ** 20).subarray(2 ** 20);
    const shared = new Uint8Array(new SharedArrayBuffer(2 * 2 ** 20));
    for (const array of [small, part, shared]) {
      const { length } = array;
      release(array);
      expect(array).toHaveLength(length);
    }
  });
});
