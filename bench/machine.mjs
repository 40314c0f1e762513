// @ts-check
/** What the numbers were measured on: the processor, and what in the environment holds it back. */
import os from 'node:os';
import { engineInfo } from '../dist/index.js';
import { loadAddon } from '../dist/engine/load.js';

/**
 * @typedef {object} Machine
 * @property {string} cpu
 * @property {number} cores
 * @property {number} memoryGigabytes
 * @property {string} system
 * @property {string} node
 * @property {string} blas the library with its version
 * @property {string} blasCore the kernel that it picked for this processor
 * @property {string} simd level of our own kernels
 */

/**
 * No host name, no user, no path: what is printed here gets published.
 *
 * @returns {Machine}
 */
export function describeMachine() {
  const { blas, blasCore, simd } = engineInfo();
  return {
    cpu: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGigabytes: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.platform()} ${os.arch()}`,
    node: process.version,
    blas: /^\S+ \S+/.exec(blas)?.[0] ?? blas,
    blasCore,
    simd,
  };
}

/** @param {Machine} machine */
export function machineName({ cpu, cores, memoryGigabytes, system, node, blas, blasCore, simd }) {
  const core = blasCore === '' ? '' : ` (kernel ${blasCore})`;
  return `${cpu}, ${cores} cores, ${memoryGigabytes} GB, ${system}, Node.js ${node}, BLAS ${blas}${core}, SIMD ${simd}`;
}

/**
 * Variables by which BLAS, OpenMP or PyTorch are told to use narrower kernels or fewer threads. All of a library's own
 * prefix count: what they do differs by version, and a benchmark should run with none of them.
 */
const forcing = /^(OPENBLAS|GOTO|OMP|GOMP|KMP|MKL|BLIS|VECLIB|DNNL|ONEDNN|ATEN|NVPL)_|^BLASNET_SIMD$/;

/**
 * @param {NodeJS.ProcessEnv} environment
 * @returns {string[]} such as `OPENBLAS_CORETYPE=Haswell`
 */
export function forcedBy(environment) {
  return Object.keys(environment)
    .filter((name) => forcing.test(name))
    .sort()
    .map((name) => `${name}=${environment[name]}`);
}

/**
 * @param {NodeJS.ProcessEnv} environment
 * @returns {NodeJS.ProcessEnv} a copy without the variables of `forcedBy`
 */
export function cleanEnvironment(environment) {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !forcing.test(name)));
}

/**
 * What the multiply-add units and the memory of this machine give on so many threads, right now. Undefined without the
 * addon, which measures it.
 *
 * @param {number} seconds
 * @param {number} threads
 * @returns {{ gflops: number, gigabytesPerSecond: number } | undefined}
 */
export function measurePeak(seconds, threads) {
  return loadAddon().addon?.measurePeak(seconds, threads);
}

/** Core-seconds that all programs of the machine together have used since it started. */
export function busyCoreSeconds() {
  const busy = os.cpus().map(({ times: { user, nice, sys, irq } }) => user + nice + sys + irq);
  return busy.reduce((sum, milliseconds) => sum + milliseconds, 0) / 1000;
}
