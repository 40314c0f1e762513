import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';

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
  const belongs = /^(dist\/.*\.(js|d\.ts)|native\/(?!build\/|test\/).*|scripts\/(build-native|install)\.cjs|[\w.]+)$/;
  expect(packed.files.map((file) => file.path).filter((file) => !belongs.test(file))).toEqual([]);
  expect(packed.files.filter((file) => /\.(node|o|a|tgz|log)$/.test(file.path))).toEqual([]);
});

it('stays small', () => {
  expect(packed.size).toBeLessThan(600_000);
  expect(packed.unpackedSize).toBeLessThan(2_500_000);
});
