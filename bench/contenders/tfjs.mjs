// @ts-check
/**
 * One trial of TensorFlow.js on its plain-JavaScript (`cpu`) or its WebAssembly backend (`wasm`). Written with the core
 * operations and `optimizer.minimize`, which have less overhead than its layers; one-hot labels and scaled float32
 * features lie in the backend before the clock starts.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Stopwatch } from './stopwatch.mjs';

/** @type {import('../trial.mjs').TrialRequest} */
const request = JSON.parse(process.argv[2]);
const { workload, data } = request;
const fromPeers = createRequire(fileURLToPath(new URL('../peers/tfjs/package.json', import.meta.url)));
// The advice to install its native addon would go to the same terminal again and again.
console.warn = () => undefined;
const tf = fromPeers('@tensorflow/tfjs');

await startBackend();
const { features, labels } = loadSamples();
const network = makeNetwork();
const optimizer = tf.train.adam(request.learningRate, 0.9, 0.999, 1e-8);
const stopwatch = new Stopwatch(request);

let samples = 0;
let loss = NaN;
for (let over = false; !over;) {
  const order = Int32Array.from(tf.util.createShuffledIndices(data.samples));
  for (let first = 0; first + workload.batchSize <= data.samples && !over; first += workload.batchSize) {
    step(order.subarray(first, first + workload.batchSize));
    samples += workload.batchSize;
    over = stopwatch.tick(samples);
  }
}

stopwatch.answer({ loss, configuration: `${tf.getBackend()} backend`, version: tf.version.tfjs });

async function startBackend() {
  if (request.variant.mode === 'wasm') {
    const wasm = fromPeers('@tensorflow/tfjs-backend-wasm');
    wasm.setWasmPaths(`${dirname(fromPeers.resolve('@tensorflow/tfjs-backend-wasm'))}/`.replaceAll('\\', '/'));
  }
  if (!(await tf.setBackend(request.variant.mode)))
    throw new Error(`The backend ${request.variant.mode} did not start`);
  await tf.ready();
}

function loadSamples() {
  const bytes = readFileSync(data.features);
  const scaled = Float32Array.from(bytes, (byte) => byte / 255);
  const oneHot = new Float32Array(data.samples * data.classes);
  readFileSync(data.labels).forEach((label, row) => (oneHot[row * data.classes + label] = 1));
  return {
    features: tf.tensor2d(scaled, [data.samples, data.width]),
    labels: tf.tensor2d(oneHot, [data.samples, data.classes]),
  };
}

function makeNetwork() {
  const { sizes, batchNorm } = workload;
  return sizes.slice(1).map((units, layer) => {
    const inputs = sizes[layer];
    const hidden = layer < sizes.length - 2;
    return {
      kernel: tf.variable(tf.randomNormal([inputs, units], 0, Math.sqrt(2 / inputs))),
      bias: tf.variable(tf.zeros([units])),
      norm: batchNorm && hidden ? makeNorm(units) : undefined,
      hidden,
    };
  });
}

/** @param {number} units */
function makeNorm(units) {
  return {
    gamma: tf.variable(tf.ones([units])),
    beta: tf.variable(tf.zeros([units])),
    mean: tf.variable(tf.zeros([units]), false),
    variance: tf.variable(tf.ones([units]), false),
  };
}

/** @param {Int32Array} indices */
function step(indices) {
  tf.tidy(() => {
    const batch = tf.tensor1d(indices, 'int32');
    const x = tf.gather(features, batch);
    const y = tf.gather(labels, batch);
    const cost = optimizer.minimize(() => tf.losses.softmaxCrossEntropy(y, forward(x)), true);
    // Reading is what makes sure that the work was done; both backends work at once, so it costs nothing.
    [loss] = cost.dataSync();
  });
}

/** @param {any} input */
function forward(input) {
  let x = input;
  for (const { kernel, bias, norm, hidden } of network) {
    x = tf.add(tf.matMul(x, kernel), bias);
    if (norm !== undefined) x = normalize(x, norm);
    if (hidden) x = tf.relu(x);
    if (hidden && workload.dropout > 0) x = tf.dropout(x, workload.dropout);
  }
  return x;
}

/**
 * @param {any} x
 * @param {any} norm
 */
function normalize(x, { gamma, beta, mean, variance }) {
  const batch = tf.moments(x, 0);
  const rows = x.shape[0];
  mean.assign(tf.add(tf.mul(mean, 0.9), tf.mul(batch.mean, 0.1)));
  variance.assign(tf.add(tf.mul(variance, 0.9), tf.mul(batch.variance, (0.1 * rows) / (rows - 1))));
  return tf.batchNorm(x, batch.mean, batch.variance, beta, gamma, 1e-5);
}
