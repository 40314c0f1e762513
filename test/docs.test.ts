import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as blasnet from '../lib/index.js';
import { root, writeDigits } from './support/cli.js';
import { blocksOf, programOf, runnable } from './support/page-program.js';

/** Pages that are not under docs/, and folders there that hold no pages. */
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md') && !/^(api|public|\.vitepress|node_modules)\b/.test(name))
    .map((name) => join('docs', name))
    .sort(),
];
const programs = join(root, 'build', 'docs-test');
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'blasnet-docs-'));
  writeDigits(join(folder, 'mnist'));
  rmSync(programs, { recursive: true, force: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

const withCode = pages.filter((page) =>
  blocksOf(readFileSync(join(root, page), 'utf8')).some(
    ({ language, notRun }) => runnable.includes(language) && notRun === undefined,
  ),
);

describe('every code block runs', () => {
  it.concurrent.each(withCode)('%s', async (page) => {
    const blocks = blocksOf(readFileSync(join(root, page), 'utf8'));
    const file = join(programs, page.replace(/\.md$/, '.mjs'));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, programOf(blocks, Object.keys(blasnet)));
    const cwd = mkdtempSync(join(folder, 'page-'));
    const env = { ...process.env, BLASNET_DATA: folder };
    await promisify(execFile)(process.execPath, [file], { cwd, env, timeout: 50_000 }).catch((error: unknown) => {
      throw new Error(`${page}: ${(error as { stderr: string }).stderr}`, { cause: error });
    });
  });
});

describe('links lead somewhere', () => {
  it.each(pages)('%s', (page) => {
    const text = readFileSync(join(root, page), 'utf8').replace(/^```[^]*?^```/gm, '');
    const links = [...text.matchAll(/\]\(([^)\s#]+)(#[^)]*)?\)/g)]
      .map(([, to]) => to)
      .filter((to) => !/^[a-z]+:/.test(to));
    const missing = links.filter((to) => {
      const target = to.startsWith('/') ? join(root, 'docs', to) : join(root, dirname(page), to);
      const candidates = [target, `${target}.md`, join(target, 'index.md')];
      // The API pages are made by typedoc when the site is built.
      return !relative(root, target).startsWith('docs/api') && !candidates.some((file) => existsSync(file));
    });
    expect(missing).toEqual([]);
  });
});
