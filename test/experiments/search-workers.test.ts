import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type * as Library from '../../lib/index.js';

// Worker threads load compiled files: dist/, as users have them.
const compiled = new URL('../../dist/index.js', import.meta.url).href;
let folder: string;
let library: typeof Library;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'blasnet-workers-'));
  library = (await import(compiled)) as typeof Library;
});
afterAll(() => rmSync(folder, { recursive: true }));

function objective(name: string, body: string): URL {
  const path = join(folder, name);
  writeFileSync(
    path,
    `import { threadId } from 'node:worker_threads';\nexport default async ({ x }, trial) => {${body}};\n`,
  );
  return pathToFileURL(path);
}

it('runs trials on worker threads, which report and are ended when hopeless', async () => {
  const { search, choice } = library;
  const body =
    'for (let i = 1; i < 9; i++) if (!(await trial.report(i, x))) return x; if (threadId === 0) throw new Error("main"); return x * 2;';
  const options = { method: 'grid', parallel: 2, earlyStop: { afterTrials: 3 } } as const;
  const { trials, best } = await search({ x: choice([1, 2, 3, 4, 50]) }, objective('a.mjs', body), options);
  expect(trials.map(({ state }) => state)).toEqual(['done', 'done', 'done', expect.any(String), 'stopped']);
  expect(best!.value).toBe(2);
});

it('a thread that dies, or a module without a function, fails its trial and no other', async () => {
  const { search, choice } = library;
  const space = { x: choice([1, 2, 3]) };
  const dying = await search(
    space,
    objective('b.mjs', 'if (x === 2) process.exit(7); if (x === 3) throw new Error("three"); return x;'),
    { method: 'grid' },
  );
  expect(dying.trials.map(({ state }) => state)).toEqual(['done', 'failed', 'failed']);
  expect(dying.trials[1].error).toMatch(/ended with code 7/);
  expect(dying.trials[2].error).toBe('three');
  writeFileSync(join(folder, 'c.mjs'), 'export default 3;\n');
  const { trials } = await search(space, pathToFileURL(join(folder, 'c.mjs')), { trials: 1 });
  expect(trials[0].error).toMatch(/no function as its default export/);
});

it('an abort ends trials on worker threads', async () => {
  const { search, choice } = library;
  const stop = new AbortController();
  const endless = search(
    { x: choice([1]) },
    objective('d.mjs', 'await new Promise(() => setInterval(() => {}, 1000));'),
    { trials: 1, signal: stop.signal },
  );
  setTimeout(() => stop.abort(new Error('enough')), 200);
  await expect(endless).rejects.toThrow('enough');
});

it('threads that died while they waited are not asked again', async () => {
  const { search, uniformRange } = library;
  const markers = JSON.stringify(folder);
  const body =
    'const { existsSync, writeFileSync } = await import("node:fs");' +
    `const marker = (id) => ${markers} + "/gone" + id;` +
    'if (trial.budget > 1) return x;' +
    'if (trial.id > 0) { process.on("exit", () => writeFileSync(marker(trial.id), "")); setTimeout(() => process.exit(3), 20); return x; }' +
    'while (![1, 2, 3].every((id) => existsSync(marker(id)))) await new Promise((resolve) => setTimeout(resolve, 20));' +
    'await new Promise((resolve) => setTimeout(resolve, 300)); return x;';
  const { trials } = await search({ x: uniformRange(0, 1) }, objective('e.mjs', body), {
    method: { name: 'successiveHalving', maxBudget: 2, factor: 2 },
    trials: 4,
    parallel: 4,
    seed: 1,
  });
  expect(trials.map(({ state }) => state)).toEqual(Array(6).fill('done'));
});

it('what a trial reports when it is over does not count for the next one', async () => {
  const { search, choice } = library;
  const body =
    'if (x === 1) setTimeout(() => trial.report(9, 9), 20); else await new Promise((resolve) => setTimeout(resolve, 200)); return x;';
  const { trials } = await search({ x: choice([1, 2]) }, objective('f.mjs', body), { method: 'grid' });
  expect(trials.map(({ reports }) => reports)).toEqual([[], []]);
});
