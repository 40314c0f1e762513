// @ts-check
/** From nothing: how long importing takes, and `npm run mnist` as a user starts it, who sees its last line at the end. */
import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { runChild } from './child.mjs';
import { mnistFolder } from './data.mjs';
import { number, table } from './format.mjs';
import { median } from './statistics.mjs';

/** @param {Pick<import('./arguments.mjs').BenchArguments, 'threads' | 'engine' | 'rounds'>} options */
export async function measure({ threads, engine, rounds }) {
  const imports = Array.from({ length: 3 * rounds }, () => runChild('import-blasnet.mjs', {}));
  const importMilliseconds = median(imports.map(({ answer }) => answer.milliseconds));
  const rows = [{ name: 'import', importMilliseconds }];
  const lines = [['import blasnet', `${number(importMilliseconds)} ms`, '< 60 ms', '']];

  const directory = mnistFolder();
  if (directory === undefined) {
    lines.push(['npm run mnist', '–', '≤ 3 s', 'MNIST is not here; set BLASNET_DATA to its folder']);
  } else {
    const runs = Array.from({ length: rounds }, () => runMnist(directory, { threads, engine }));
    const seconds = median(runs.map((run) => run.seconds));
    const testAccuracy = median(runs.map((run) => run.testAccuracy));
    rows.push({ name: 'npm run mnist', engine, seconds, testAccuracy });
    lines.push([
      'npm run mnist',
      `${number(seconds)} s`,
      '≤ 3 s',
      `${(100 * testAccuracy).toFixed(2)} % on the test images, ≥ 98 %`,
    ]);
  }
  return { text: table(['<what', 'time', 'goal', '<'], lines), rows };
}

/**
 * @param {string} directory
 * @param {{ threads: number, engine: string }} options
 */
function runMnist(directory, { threads, engine }) {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(
    'npm',
    ['run', '--silent', 'mnist', '--', '--json', '--threads', String(threads)],
    {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      encoding: 'utf8',
      shell: process.platform === 'win32',
      env: { ...process.env, BLASNET_DATA: directory, BLASNET_ENGINE: engine },
    },
  );
  const seconds = (performance.now() - start) / 1000;
  if (status !== 0) throw new Error(`npm run mnist ended with ${status}: ${stderr.trim().split('\n').at(-1)}`);
  return { seconds, testAccuracy: JSON.parse(stdout).testAccuracy };
}
