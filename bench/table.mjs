// @ts-check
/**
 * Turns the rows of `npm run bench -- --json FILE` into a Markdown table, and sets it between the markers of a document:
 *
 *     node bench/table.mjs bench/results/latest.json README.md docs/performance.md
 *
 * Without documents, or for one without markers, it prints. Numbers in a document come from here and from nowhere else.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { number, percent, times } from './format.mjs';
import { machineName } from './machine.mjs';

export const openingMarker = '<!-- bench -->';
export const closingMarker = '<!-- /bench -->';

/** How peers are called in a document, in the order of the columns. */
const titles = {
  torch: 'PyTorch',
  'tfjs-wasm': 'TensorFlow.js WebAssembly',
  'tfjs-cpu': 'TensorFlow.js',
  numpy: 'NumPy',
};

/** @typedef {import('./rows.mjs').Row & { suite: string, date: string, command: string, machine: import('./machine.mjs').Machine }} StoredRow */

/**
 * @param {readonly StoredRow[]} all rows of one run; those of other suites than training are left out
 * @returns {string} the table with a line above that states machine and date
 */
export function markdownTable(all) {
  const rows = all.filter(({ suite }) => suite === 'training');
  const ours = rows.filter(({ contender }) => contender.startsWith('blasnet'));
  if (ours.length === 0) throw new Error('There are no rows of the training suite in this file');
  const rivals = Object.entries(titles).filter(([name]) => rows.some(({ contender }) => contender === name));
  const versionOf = (/** @type {string} */ name) =>
    rows.find(({ contender, version }) => contender === name && version)?.version;
  const heads = rivals.map(([name, title]) => [title, versionOf(name)?.replace(/\+.*/, '')].filter(Boolean).join(' '));
  const columns = [
    'workload',
    'net',
    'batch',
    'blasnet samples/s',
    'GFLOP/s',
    'of peak',
    ...heads.flatMap((head) => [head, 'ratio']),
  ];
  const lines = ours.map((row) => {
    const cells = rivals.flatMap(([name]) => {
      const rival = rows.find(({ contender, workload }) => contender === name && workload === row.workload);
      return [number(rival?.samplesPerSecond ?? NaN), times(rival?.ratio ?? undefined)];
    });
    const { samplesPerSecond, gflops, shareOfPeak } = row;
    const own = [number(samplesPerSecond ?? NaN), number(gflops ?? NaN), percent(shareOfPeak ?? undefined)];
    return [row.workload, row.net, String(row.batchSize), ...own, ...cells];
  });
  const rule = columns.map((_, i) => (i < 2 ? '---' : '--:'));
  const table = [columns, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  const [{ machine, date, threads, command }] = ours;
  const stated = `Measured ${date.slice(0, 10)} by \`${command}\`, ${threads} threads: ${machineName(machine)}.`;
  return `${stated}\n\n${table}`;
}

/**
 * @param {string} document
 * @param {string} block
 * @returns {string | undefined} the document with the block between its markers; undefined when it has none
 */
export function insertBlock(document, block) {
  const start = document.indexOf(openingMarker);
  const end = document.indexOf(closingMarker);
  if (start < 0 || end < start) return undefined;
  return `${document.slice(0, start + openingMarker.length)}\n${block}\n${document.slice(end)}`;
}

/** @param {string[]} args */
function main([results, ...documents]) {
  if (results === undefined || !existsSync(results)) {
    console.error(
      `Usage: node bench/table.mjs RESULTS.json [DOCUMENT.md …]; there is no file ${results ?? '(none given)'}`,
    );
    return 2;
  }
  const block = markdownTable(JSON.parse(readFileSync(results, 'utf8')));
  if (documents.length === 0) console.log(block);
  for (const document of documents) {
    const text = existsSync(document) ? insertBlock(readFileSync(document, 'utf8'), block) : undefined;
    if (text === undefined) {
      console.error(`${document} has no ${openingMarker} … ${closingMarker}; this would stand there:\n\n${block}`);
      return 1;
    }
    writeFileSync(document, text);
    console.log(`${document} has the table of ${results}.`);
  }
  return 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exitCode = main(process.argv.slice(2));
