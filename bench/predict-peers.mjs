// @ts-check
/** Nets of given sizes in onnxruntime-node and TensorFlow.js, for one sample at a time. What is not installed is left out. */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toOnnx } from '../dist/index.js';

const fromHere = createRequire(import.meta.url);
const fromTfjs = createRequire(fileURLToPath(new URL('peers/tfjs/package.json', import.meta.url)));

/**
 * @typedef {object} PredictionPeer
 * @property {string} name
 * @property {(sample: Float32Array) => unknown | Promise<unknown>} predict ends when the answer is there
 */

/**
 * @param {import('../dist/index.js').Network} network
 * @param {number[]} sizes
 * @param {number} threads
 * @returns {Promise<PredictionPeer[]>}
 */
export async function predictionPeers(network, sizes, threads) {
  return [...(await onnxruntimes(network, threads)), ...(await tensorflowjs(sizes))];
}

/** The network itself, as a file of it; with one thread and with all, as it does not pick the better by itself. */
/** @param {import('../dist/index.js').Network} network @param {number} threads */
async function onnxruntimes(network, threads) {
  const ort = load(() => fromHere('onnxruntime-node'));
  if (ort === undefined) return [];
  const model = toOnnx(network);
  return Promise.all(
    [...new Set([1, threads])].map(async (count) => {
      const session = await ort.InferenceSession.create(model, { intraOpNumThreads: count, logSeverityLevel: 3 });
      const input = session.inputNames[0];
      return {
        name: `onnxruntime-node, ${count} ${count === 1 ? 'thread' : 'threads'}`,
        predict: (/** @type {Float32Array} */ sample) =>
          session.run({ [input]: new ort.Tensor('float32', sample, [1, network.inputs]) }),
      };
    }),
  );
}

/** Random weights: the time does not depend on them. @param {number[]} sizes */
async function tensorflowjs(sizes) {
  const tf = load(() => quietly(() => fromTfjs('@tensorflow/tfjs')));
  if (tf === undefined) return [];
  const wasm = fromTfjs('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(`${dirname(fromTfjs.resolve('@tensorflow/tfjs-backend-wasm'))}/`.replaceAll('\\', '/'));
  await tf.setBackend('wasm');
  await tf.ready();
  const layers = sizes.slice(1).map((units, i) => ({
    kernel: tf.randomNormal([sizes[i], units], 0, Math.sqrt(2 / sizes[i])),
    bias: tf.zeros([units]),
    activation: i < sizes.length - 2 ? 'relu' : 'linear',
  }));
  return [
    {
      name: 'TensorFlow.js, WebAssembly',
      predict: (/** @type {Float32Array} */ sample) =>
        tf.tidy(() => {
          let x = tf.tensor2d(sample, [1, sizes[0]]);
          for (const { kernel, bias, activation } of layers) x = tf.fused.matMul({ a: x, b: kernel, bias, activation });
          return x.softmax().dataSync();
        }),
    },
  ];
}

/** @template T @param {() => T} read @returns {T | undefined} */
function load(read) {
  try {
    return read();
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

/** Its advice to install a native addon is of no use here. @template T @param {() => T} read @returns {T} */
function quietly(read) {
  const { warn } = console;
  console.warn = () => undefined;
  try {
    return read();
  } finally {
    console.warn = warn;
  }
}
