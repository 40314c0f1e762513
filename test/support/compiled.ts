import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';

const lib = new URL('../../lib/', import.meta.url).pathname;

/**
 * Compiles rooms of the library into a temporary folder, for tests that kill the process that runs it. Types are not
 * checked here.
 *
 * @returns the folder, with the rooms in it as in lib; the caller removes it
 */
export function compileRooms(...rooms: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'blasnet-compiled-'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 };
  for (const room of rooms) {
    mkdirSync(join(folder, room));
    for (const name of readdirSync(join(lib, room))) {
      if (!name.endsWith('.ts')) continue;
      const { outputText } = ts.transpileModule(readFileSync(join(lib, room, name), 'utf8'), { compilerOptions });
      writeFileSync(join(folder, room, name.replace(/ts$/, 'js')), outputText);
    }
  }
  return folder;
}
