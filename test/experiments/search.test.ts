import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { choice, integerRange, logUniformRange, search, uniformRange, type Space } from '../../lib/index.js';

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'blasnet-search-'))));
afterAll(() => rmSync(folder, { recursive: true }));

const space = { rate: logUniformRange(1e-4, 1), units: integerRange(1, 9), kind: choice(['a', 'b']) };
const bowl = ({ rate, units }: { rate: number; units: number }) => (Math.log10(rate) + 2) ** 2 + 0.01 * units;

describe('search', () => {
  it('draws the same trials from the same seed, within the ranges and logarithmically', async () => {
    const [first, again] = [
      await search(space, bowl, { trials: 400, seed: 5 }),
      await search(space, bowl, { trials: 400, seed: 5 }),
    ];
    expect(again.trials.map(({ values }) => values)).toEqual(first.trials.map(({ values }) => values));
    const low = first.trials.filter(({ values }) => values.rate < 1e-2).length;
    expect(low).toBeGreaterThan(150);
    expect(low).toBeLessThan(250);
    expect(new Set(first.trials.map(({ values }) => values.units))).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8, 9]));
    expect(first.trials.every(({ values: { rate, kind } }) => rate >= 1e-4 && rate <= 1 && 'ab'.includes(kind))).toBe(
      true,
    );
    expect(first.best!.value).toBe(Math.min(...first.trials.map(({ value }) => value!)));
  });

  it('goes through a grid', async () => {
    const { trials } = await search({ x: uniformRange(0, 1), kind: choice([1, 2, 3]) }, ({ x, kind }) => x * kind, {
      method: 'grid',
      gridSteps: 3,
    });
    expect(trials.map(({ values }) => [values.kind, values.x])).toEqual(
      [1, 2, 3].flatMap((kind) => [0, 0.5, 1].map((x) => [kind, x])),
    );
  });

  it('records objectives that throw or give no number as failed, and goes on', async () => {
    const { trials, best } = await search(
      { x: choice([0, 1, 2, 3]) },
      ({ x }) => {
        if (x === 0) throw new Error('no');
        return x === 1 ? NaN : x;
      },
      { method: 'grid' },
    );
    expect(trials.map(({ state }) => state)).toEqual(['failed', 'failed', 'done', 'done']);
    expect(trials[0].error).toBe('no');
    expect(trials[1].error).toMatch(/Expected a finite number .* received NaN/);
    expect(best!.values.x).toBe(2);
  });

  it('halves: the best of a rung go on with a larger budget', async () => {
    const { trials, best } = await search({ x: uniformRange(0, 1) }, ({ x }, { budget }) => x + 1 / budget!, {
      method: { name: 'successiveHalving', maxBudget: 9 },
      trials: 9,
      seed: 1,
    });
    expect(trials.map(({ budget }) => budget)).toEqual([...Array<number>(9).fill(1), 3, 3, 3, 9]);
    const smallest = Math.min(...trials.map(({ values }) => values.x));
    expect(best!.values.x).toBe(smallest);
    expect(best!.budget).toBe(9);
  });

  it('runs the brackets of Hyperband', async () => {
    const { trials } = await search({ x: uniformRange(0, 1) }, ({ x }) => x, {
      method: { name: 'hyperband', maxBudget: 9 },
      seed: 1,
    });
    const byBudget = [1, 3, 9].map((budget) => trials.filter((trial) => trial.budget === budget).length);
    expect(byBudget).toEqual([9, 3 + 5, 1 + 1 + 3]);
  });

  it('ends trials that are hopeless beside others', async () => {
    const run = async (
      { x }: { x: number },
      { report }: { report: (step: number, value: number) => Promise<boolean> },
    ) => {
      for (let step = 1; step <= 10; step++) if (!(await report(step, x / step))) return x / step;
      return x / 10;
    };
    const { trials } = await search({ x: choice([1, 2, 3, 4, 5, 100]) }, run, {
      method: 'grid',
      earlyStop: { afterTrials: 5 },
    });
    expect(trials.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'done', 'done', 'stopped']);
    expect(trials[5].reports.length).toBe(2);
  });

  it('resumes from its journal without running a trial twice, and drops a line that was cut off', async () => {
    const journal = join(folder, 'a.jsonl');
    let calls = 0;
    const count = (values: { rate: number; units: number }) => (calls++, bowl(values));
    const whole = await search(space, count, { trials: 6, seed: 2 });
    const stop = new AbortController();
    const interrupted = search(space, count, {
      trials: 6,
      seed: 2,
      journal,
      signal: stop.signal,
      onTrial: ({ id }) => {
        if (id === 2) stop.abort(new Error('enough'));
      },
    });
    await expect(interrupted).rejects.toThrow('enough');
    appendFileSync(journal, '{"key":"3","val');
    calls = 0;
    const resumed = await search(space, count, { trials: 6, seed: 2, journal });
    expect(calls).toBe(3);
    const bare = (trials: typeof whole.trials) => trials.map(({ seconds: _, ...trial }) => trial);
    expect(bare(resumed.trials)).toEqual(bare(whole.trials));
    expect(readFileSync(journal, 'utf8').trimEnd().split('\n')).toHaveLength(7);
  });

  it('goes on with the seed of its journal where none is given', async () => {
    const journal = join(folder, 'c.jsonl');
    const first = await search(space, bowl, { trials: 3, journal });
    const again = await search(space, bowl, { trials: 5, journal });
    expect(again.seed).toBe(first.seed);
    expect(again.trials.slice(0, 3)).toEqual(first.trials);
    const lines = readFileSync(journal, 'utf8').trimEnd().split('\n');
    writeFileSync(journal, `${lines[0]}\n{"key":"0","id":0,"values":null,"state":"failed","reports":[]}\n`);
    await expect(search(space, bowl, { trials: 5, journal })).rejects.toThrow(/line 2 is no trial/);
  });

  it('begins no more trials when one cannot be kept', async () => {
    let calls = 0;
    const failing = search(space, bowl, {
      trials: 50,
      parallel: 2,
      seed: 1,
      onTrial: () => {
        calls++;
        throw new Error('disk full');
      },
    });
    await expect(failing).rejects.toThrow('disk full');
    expect(calls).toBeLessThanOrEqual(2);
  });

  it('refuses the journal of another space, and what is no journal', async () => {
    const journal = join(folder, 'b.jsonl');
    await search(space, bowl, { trials: 1, seed: 2, journal });
    await expect(search({ x: uniformRange(0, 1) }, ({ x }) => x, { trials: 1, seed: 2, journal })).rejects.toThrow(
      /of another space/,
    );
    await expect(search(space, bowl, { trials: 1, seed: 3, journal })).rejects.toThrow(/of another seed/);
    writeFileSync(journal, '{"hello":1}\n');
    await expect(search(space, bowl, { trials: 1, seed: 2, journal })).rejects.toThrow(/expected a journal/);
    for (const line of ['null', '3', '{"format":"blasnet-search","version":1}']) {
      writeFileSync(journal, `${line}\n`);
      await expect(search(space, bowl, { trials: 1, seed: 2, journal })).rejects.toThrow(/expected a journal/);
    }
    writeFileSync(journal, 'hello\n');
    await expect(search(space, bowl, { trials: 1, seed: 2, journal })).rejects.toThrow(/line 1 is no JSON/);
  });

  it('runs several at a time and shares the threads among them', async () => {
    let [now, most] = [0, 0];
    const { trials } = await search(
      { x: uniformRange(0, 1) },
      async ({ x }, { threads }) => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setTimeout(resolve, 5));
        now--;
        return x + threads;
      },
      { trials: 8, parallel: 4, threads: 8, seed: 1 },
    );
    expect(most).toBe(4);
    expect(trials.every(({ value, values }) => value === values.x + 2)).toBe(true);
  });

  it('refuses wrong spaces and options', async () => {
    expect(() => uniformRange(1, 1)).toThrow(/range is empty/);
    expect(() => logUniformRange(0, 1)).toThrow(/above 0/);
    expect(() => integerRange(3, 2)).toThrow(/range is empty/);
    expect(() => choice([])).toThrow(/at least one value/);
    await expect(search({}, () => 1)).rejects.toThrow(/at least one range/);
    await expect(search({ x: 3 } as unknown as Space, () => 1)).rejects.toThrow(/for x of space, received 3/);
    await expect(search(space, bowl, { trial: 1 } as object)).rejects.toThrow(/did you mean trials/);
    await expect(search(space, bowl, { method: { name: 'hyperband', maxBudget: 2 } })).rejects.toThrow(/at least 3/);
  });
});
