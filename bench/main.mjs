// @ts-check
/** `npm run bench`: parses the command line, runs the suites, prints, and writes the rows. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ArgumentError, helpText, parseArguments, suites } from './arguments.mjs';
import { blasnet, peers } from './contenders.mjs';
import { engineInfo } from '../dist/index.js';
import { cleanEnvironment, describeMachine, forcedBy } from './machine.mjs';
import { heading, workloadReport } from './report.mjs';
import { measureTraining } from './training.mjs';
import { describeWorkload, workloads } from './workloads.mjs';

/** Tells the process that --clean-environment starts what was taken away. */
const REMOVED = 'BLASNET_BENCH_REMOVED';

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof ArgumentError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

async function main() {
  const options = parseArguments(process.argv.slice(2));
  if (options.help || options.list) {
    console.log(options.help ? helpText : listing());
    return 0;
  }
  if (options.cleanEnvironment && process.env[REMOVED] === undefined) return runClean();
  if (options.engine === 'native') needNative();
  const machine = describeMachine();
  const removed = (process.env[REMOVED] ?? '').split(' ').filter(Boolean);
  console.log(heading(machine, removed));
  const context = { machine, removed, date: new Date().toISOString() };
  /** @type {object[]} */
  const rows = [];
  for (const suite of options.suites) {
    const found = suite === 'training' ? await runTraining(options) : await runSuite(suite, options);
    rows.push(...found.map((row) => ({ threads: options.threads, ...row, ...context })));
    // After each suite: a run that is stopped keeps what it has.
    if (options.json !== undefined) write(options.json, rows);
  }
  return 0;
}

/** BLAS reads its variables as it loads, so a process cannot clean its own environment: it starts another. */
function runClean() {
  const env = { ...cleanEnvironment(process.env), [REMOVED]: forcedBy(process.env).join(' ') };
  const { status, error } = spawnSync(process.execPath, process.argv.slice(1), { env, stdio: 'inherit' });
  if (error !== undefined) throw error;
  return status ?? 1;
}

function needNative() {
  const { engine, attempts } = engineInfo();
  if (engine === 'native') return;
  const reasons = attempts.map(({ path, error }) => `${path}: ${error ?? 'loaded'}`).join('; ');
  throw new ArgumentError(
    `The native engine is not here (${reasons || 'BLASNET_ENGINE asks for the reference engine'}). ` +
      `Build it by ${blasnet.install}, or measure the other one by --engine reference`,
  );
}

/** @param {import('./arguments.mjs').BenchArguments} options */
async function runTraining(options) {
  const { rows, missing } = await measureTraining(options, {
    // On standard error: the tables can be redirected while the trials are watched.
    trial: (line) => console.error(`  … ${line}`),
    workload: (found) => console.log(workloadReport(found)),
  });
  for (const { name, install } of missing) console.log(`\n${name} is not installed. To install it: ${install}`);
  return rows.map((row) => ({ suite: 'training', ...row }));
}

/**
 * @param {Exclude<import('./arguments.mjs').SuiteName, 'training'>} name
 * @param {import('./arguments.mjs').BenchArguments} options
 */
async function runSuite(name, options) {
  const { measure } = await import(`./${name}.mjs`);
  console.log(`\n${name}: ${suites[name]}`);
  /** @type {{ text: string, rows: Record<string, any>[] }} */
  const { text, rows } = await measure(options);
  console.log(text);
  return rows.map((row) => ({ suite: name, ...row }));
}

/** @param {string} file @param {unknown} rows */
function write(file, rows) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(rows, null, 2)}\n`);
}

function listing() {
  const entries = (/** @type {(readonly [string, string])[]} */ rows) =>
    rows.map(([name, text]) => `  ${name.padEnd(20)} ${text}`).join('\n');
  return [
    `Workloads\n${entries(workloads.map((workload) => [workload.name, describeWorkload(workload)]))}`,
    `Peers\n${entries(peers.map(({ name, command, install }) => [name, command() ? 'installed' : `missing: ${install}`]))}`,
    `Suites\n${entries(Object.entries(suites))}`,
  ].join('\n\n');
}
