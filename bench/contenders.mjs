// @ts-check
/** Who takes part: how each is started, in which variants, and how to install it. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {object} Variant
 * @property {number} threads
 * @property {string} mode what the contender knows by this name, such as `compile`
 */

/**
 * @typedef {object} Contender
 * @property {string} name
 * @property {(threads: number) => Variant[]} variants what is tried to find its best
 * @property {() => string[] | undefined} command program and arguments, undefined when it is not installed
 * @property {(variant: Variant) => NodeJS.ProcessEnv} [environment] what only the start of the process can set
 * @property {string} install the command that installs it
 */

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));
const node = (/** @type {string} */ file) => [process.execPath, here(file)];

/** @type {Contender} */
export const blasnet = {
  name: 'blasnet',
  variants: (threads) => [{ threads, mode: 'native' }],
  command: () => node('contenders/blasnet.mjs'),
  install: 'npm run build:native',
};

/** @type {Contender} */
export const blasnetReference = {
  ...blasnet,
  name: 'blasnet-reference',
  variants: () => [{ threads: 1, mode: 'reference' }],
};

/** @param {string} directory of another checkout */
export const checkoutContender = (directory) => join(directory, 'bench', 'contenders', 'blasnet.mjs');

/**
 * @param {string} directory
 * @returns {Contender} blasnet as it is in another checkout
 */
export function otherCheckout(directory) {
  const file = resolve(checkoutContender(directory));
  return { ...blasnet, name: 'against', command: () => [process.execPath, file] };
}

const installPython =
  'python3 -m venv bench/peers/python/.venv && ' +
  'bench/peers/python/.venv/bin/pip install -r bench/peers/python/requirements.txt ' +
  '(or BLASNET_PEERS_PYTHON=path/to/python that has them)';
const installTfjs = 'npm install --prefix bench/peers/tfjs --no-package-lock';

/** One thread and all threads, without saying the same twice. */
const oneAndAll = (/** @type {number} */ threads) => [...new Set([1, threads])];

/** @type {readonly Contender[]} */
export const peers = [
  {
    name: 'torch',
    variants: (threads) =>
      oneAndAll(threads).flatMap((count) => ['eager', 'compile'].map((mode) => ({ threads: count, mode }))),
    command: () => python('torch', 'contenders/pytorch.py'),
    install: installPython,
  },
  {
    name: 'tfjs-cpu',
    variants: () => [{ threads: 1, mode: 'cpu' }],
    command: () => tfjs(),
    install: installTfjs,
  },
  {
    name: 'tfjs-wasm',
    variants: () => [{ threads: 1, mode: 'wasm' }],
    command: () => tfjs(),
    install: installTfjs,
  },
  {
    name: 'numpy',
    variants: (threads) => oneAndAll(threads).map((count) => ({ threads: count, mode: 'by hand' })),
    command: () => python('numpy', 'contenders/numpy_mlp.py'),
    environment: ({ threads }) => ({
      OPENBLAS_NUM_THREADS: String(threads),
      MKL_NUM_THREADS: String(threads),
      OMP_NUM_THREADS: String(threads),
    }),
    install: installPython,
  },
];

/** Short names for several contenders at once. @type {Readonly<Record<string, readonly string[]>>} */
export const peerGroups = { tfjs: ['tfjs-cpu', 'tfjs-wasm'] };

/**
 * @param {string} module the interpreter must have
 * @param {string} file
 */
function python(module, file) {
  const interpreter = pythons().find((candidate) => imports(candidate, module));
  return interpreter === undefined ? undefined : [interpreter, here(file)];
}

/** The interpreter that was asked for, or else the peers' own, or else the system's. */
function pythons() {
  const given = process.env.BLASNET_PEERS_PYTHON;
  if (given !== undefined && given !== '') return [given];
  return [here('peers/python/.venv/bin/python'), here('peers/python/.venv/Scripts/python.exe'), 'python3'];
}

/** @type {Map<string, boolean>} */
const known = new Map();

/**
 * @param {string} interpreter
 * @param {string} module
 */
function imports(interpreter, module) {
  const key = `${interpreter} ${module}`;
  let answer = known.get(key);
  if (answer === undefined) {
    answer = spawnSync(interpreter, ['-c', `import ${module}`], { stdio: 'ignore' }).status === 0;
    known.set(key, answer);
  }
  return answer;
}

function tfjs() {
  const installed = ['tfjs', 'tfjs-backend-wasm'].every((name) =>
    existsSync(here(`peers/tfjs/node_modules/@tensorflow/${name}/package.json`)),
  );
  return installed ? node('contenders/tfjs.mjs') : undefined;
}
