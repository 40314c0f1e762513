// @ts-check
/** `npm run bench`: parses the command line, runs the suites, prints, and writes the rows. */
import { spawn } from 'node:child_process';
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
  const command = ['npm run bench --', ...process.argv.slice(2)].join(' ');
  const context = { machine, removed, command, date: new Date().toISOString() };
  /** @type {object[]} */
  const rows = [];
  // Written after every workload: a run that is stopped keeps what it has.
  const keep = (/** @type {string} */ suite, /** @type {object[]} */ found) => {
    rows.push(...found.map((row) => ({ suite, threads: options.threads, ...row, ...context })));
    if (options.json !== undefined) write(options.json, rows);
  };
  for (const suite of options.suites) {
    if (suite === 'training') await runTraining(options, keep);
    else await runSuite(suite, options, keep);
  }
  return 0;
}

/** BLAS reads its variables as it loads, so a process cannot clean its own environment: it starts another. */
/** @returns {Promise<number>} exit code */
function runClean() {
  const env = { ...cleanEnvironment(process.env), [REMOVED]: forcedBy(process.env).join(' ') };
  const child = spawn(process.execPath, process.argv.slice(1), { env, stdio: 'inherit' });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
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

/** @typedef {(suite: string, rows: object[]) => void} Keep */

/**
 * @param {import('./arguments.mjs').BenchArguments} options
 * @param {Keep} keep
 */
async function runTraining(options, keep) {
  const { missing } = await measureTraining(options, {
    // On standard error: the tables can be redirected while the trials are watched.
    trial: (line) => console.error(`  … ${line}`),
    workload: (rows) => {
      keep('training', rows);
      console.log(workloadReport(rows));
    },
  });
  for (const { name, install } of missing) console.log(`\n${name} is not installed. To install it: ${install}`);
}

/**
 * @param {Exclude<import('./arguments.mjs').SuiteName, 'training'>} name
 * @param {import('./arguments.mjs').BenchArguments} options
 * @param {Keep} keep
 */
async function runSuite(name, options, keep) {
  const { measure } = await import(`./${name}.mjs`);
  console.log(`\n${name}: ${suites[name]}`);
  /** @type {{ text: string, rows: object[] }} */
  const { text, rows } = await measure(options);
  console.log(text);
  keep(name, rows);
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
