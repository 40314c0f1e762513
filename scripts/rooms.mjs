/**
 * Which room of lib/ may import which (docs: the rooms in CONTRIBUTING.md), and the lint rule that holds it.
 *
 * `imports` lists the rooms whose code a room may use, or one file of a room; `types` lists those of which it may use
 * types alone, by `import type`. A room may always import its own files. `everything` stands for every room of the table but those above
 * the index, `labs` and `cli`.
 * Arrows go one way: test/imports-follow-the-rooms.test.ts proves that the table has no cycle and that lib/ obeys it.
 */
import path from 'node:path';

const describing = ['core', 'program'];
const networkParts = ['layers', 'activations', 'losses', 'initializers', 'regularizers', 'constraints', 'optimizers'];
const everything = 'everything';
/** Rooms that see only what every user sees. */
const aboveTheIndex = ['labs', 'cli'];

// prettier-ignore
export const rooms = {
  core:         { imports: [],                                                              types: [] },
  kernels:      { imports: ['core'],                                                        types: [] },
  program:      { imports: ['core', 'kernels'],                                             types: [] },
  engine:       { imports: ['core', 'kernels', 'program/program'],                          types: ['program'] },
  activations:  { imports: [...describing, 'kernels'],                                      types: [] },
  initializers: { imports: describing,                                                      types: ['kernels'] },
  regularizers: { imports: describing,                                                      types: ['kernels'] },
  constraints:  { imports: describing,                                                      types: ['kernels'] },
  losses:       { imports: [...describing, 'kernels'],                                      types: [] },
  layers:       { imports: [...describing, 'activations', 'initializers', 'regularizers', 'constraints'], types: ['kernels'] },
  augmentation: { imports: [...describing, 'kernels'],                                      types: [] },
  optimizers:   { imports: describing,                                                      types: ['kernels'] },
  network:      { imports: [...describing, 'kernels', 'engine', ...networkParts],           types: [] },
  data:         { imports: ['core'],                                                        types: [] },
  metrics:      { imports: ['core'],                                                        types: [] },
  training:     { imports: ['core', 'program', 'engine', 'network', 'optimizers', 'augmentation', 'data', 'metrics'], types: [] },
  interop:      { imports: ['core', 'kernels', 'layers', 'activations', 'network', 'data', 'training'], types: ['program'] },
  serving:      { imports: ['core', 'training'],                                            types: [] },
  experiments:  { imports: ['core', 'activations', 'layers', 'losses', 'regularizers', 'optimizers', 'data', 'metrics', 'training'], types: ['engine', 'network'] },
  report:       { imports: ['core'],                        types: ['network', 'data', 'metrics', 'training', 'experiments'] },
  index:        { imports: everything,                                                      types: [] },
  labs:         { imports: ['index', 'report'],                                             types: [] },
  cli:          { imports: ['index', 'labs', 'report', 'core/checks'],                      types: [] },
};

/** `file` is the file imported, such as `program/program`; left out, the question is about the whole room. */
export function mayImport(from, to, typesOnly, file = to) {
  if (from === to) return true;
  const imports = importsOf(from);
  return imports.includes(to) || imports.includes(file) || (typesOnly && rooms[from].types.includes(to));
}

function importsOf(room) {
  const { imports } = rooms[room];
  return imports === everything ? Object.keys(rooms).filter((name) => !aboveTheIndex.includes(name)) : imports;
}

/** The room of an absolute path: lib/<room>/…, `index` for lib/index.ts, undefined outside lib/. */
function roomOf(library, file) {
  const relative = path.relative(library, file).split(path.sep);
  if (relative[0] === '..' || path.isAbsolute(relative.join(path.sep))) return undefined;
  return relative.length === 1 ? relative[0].replace(/\.[jt]s$/, '') : relative[0];
}

/** What an import specifier leads to: a room, undefined for a package, `null` for a file outside lib/. */
function targetOf(library, file, specifier) {
  if (specifier === 'blasnet') return 'index';
  if (!specifier.startsWith('.')) return undefined;
  return roomOf(library, path.resolve(path.dirname(file), specifier)) ?? null;
}

/** The file that an import specifier leads to, within lib/ and without its ending. */
function fileOf(library, file, specifier) {
  const relative = path.relative(library, path.resolve(path.dirname(file), specifier));
  return relative
    .split(path.sep)
    .join('/')
    .replace(/\.[jt]s$/, '');
}

function explain(from) {
  const name = (list) => list.join(', ') || 'none';
  return `it may import: ${name(importsOf(from))}; types of: ${name(rooms[from].types)}`;
}

/** The ESLint rule `rooms`; option 0 is the folder of the library. */
export const roomsRule = {
  meta: {
    type: 'problem',
    schema: [{ type: 'string' }],
    messages: {
      forbidden: 'The room {{from}} may not import {{to}} ({{allowed}}). The table is in scripts/rooms.mjs.',
      outside: 'The library may not import {{specifier}} from outside lib/.',
      unknown: '{{room}} is no room of the table in scripts/rooms.mjs.',
    },
  },
  create(context) {
    const library = context.options[0];
    const from = roomOf(library, context.filename);
    if (from === undefined) return {};
    if (!(from in rooms)) {
      return { Program: (node) => context.report({ node, messageId: 'unknown', data: { room: from } }) };
    }
    const check = (source, typesOnly) => {
      if (typeof source?.value !== 'string') return;
      const to = targetOf(library, context.filename, source.value);
      if (to === undefined) return;
      const report = (messageId, data) => context.report({ node: source, messageId, data });
      if (to === null) report('outside', { specifier: source.value });
      else if (!(to in rooms)) report('unknown', { room: to });
      else if (!mayImport(from, to, typesOnly, fileOf(library, context.filename, source.value)))
        report('forbidden', { from, to, allowed: explain(from) });
    };
    return {
      ImportDeclaration: (node) => check(node.source, node.importKind === 'type'),
      ExportNamedDeclaration: (node) => check(node.source, node.exportKind === 'type'),
      ExportAllDeclaration: (node) => check(node.source, node.exportKind === 'type'),
      ImportExpression: (node) => check(node.source, false),
      TSImportEqualsDeclaration: (node) => check(node.moduleReference.expression, node.importKind === 'type'),
      TSImportType: (node) => check(node.source ?? node.argument?.literal, true),
    };
  },
};
