// @ts-check
/** The samples that all contenders train on, as two plain files of bytes that any language reads. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mnist } from '../dist/index.js';

const WIDTH = 784;
const CLASSES = 10;
const RANDOM_SAMPLES = 20_000;

/**
 * @typedef {object} SampleFiles
 * @property {string} name `MNIST` or `random bytes`
 * @property {string} features path of `[samples, width]` bytes, to be scaled by 1/255
 * @property {string} labels path of `[samples]` bytes
 * @property {number} samples
 * @property {number} width
 * @property {number} classes
 */

/**
 * The folder with the real MNIST, if there is one: BLASNET_DATA, or `shared/data/mnist` beside the repository or a
 * folder above it.
 */
export function mnistFolder() {
  const given = process.env.BLASNET_DATA;
  const candidates = given ? [given, join(given, 'mnist')] : [];
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let up = 0; up < 4; up++) {
    folder = dirname(folder);
    candidates.push(join(folder, 'shared', 'data', 'mnist'));
  }
  return candidates.find((candidate) => existsSync(join(candidate, 'train-images-idx3-ubyte.gz')));
}

/**
 * Writes the files to a temporary folder that goes away with the process.
 *
 * @param {'auto' | 'mnist' | 'random'} wish
 * @returns {Promise<SampleFiles>}
 */
export async function prepareSamples(wish) {
  const directory = wish === 'random' ? undefined : mnistFolder();
  if (wish === 'mnist' && directory === undefined) {
    throw new Error('There is no MNIST here; set BLASNET_DATA to the folder with its four files');
  }
  const { name, features, labels } = directory === undefined ? randomSamples() : await mnistSamples(directory);
  const folder = mkdtempSync(join(tmpdir(), 'blasnet-bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const files = { features: join(folder, 'features.bin'), labels: join(folder, 'labels.bin') };
  writeFileSync(files.features, features);
  writeFileSync(files.labels, labels);
  return { name, ...files, samples: labels.length, width: WIDTH, classes: CLASSES };
}

/** @param {string} directory */
async function mnistSamples(directory) {
  const { train } = await mnist({ directory });
  const labels = /** @type {Int32Array} */ (train.labels);
  return { name: 'MNIST', features: /** @type {Uint8Array} */ (train.features), labels: Uint8Array.from(labels) };
}

/** A xorshift generator: the same bytes on every machine, and no zeros that a clever kernel could skip. */
function randomSamples() {
  let state = 2463534242;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  const features = Uint8Array.from({ length: RANDOM_SAMPLES * WIDTH }, () => next() >>> 24);
  const labels = Uint8Array.from({ length: RANDOM_SAMPLES }, () => next() % CLASSES);
  return { name: 'random bytes', features, labels };
}
