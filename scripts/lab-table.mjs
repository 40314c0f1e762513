/**
 * Writes what labs reached into the table of docs/labs.md: `node scripts/lab-table.mjs FOLDER…` with the folders that
 * `blasnet lab NAME --output FOLDER` wrote. A row is changed by a result of its lab alone, and a quick one, or one with a
 * number of epochs of its own, does not replace one of full size. `--check` changes nothing and fails where the table says
 * something else than the results.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const page = path.join(import.meta.dirname, '..', 'docs', 'labs.md');
const head = '| lab | command | original | ours |';

const [options, folders] = [[], []];
for (const argument of process.argv.slice(2)) (argument.startsWith('--') ? options : folders).push(argument);
if (folders.length === 0 || options.some((option) => option !== '--check')) {
  process.stderr.write('Usage: node scripts/lab-table.mjs [--check] FOLDER…\n');
  process.exit(2);
}

/** The results by lab; of several the last one, but none of quick size where there is one of full size. */
function readResults() {
  const results = new Map();
  for (const folder of folders) {
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.json'))) {
      const result = JSON.parse(readFileSync(path.join(folder, name), 'utf8'));
      if (typeof result.lab !== 'string' || typeof result.ours !== 'string') continue;
      if (result.data === 'synthetic') throw new Error(`${folder}/${name} is about synthetic digits`);
      const known = results.get(result.lab);
      if (known !== undefined && !isReduced(known) && isReduced(result)) continue;
      results.set(result.lab, result);
    }
  }
  return results;
}

const isReduced = ({ quick, epochs }) => quick || (epochs ?? null) !== null;
const cell = (text) => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');

function rowOf({ lab, quick, seed, epochs, original, ours }) {
  const options = [
    quick && '--quick',
    seed !== 0 && `--seed ${seed}`,
    (epochs ?? null) !== null && `--epochs ${epochs}`,
  ];
  const command = ['blasnet lab', lab, ...options.filter(Boolean)].join(' ');
  return `| ${lab} | \`${command}\` | ${cell(original)} | ${cell(ours)} |`;
}

const results = readResults();
const before = readFileSync(page, 'utf8');
const lines = before.split('\n');
const start = lines.indexOf(head);
if (start < 0) throw new Error(`${page} has no table with the head ${head}`);
for (let i = start + 2; lines[i]?.startsWith('| '); i++) {
  const lab = lines[i].slice(2, lines[i].indexOf(' |', 2));
  const result = results.get(lab);
  if (result === undefined) continue;
  results.delete(lab);
  if (isReduced(result) && !/`[^`]* --(quick|epochs)\b/.test(lines[i])) continue;
  lines[i] = rowOf(result);
}
if (results.size > 0) throw new Error(`The table has no row for ${[...results.keys()].join(', ')}`);
const after = lines.join('\n');
if (!options.includes('--check')) writeFileSync(page, after);
else if (after !== before) {
  process.stderr.write('docs/labs.md says something else than these results\n');
  process.exit(1);
}
