import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const native = path.join(root, 'native');

/** Every C++ source of the addon, as a path within native/. */
function sources(): string[] {
  const names = readdirSync(native, { recursive: true, encoding: 'utf8' }).map((name) => name.replaceAll('\\', '/'));
  return names.filter((name) => name.endsWith('.cc') && !/^(build|cmake|test)\//.test(name)).sort();
}

function listedIn(file: string, pattern: RegExp): string[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  const names = [...text.matchAll(pattern)].map((match) => match[1]);
  return [...new Set(names)].filter((name) => !/^(cmake|test)\//.test(name)).sort();
}

// A source missing from one list builds well by the other way, and fails only on somebody else's machine.
it('CMake compiles every source', () => {
  expect(listedIn('CMakeLists.txt', /\bnative\/([\w/-]+\.cc)\b/g)).toEqual(sources());
});

it('node-gyp compiles every source', () => {
  expect(listedIn('native/binding.gyp', /'([\w/-]+\.cc)'/g)).toEqual(sources());
});
