import { expect, it } from 'vitest';

/**
 * Cases of the golden files whose parts are not yet in the catalogue. A case that could run and stands here fails, and so
 * does one that cannot and does not.
 */
export const pending: Readonly<Record<string, readonly string[]>> = {
  activations: [],
  layers: ['conv2d-same', 'max-pool-2'],
  losses: [],
  optimizers: [],
  networks: [],
  initializers: [],
  schedules: [],
};

function isListed(list: readonly string[], name: string): boolean {
  return list.some((entry) => entry === name || (entry.endsWith('*') && name.startsWith(entry.slice(0, -1))));
}

/** Splits the cases of a file by whether they can run, says which cannot, and holds `pending` to the truth. */
export function runnable(file: string, names: readonly string[], canRun: (name: string) => boolean): string[] {
  const list = pending[file] ?? [];
  const [run, wait] = [names.filter(canRun), names.filter((name) => !canRun(name))];
  it(`${file}.json: ${run.length} cases run; not yet in the catalogue: ${wait.join(', ') || 'none'}`, () => {
    expect(
      run.filter((name) => isListed(list, name)),
      'can run now: take them off the list in pending.ts',
    ).toEqual([]);
    expect(
      wait.filter((name) => !isListed(list, name)),
      'cannot run and are not listed in pending.ts',
    ).toEqual([]);
  });
  return run;
}
