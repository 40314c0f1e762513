import { describe, expect, it } from 'vitest';
import { hard, onNative, resultOf, runChild, withoutAddon, type ChildOptions } from './child.js';

async function measure<T>(what: string, count = 0, options: ChildOptions = {}): Promise<T> {
  const child = { execArgv: ['--expose-gc'], limit: hard ? 500 : 240, ...options };
  return resultOf<T>(await runChild('resources.mjs', { ...child, args: [what, count] }));
}

interface Dropped {
  before: number;
  highest: number;
  bytes: number;
}

const many = hard ? 3000 : 1000;

describe.skipIf(withoutAddon)(`what native work takes and leaves${onNative}`, { timeout: 600_000 }, () => {
  // Without a word to the collector, 3000 handles of 1 MiB were 3 GiB.
  for (const what of ['data', 'stores', 'networks']) {
    it(`${many} ${what} dropped without dispose: memory stays bounded, and all of it comes back`, async () => {
      const { before, highest, bytes } = await measure<Dropped>(what, what === 'networks' ? many / 2 : many);
      expect(highest - before).toBeLessThan(300);
      expect(bytes).toBe(0);
    });
  }

  it('2000 made and disposed: nothing is left, and the collector knows', async () => {
    const { bytes, external } = await measure<{ bytes: number; external: number }>('disposed', 1000);
    expect(bytes).toBe(0);
    expect(Math.abs(external)).toBeLessThan(2 ** 16);
  });

  it('50 fits one after the other, and thousands of steps of one: flat', async () => {
    const { bytes, threads, growth } = await measure<{ bytes: number[]; threads: number[]; growth: number }>(
      'fits',
      50,
    );
    expect(new Set(bytes).size).toBe(1);
    expect(threads[1]).toBeLessThanOrEqual(threads[0]);
    expect(growth).toBeLessThan(20); // MB over half a second; a leak of every slice's arrays would be more
  });

  it('500 failing fits leave nothing', async () => {
    const { failed, grown } = await measure<{ failed: number; grown: number }>('failing', 500);
    expect(failed).toBeGreaterThan(300);
    expect(grown).toBeLessThan(2 ** 20);
  });

  it("four fits leave libuv's one thread free to read files", async () => {
    const { read, ended } = await measure<{ read: number; ended: number }>('files', 0, {
      env: { UV_THREADPOOL_SIZE: '1' },
    });
    expect(read).toBe(50);
    expect(ended).toBe(0);
  });

  it('denormal numbers stay numbers on the JavaScript thread', async () => {
    expect(await measure('denormals')).toEqual({ before: true, after: true });
  });

  it('8, 64 and 1024 threads, all at once on a few cores: the same weights', async () => {
    expect(await measure('crowd')).toEqual({ different: 0 });
  });

  it('parameters read and predicted with during the first slice of a fit are the initial ones', async () => {
    const { problems, reads, trained } = await measure<{ problems: string[]; reads: number; trained: boolean }>(
      'reading',
    );
    expect(problems).toEqual([]);
    expect(reads).toBe(20);
    expect(trained).toBe(true);
  });
});
