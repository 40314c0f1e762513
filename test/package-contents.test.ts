import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

interface Packed {
  size: number;
  unpackedSize: number;
  files: { path: string }[];
}

const root = path.resolve(import.meta.dirname, '..');
let packed: Packed;

beforeAll(() => {
  // dist/ is what the set-up has compiled; --ignore-scripts leaves it as it is.
  const command = 'npm pack --dry-run --json --ignore-scripts';
  const said = execFileSync(command, { cwd: root, shell: true, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const [first] = Object.values(JSON.parse(said) as Record<string, Packed>);
  packed = first;
});

it('holds what running and building need', () => {
  const needed = [
    'CMakeLists.txt',
    'LICENSE',
    'README.md',
    'dist/cli/main.js',
    'dist/index.d.ts',
    'dist/index.js',
    'native/binding.gyp',
    'native/blas.cc',
    'package.json',
    'scripts/build-native.cjs',
    'scripts/install.cjs',
  ];
  expect(packed.files.map((file) => file.path)).toEqual(expect.arrayContaining(needed));
});

it('holds nothing else', () => {
  const belongs =
    /^(dist\/(.*\.d\.ts|index\.js|cli\/main\.js|chunks\/[\w-]+\.js)|native\/(?!build\/|test\/).*|scripts\/(build-native|install)\.cjs|[\w.]+)$/;
  expect(packed.files.map((file) => file.path).filter((file) => !belongs.test(file))).toEqual([]);
  expect(packed.files.filter((file) => /\.(node|o|a|tgz|log)$/.test(file.path))).toEqual([]);
});

it('stays small', () => {
  expect(packed.size).toBeLessThan(500_000);
  expect(packed.unpackedSize).toBeLessThan(2_000_000);
});

it('is ASCII where it is code, so that JavaScript keeps a byte for each character', () => {
  const code = packed.files.map((file) => file.path).filter((file) => /^dist\/.*\.js$/.test(file));
  expect(code.length).toBeGreaterThan(10);
  const beyond = code.filter((file) => /[^\0-\x7f]/.test(readFileSync(path.join(root, file), 'utf8')));
  expect(beyond).toEqual([]);
});

describe('packages by platform', () => {
  const read = (file: string) => JSON.parse(readFileSync(path.join(root, file), 'utf8')) as Record<string, unknown>;
  const own = read('package.json');
  const platforms = readdirSync(path.join(root, 'npm')).sort();

  it.each(platforms)('%s fits its platform, and the release', (platform) => {
    const manifest = read(`npm/${platform}/package.json`);
    const [os, cpu, libc] = platform.split('-');
    expect(manifest).toMatchObject({ name: `@blasnet/${platform}`, os: [os], cpu: [cpu], engines: own['engines'] });
    expect(manifest['libc']).toEqual(libc === undefined ? undefined : [libc === 'gnu' ? 'glibc' : libc]);
    expect(manifest['version']).toBe(own['version']);
    // What runs at an installation is what package managers no longer run.
    expect(manifest['scripts']).toBeUndefined();
  });

  it('are those that the loader looks for', () => {
    const source = readFileSync(path.join(root, 'lib/engine/platform-packages.ts'), 'utf8');
    const named = [...source.matchAll(/name: '@blasnet\/([\w-]+)'/g)].map(([, name]) => name);
    expect(named.sort()).toEqual(platforms);
  });

  it('are optional dependencies of what is published, and of nothing in a clone', () => {
    const { releaseManifest } = createRequire(import.meta.url)('../scripts/pack-release.cjs') as {
      releaseManifest(manifest: object): Record<string, Record<string, string> | undefined>;
    };
    const published = releaseManifest(own);
    const wanted = platforms.map((platform) => [`@blasnet/${platform}`, own['version']]);
    expect(published['optionalDependencies']).toEqual(Object.fromEntries(wanted));
    expect(published['scripts']).toBeUndefined();
    expect(published['devDependencies']).toBeUndefined();
    // A clone's lockfile cannot hold what is not published yet.
    expect(own['optionalDependencies']).toBeUndefined();
  });
});
