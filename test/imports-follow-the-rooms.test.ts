import path from 'node:path';
import { ESLint, type Linter, type Rule } from 'eslint';
import tseslint from 'typescript-eslint';
import { beforeAll, describe, expect, it } from 'vitest';

interface Room {
  imports: readonly string[] | 'everything';
  types: readonly string[];
}

interface Rooms {
  rooms: Record<string, Room>;
  roomsRule: Rule.RuleModule;
  mayImport: (from: string, to: string, typesOnly: boolean) => boolean;
}

const root = path.resolve(import.meta.dirname, '..');
const library = path.join(root, 'lib');
let table: Rooms;
let eslint: ESLint;

beforeAll(async () => {
  const module = new URL('../scripts/rooms.mjs', import.meta.url).href;
  table = (await import(module)) as Rooms;
  const config: Linter.Config = {
    files: ['**/*.ts'],
    languageOptions: { parser: tseslint.parser },
    linterOptions: { reportUnusedDisableDirectives: 'off' },
    plugins: { blasnet: { rules: { rooms: table.roomsRule } } },
    rules: { 'blasnet/rooms': ['error', library] },
  };
  // Comments cannot switch the rule off here.
  eslint = new ESLint({ cwd: root, overrideConfigFile: true, overrideConfig: config, allowInlineConfig: false });
});

async function complaints(file: string, code: string): Promise<string[]> {
  const results = await eslint.lintText(code, { filePath: path.join(library, file) });
  return results.flatMap((result) => result.messages.map((message) => message.message));
}

describe('the table of rooms', () => {
  it('has no cycle', () => {
    const names = Object.keys(table.rooms);
    const finished = new Set<string>();
    const visit = (room: string, trail: string[]): void => {
      if (finished.has(room)) return;
      expect(trail, 'rooms that import each other').not.toContain(room);
      for (const next of names) {
        if (next !== room && table.mayImport(room, next, true)) visit(next, [...trail, room]);
      }
      finished.add(room);
    };
    for (const room of names) visit(room, []);
    expect(finished.size).toBe(names.length);
  });

  it('names only rooms that it has', () => {
    const listed = Object.values(table.rooms).flatMap(({ imports, types }) => [imports, types]);
    const named = listed
      .filter((list) => list !== 'everything')
      .flatMap((list) => list.map((name) => name.split('/')[0]));
    expect(Object.keys(table.rooms)).toEqual(expect.arrayContaining(named));
  });
});

describe('the rule', () => {
  it.each([
    ['core/a.ts', "import { kernel } from '../kernels/b.js';", 'core may not import kernels'],
    ['kernels/a.ts', "import { select } from '../engine/select.js';", 'kernels may not import engine'],
    ['engine/a.ts', "import { compile } from '../program/builder.js';", 'engine may not import program'],
    ['engine/a.ts', "import { type Builder } from '../program/builder.js';", 'engine may not import program'],
    ['layers/a.ts', "export { sgd } from '../optimizers/sgd.js';", 'layers may not import optimizers'],
    ['data/a.ts', "export * from '../training/trainer.js';", 'data may not import training'],
    ['data/a.ts', "const trainer = await import('../training/trainer.js');", 'data may not import training'],
    ['data/a.ts', "let trainer: import('../training/trainer.js').Trainer;", 'data may not import training'],
    ['data/a.ts', "import trainer = require('../training/trainer.js');", 'data may not import training'],
    ['report/a.ts', "import { fit } from '../training/trainer.js';", 'report may not import training'],
    ['cli/commands/a.ts', "import { fit } from '../../training/trainer.js';", 'cli may not import training'],
    ['training/a.ts', "import { main } from '../cli/main.js';", 'training may not import cli'],
    ['training/a.ts', "import { fit } from 'blasnet';", 'training may not import index'],
    ['index.ts', "export * from './cli/main.js';", 'index may not import cli'],
    ['core/a.ts', "import { helper } from '../../test/helper.js';", 'from outside lib/'],
    ['core/a.ts', "import { odd } from '../oddments/odd.js';", 'oddments is no room'],
    ['oddments/a.ts', 'export const one = 1;', 'oddments is no room'],
  ])('in lib/%s refuses %s', async (file, code, message) => {
    expect(await complaints(file, code)).toEqual([expect.stringContaining(message)]);
  });

  it.each([
    ['core/a.ts', "import { b } from './b.js'; import fs from 'node:fs';"],
    ['engine/a.ts', "import type { ProgramBuilder } from '../program/builder.js';"],
    ['engine/a.ts', "import { spaces } from '../program/program.js';"],
    [
      'layers/a.ts',
      "import { relu } from '../activations/relu.js'; import type { Axis } from '../kernels/contract.js';",
    ],
    ['report/a.ts', "import type { History } from '../training/history.js';"],
    ['index.ts', "export { fit } from './training/trainer.js'; export { chart } from './report/chart.js';"],
    ['cli/commands/a.ts', "import { fit } from '../../index.js'; import { flag } from '../flags.js';"],
  ])('in lib/%s accepts %s', async (file, code) => {
    expect(await complaints(file, code)).toEqual([]);
  });
});

it('every file of lib/ imports only what its room may', async () => {
  const results = await eslint.lintFiles(['lib/**/*.ts']);
  const found = results.flatMap(({ filePath, messages }) =>
    messages.map(({ line, message }) => `${path.relative(root, filePath)}:${line} ${message}`),
  );
  expect(results.length).toBeGreaterThan(0);
  expect(found).toEqual([]);
});
