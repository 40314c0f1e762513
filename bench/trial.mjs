// @ts-check
/** One trial: one process, told by JSON what to run, answering by JSON on its last line. */
import { spawn } from 'node:child_process';
import { busyCoreSeconds } from './machine.mjs';
import { median } from './statistics.mjs';

/** @typedef {import('./contenders.mjs').Contender} Contender */
/** @typedef {import('./contenders.mjs').Variant} Variant */

/**
 * @typedef {object} TrialRequest
 * @property {Pick<import('./workloads.mjs').Workload, 'name' | 'sizes' | 'batchNorm' | 'dropout' | 'batchSize'>} workload
 * @property {import('./data.mjs').SampleFiles} data
 * @property {Variant} variant
 * @property {number} learningRate
 * @property {number} seconds measured
 * @property {number} warmUpSeconds
 * @property {number} windows that the measured time is cut into
 * @property {number} seed
 */

/**
 * @typedef {object} TrialResult
 * @property {number} samplesPerSecond median of the windows; NaN when the trial failed
 * @property {number} samplesPerCoreSecond the same by the time that cores worked for the process, on all its threads
 * @property {number[]} windows
 * @property {string} configuration how the contender ran, such as `fused Adam`
 * @property {string} [version]
 * @property {number} loss of the last step: that it trains at all can be seen here
 * @property {number} coresBusyElsewhere how many cores other programs kept busy meanwhile
 * @property {string[]} notes
 */

const TIME_LIMIT_SECONDS = 900;

/**
 * Never throws for what a contender does: a failure is a note, and the comparison goes on.
 *
 * @param {Contender} contender
 * @param {string[]} command
 * @param {TrialRequest} request
 * @returns {Promise<TrialResult>}
 */
export async function runTrial(contender, command, request) {
  const start = performance.now();
  const busyBefore = busyCoreSeconds();
  const environment = { ...process.env, ...contender.environment?.(request.variant) };
  const { stdout, problem } = await runProcess(command, request, environment);
  const wall = (performance.now() - start) / 1000;
  if (problem !== undefined) return failed(problem);
  try {
    const answer = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
    const elsewhere = (busyCoreSeconds() - busyBefore - answer.cpuSeconds) / wall;
    const notes = [...(answer.notes ?? [])];
    if (!Number.isFinite(answer.loss)) notes.push('the loss is not finite');
    return {
      samplesPerSecond: median(answer.windows),
      samplesPerCoreSecond: median(answer.coreWindows),
      windows: answer.windows,
      configuration: answer.configuration,
      version: answer.version,
      loss: answer.loss,
      coresBusyElsewhere: Math.max(0, elsewhere),
      notes,
    };
  } catch {
    return failed(`gave no result: ${stdout.slice(-300)}`);
  }
}

/** @param {string} problem @returns {TrialResult} */
function failed(problem) {
  const nothing = {
    samplesPerSecond: NaN,
    samplesPerCoreSecond: NaN,
    windows: [],
    configuration: '',
    loss: NaN,
    coresBusyElsewhere: 0,
  };
  return { ...nothing, notes: [`failed: ${problem}`] };
}

/**
 * @param {string[]} command
 * @param {TrialRequest} request
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<{ stdout: string, problem: string | undefined }>}
 */
function runProcess([program, ...given], request, environment) {
  return new Promise((resolve) => {
    const child = spawn(program, [...given, JSON.stringify(request)], {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIME_LIMIT_SECONDS * 1000,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr = (stderr + text).slice(-20_000)));
    child.on('error', (error) => resolve({ stdout, problem: error.message }));
    child.on('close', (code, signal) => {
      if (code === 0) return resolve({ stdout, problem: undefined });
      const ended = signal === null ? `exit code ${code}` : `${signal}, perhaps after ${TIME_LIMIT_SECONDS} s`;
      resolve({ stdout, problem: `${ended}: ${lastWords(stderr)}` });
    });
  });
}

/**
 * The line that says what went wrong: the error of a Node.js trace, or the last line of a Python one.
 *
 * @param {string} stderr
 */
function lastWords(stderr) {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const named = lines.filter((line) => /^(\w|\.)*(Error|Exception)\b.*:/.test(line)).at(-1);
  return (named ?? lines.at(-1) ?? 'no message').trim().slice(0, 300);
}
