// @ts-check
/** Counts instructions under valgrind: they are the same on a noisy machine, where times are not. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ArgumentError } from './arguments.mjs';
import { cleanEnvironment } from './machine.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'build', 'instructions');
const TARGET = 'blasnet_instructions';
/** The function of native/test/instructions.cc within which instructions count. */
const COUNTED = 'blasnet_counted';

/** @returns {string | undefined} undefined where valgrind is not installed */
export function valgrindVersion() {
  return output('valgrind', ['--version']);
}

/** Builds the program, or what of it has changed, in a folder of its own. */
export function buildCounted() {
  const configure = ['-S', root, '-B', folder, '-DCMAKE_BUILD_TYPE=Release'];
  for (const step of [configure, ['--build', folder, '--target', TARGET, '--parallel', '2']]) {
    const { status, error, stdout, stderr } = spawnSync('cmake', step, { encoding: 'utf8', maxBuffer: 2 ** 26 });
    if (error !== undefined) throw new ArgumentError(`Expected cmake to build the counted kernels: ${error.message}`);
    if (status !== 0) throw new Error(`${TARGET} was not built: ${(stderr || stdout).trim().slice(-2000)}`);
  }
}

/**
 * @param {string} level of SIMD
 * @param {readonly string[]} lines a case each
 * @returns {{ compiler: string, counts: (number | undefined)[] }} undefined where the level has no such kernel
 */
export function countInstructions(level, lines) {
  const directory = mkdtempSync(join(tmpdir(), 'blasnet-instructions-'));
  try {
    const cases = join(directory, 'cases');
    writeFileSync(cases, lines.map((line) => `${line}\n`).join(''));
    const options = [
      '--tool=callgrind',
      `--callgrind-out-file=${join(directory, 'counts')}`,
      `--toggle-collect=${COUNTED}`,
      `--dump-after=${COUNTED}`,
    ];
    const stdout = output('valgrind', [...options, join(folder, TARGET), level, cases], true) ?? '';
    const [compiler, ...states] = stdout.trimEnd().split('\n');
    const dumps = readdirSync(directory)
      .map((name) => ({ name, part: Number(/^counts\.(\d+)$/.exec(name)?.[1]) }))
      .filter(({ part }) => part > 0)
      .sort((a, b) => a.part - b.part)
      .map(({ name }) => totalOf(readFileSync(join(directory, name), 'utf8')));
    return { compiler: compiler.replace(/^compiler /, ''), counts: assign(states, dumps) };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * One dump was written for each case that ran.
 *
 * @param {readonly string[]} states `ran` or `none`
 * @param {readonly number[]} dumps
 * @returns {(number | undefined)[]}
 */
export function assign(states, dumps) {
  const ran = states.filter((state) => state === 'ran').length;
  if (ran !== dumps.length) throw new Error(`${ran} kernels ran, and callgrind wrote ${dumps.length} counts`);
  let next = 0;
  return states.map((state) => (state === 'ran' ? dumps[next++] : undefined));
}

/** @param {string} dump of callgrind */
export function totalOf(dump) {
  const total = Number(/^(?:totals|summary):\s*(\d+)/m.exec(dump)?.[1]);
  if (total > 0) return total;
  throw new Error(`This count of callgrind has no total: ${dump.slice(0, 200)}`);
}

/**
 * @param {string} command
 * @param {string[]} given
 * @param {boolean} [needed] whether its failure is an error
 * @returns {string | undefined}
 */
function output(command, given, needed = false) {
  // What forces BLAS to other kernels would change the counts.
  const env = cleanEnvironment(process.env);
  const { status, signal, stdout, stderr } = spawnSync(command, given, { env, encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (status === 0) return stdout.trim();
  if (needed) throw new Error(`${command} ended with ${status ?? signal}: ${stderr.trim().slice(-500)}`);
  return undefined;
}
