// @ts-check
/** The command line of `npm run bench`. Every mistake is an error that says what there is to choose from. */
import { existsSync } from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { checkoutContender, peerGroups, peers } from './contenders.mjs';
import { workloads } from './workloads.mjs';

export class ArgumentError extends Error {}

/** Suites by name, with what each measures. */
export const suites = /** @type {const} */ ({
  training: 'samples per second of training on the five workloads, beside the peers',
  'event-loop': 'delay of the event loop and of reading a file while a network trains',
  'http-server': 'what a fit in the process adds to the latency of requests',
  abort: 'how long a fit goes on after its signal was aborted',
  augmentation: 'what elastic and other distortions cost a fit',
  update: 'optimizer updates of a million parameters against the memory bandwidth',
  predict: 'latency of one prediction, throughput of ten thousand',
  memory: 'resident memory of training with MNIST loaded',
  shards: 'training from shards on disk against training from memory',
  startup: 'time to import blasnet, and of npm run mnist, process start included',
  instructions: 'instructions of the main kernels under callgrind, against those recorded',
  scaling: 'time of a step by width, depth, batch and threads: measured, modelled, simulated on more cores',
});

/** @typedef {keyof typeof suites} SuiteName */

/**
 * @typedef {object} BenchArguments
 * @property {SuiteName[]} suites
 * @property {import('./workloads.mjs').Workload[]} workloads
 * @property {string[]} peers
 * @property {string | undefined} against another checkout of blasnet that takes part
 * @property {'native' | 'reference'} engine
 * @property {number} threads
 * @property {number} rounds
 * @property {number} samples
 * @property {number} seconds
 * @property {'auto' | 'mnist' | 'random'} data
 * @property {number} bandwidth
 * @property {boolean} record
 * @property {string | undefined} json
 * @property {boolean} cleanEnvironment
 * @property {boolean} list
 * @property {boolean} help
 */

export const helpText = `Usage: npm run bench -- [options]

  --suite NAME,…        what to measure (default training; --list names them; all)
  --workloads NAME,…    training: which of the five (default all)
  --peers NAME,…        training: torch, numpy, tfjs (= tfjs-cpu,tfjs-wasm); default none
  --against DIRECTORY   training: another checkout of blasnet, built, to compare this one with
  --engine NAME         native or reference (default native)
  --threads N           threads of ours, and the most that a peer may try (default all cores)
  --rounds N            trials of each contender, in alternation (default 3)
  --samples N           shards: images of 784 bytes on disk (default 1,000,000)
  --seconds S           measured time of a trial (default 3)
  --bandwidth GB/S      scaling: memory of the larger machines that are simulated (default 200)
  --record              instructions: keeps the counts as those to compare with
  --data NAME           mnist, random, or auto: mnist where it is found (default auto)
  --json FILE           also writes the results, one row a workload and contender
  --clean-environment   without the variables that force BLAS to narrower kernels or fewer threads
  --list                names workloads, peers and suites
  --help                this text

Results depend on the machine and on what else it does. See docs/performance.md.`;

/**
 * @param {readonly string[]} given
 * @returns {BenchArguments}
 * @throws ArgumentError
 */
export function parseArguments(given) {
  const values = parse(given);
  return {
    suites: /** @type {SuiteName[]} */ (suitesOf(values.suite)),
    workloads: choose(values.workloads, workloads, 'workload'),
    peers: peersOf(values.peers),
    against: checkout(values.against),
    engine: oneOf('engine', values.engine ?? 'native', ['native', 'reference']),
    threads: wholeNumber('threads', values.threads, os.availableParallelism(), 1024),
    rounds: wholeNumber('rounds', values.rounds, 3, 1000),
    samples: wholeNumber('samples', values.samples, 1_000_000, 100_000_000),
    seconds: seconds(values.seconds),
    bandwidth: wholeNumber('bandwidth', values.bandwidth, 200, 100_000),
    record: values.record ?? false,
    data: oneOf('data', values.data ?? 'auto', ['auto', 'mnist', 'random']),
    json: values.json,
    cleanEnvironment: values['clean-environment'] ?? false,
    list: values.list ?? false,
    help: values.help ?? false,
  };
}

/** @param {readonly string[]} given */
function parse(given) {
  const text = /** @type {const} */ ({ type: 'string' });
  const flag = /** @type {const} */ ({ type: 'boolean' });
  const options = {
    ...{
      suite: text,
      workloads: text,
      peers: text,
      against: text,
      engine: text,
      threads: text,
      rounds: text,
      seconds: text,
      samples: text,
      bandwidth: text,
    },
    ...{ data: text, json: text, record: flag, 'clean-environment': flag, list: flag, help: flag },
  };
  try {
    return parseArgs({ args: [...given], options }).values;
  } catch (error) {
    const known = Object.keys(options).map((name) => `--${name}`);
    throw new ArgumentError(`${/** @type {Error} */ (error).message}. Options: ${known.join(', ')}`, { cause: error });
  }
}

/** @param {string | undefined} text */
function suitesOf(text) {
  const names = Object.keys(suites);
  if (text === 'all') return names;
  return choose(
    text ?? 'training',
    names.map((name) => ({ name })),
    'suite',
  ).map(({ name }) => name);
}

/** @param {string | undefined} text */
function peersOf(text) {
  if (text === undefined) return [];
  const groups = Object.keys(peerGroups).map((name) => ({ name }));
  const wanted = choose(text, [...peers, ...groups], 'peer');
  return [...new Set(wanted.flatMap(({ name }) => peerGroups[name] ?? [name]))];
}

/** @param {string | undefined} directory */
function checkout(directory) {
  if (directory === undefined || existsSync(checkoutContender(directory))) return directory;
  throw new ArgumentError(`Expected a checkout of blasnet for --against, received "${directory}"`);
}

/**
 * @template {{ name: string }} Named
 * @param {string | undefined} text names with commas between them; all when undefined
 * @param {readonly Named[]} all
 * @param {string} what
 * @returns {Named[]}
 */
function choose(text, all, what) {
  if (text === undefined) return [...all];
  const wanted = text.split(',').map((name) => name.trim());
  const unknown = wanted.find((name) => !all.some((one) => one.name === name));
  if (unknown !== undefined) {
    throw new ArgumentError(`There is no ${what} "${unknown}"; there are: ${all.map(({ name }) => name).join(', ')}`);
  }
  return all.filter(({ name }) => wanted.includes(name));
}

/**
 * @template {string} Name
 * @param {string} option
 * @param {string} value
 * @param {readonly Name[]} names
 * @returns {Name}
 */
function oneOf(option, value, names) {
  const found = names.find((name) => name === value);
  if (found === undefined)
    throw new ArgumentError(`Expected ${names.join(' or ')} for --${option}, received "${value}"`);
  return found;
}

/**
 * @param {string} option
 * @param {string | undefined} text
 * @param {number} otherwise
 * @param {number} most
 */
function wholeNumber(option, text, otherwise, most) {
  const value = text === undefined ? otherwise : Number(text);
  if (text !== '' && Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw new ArgumentError(`Expected a whole number from 1 to ${most} for --${option}, received "${text}"`);
}

/** @param {string | undefined} text */
function seconds(text) {
  const value = text === undefined ? 3 : Number(text);
  if (text !== '' && value > 0 && value <= 3600) return value;
  throw new ArgumentError(`Expected seconds above 0 and up to 3600 for --seconds, received "${text}"`);
}
