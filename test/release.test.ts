import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const workflow = readFileSync(join(root, '.github/workflows/release.yml'), 'utf8');
const platforms = readdirSync(join(root, 'npm')).map((platform) => `blasnet-${platform}`);

/** The last step of the workflow, which publishes, as GitHub runs it: by bash, ending at the first failure. */
const program = workflow
  .slice(workflow.lastIndexOf('run: |') + 'run: |'.length)
  .split('\n')
  .map((line) => line.trim())
  .join('\n');

const folder = mkdtempSync(join(tmpdir(), 'blasnet-release-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Publishes version 1.2.3 by an npm that only notes what it is to publish, and fails for what `fails` names. */
function publish({ fails = 'nothing', published = 'nothing' }) {
  const npm = `#!/bin/sh
case "$*" in
  *${published}@*) echo 1.2.3 ;;
  view*) exit 1 ;;
  *${fails}-1.2.3.tgz) exit 1 ;;
  *) echo "$*" >> "${folder}/published" ;;
esac
`;
  writeFileSync(join(folder, 'npm'), npm);
  chmodSync(join(folder, 'npm'), 0o755);
  writeFileSync(join(folder, 'published'), '');
  const env = { ...process.env, PATH: `${folder}${delimiter}${process.env['PATH']}`, GITHUB_REF_NAME: 'v1.2.3' };
  const { status } = spawnSync('bash', ['-eo', 'pipefail', '-c', program], { cwd: root, env });
  const lines = readFileSync(join(folder, 'published'), 'utf8').trim().split('\n').filter(Boolean);
  return { status, files: lines.map((line) => /packages\/(.*)-1\.2\.3\.tgz$/.exec(line)?.[1]) };
}

describe.skipIf(process.platform === 'win32')('publishing', () => {
  it('takes every platform, and the main package last', () => {
    expect(publish({})).toEqual({ status: 0, files: [...platforms, 'blasnet'] });
  });

  it.each(platforms.map((platform, place) => [platform, place] as const))('ends where %s fails', (platform, place) => {
    expect(publish({ fails: platform })).toEqual({ status: 1, files: platforms.slice(0, place) });
  });

  it('leaves alone what is there, when it is run again', () => {
    const [first, ...others] = platforms;
    const name = `@blasnet/${first.slice('blasnet-'.length)}`;
    expect(publish({ published: name })).toEqual({ status: 0, files: [...others, 'blasnet'] });
  });
});

it('names no registry: npm knows its own', () => {
  expect(workflow).not.toMatch(/registry/);
});
