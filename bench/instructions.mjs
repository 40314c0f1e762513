// @ts-check
/**
 * Instructions of the main kernels at the shapes of the workloads, counted by callgrind, beside those that were recorded.
 * Times show a regression of 10 % on a quiet machine; counts show one of 1 % on any.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildCounted, countInstructions, valgrindVersion } from './callgrind.mjs';
import { table } from './format.mjs';
import { instructionCases, nameOfCase } from './instruction-cases.mjs';
import { workloads } from './workloads.mjs';

/** Callgrind knows no AVX-512. The code of all levels is one source, so most regressions show at each. */
const levels = ['AVX2', 'baseline'];
const products = new Set(['dense', 'denseInputGradient', 'denseKernelGradient', 'denseKernelGradient+adam']);
const nets = workloads.filter(({ name }) => ['seven-layer', 'seven-layer-norm', 'classic'].includes(name));
const file = fileURLToPath(new URL('results/instructions.json', import.meta.url));
const missing =
  'valgrind is not here, and nothing else counts instructions. To install it: apt-get install valgrind, or dnf install valgrind';
/** Growth that is worth a line of its own. */
const MUCH = 0.01;

/**
 * @typedef {object} Count
 * @property {string} level
 * @property {string} kernel
 * @property {string} shape
 * @property {number} operations multiply-adds or elements
 * @property {number} instructions
 */

/** @typedef {{ valgrind: string, compiler: string, counts: Count[] }} Recorded */

/** @param {Pick<import('./arguments.mjs').BenchArguments, 'record'>} options */
export async function measure({ record }) {
  const valgrind = valgrindVersion();
  if (valgrind === undefined) return { text: `  ${missing}`, rows: [] };
  buildCounted();
  const found = count(valgrind);
  /** @type {Recorded | undefined} */
  const recorded = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  if (record) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(found, null, 2)}\n`);
  }
  const rows = compare(found.counts, recorded?.counts ?? []);
  const notes = record ? ['Recorded in bench/results/instructions.json.'] : remarks(found, recorded, rows);
  return { text: [tableOf(rows), ...notes.map((note) => `  ${note}`)].join('\n'), rows };
}

/** @param {string} valgrind @returns {Recorded} */
function count(valgrind) {
  const all = instructionCases(nets);
  let compiler = '';
  const counts = levels.flatMap((level) => {
    // Without a multiply-add, products are those of BLAS, whichever is installed.
    const cases = all.filter(({ kernel }) => level !== 'baseline' || !products.has(kernel));
    const counted = countInstructions(
      level,
      cases.map(({ line }) => line),
    );
    compiler = counted.compiler;
    return cases.flatMap(({ kernel, shape, operations }, i) => {
      const instructions = counted.counts[i];
      return instructions === undefined ? [] : [{ level, kernel, shape, operations, instructions }];
    });
  });
  return { valgrind, compiler, counts };
}

/**
 * @param {readonly Count[]} counts
 * @param {readonly Count[]} before
 * @returns {(Count & { change: number | undefined })[]} change: 0.02 for 2 % more than before; undefined where that is unknown
 */
export function compare(counts, before) {
  const key = (/** @type {Count} */ one) => `${one.level} ${nameOfCase(one)}`;
  const known = new Map(before.map((one) => [key(one), one.instructions]));
  return counts.map((one) => {
    const was = known.get(key(one));
    return { ...one, change: was === undefined ? undefined : one.instructions / was - 1 };
  });
}

/**
 * @param {Recorded} found
 * @param {Recorded | undefined} recorded
 * @param {ReturnType<typeof compare>} rows
 * @returns {string[]}
 */
export function remarks(found, recorded, rows) {
  if (recorded === undefined) return ['Nothing was recorded so far; --record keeps these counts.'];
  const different = /** @type {const} */ (['compiler', 'valgrind'])
    .filter((what) => found[what] !== recorded[what])
    .map((what) => `Recorded with ${what} ${recorded[what]}, counted with ${found[what]}: changes may be due to it.`);
  const grown = rows.filter(({ change = 0 }) => change > MUCH);
  const names = grown.map((one) => `${one.level} ${nameOfCase(one)}`);
  const verdict =
    grown.length === 0
      ? 'No kernel takes over 1 % more instructions than recorded.'
      : `MORE than recorded, by over 1 %: ${names.join('; ')}`;
  return [...different, verdict];
}

/** @param {ReturnType<typeof compare>} rows */
function tableOf(rows) {
  const cells = rows.map(({ level, kernel, shape, operations, instructions, change }) => [
    level,
    kernel,
    shape,
    instructions.toLocaleString('en-US'),
    (instructions / operations).toFixed(3),
    change === undefined ? '–' : `${change > 0 ? '+' : ''}${(change * 100).toFixed(2)} %`,
  ]);
  const columns = ['<level', '<kernel', '<shape', 'instructions', 'per multiply-add or element', 'change'];
  return table(columns, cells);
}
