// @ts-check
/**
 * The five workloads as data. Every contender trains the same net with the same batch, optimizer and samples; what a
 * step costs follows from the shapes alone, so that the GFLOP/s of two contenders compare.
 */

/**
 * @typedef {object} Workload
 * @property {string} name
 * @property {number[]} sizes inputs, units of each hidden layer, outputs
 * @property {boolean} batchNorm dense → batchNorm → relu instead of dense → relu
 * @property {number} dropout after each hidden activation; 0 for none
 * @property {number} batchSize
 * @property {Goals} goals
 */

/**
 * What design.md asks for: how many times as fast as a peer, and the share of the machine's multiply-add peak.
 *
 * @typedef {object} Goals
 * @property {Record<string, number>} native
 * @property {Record<string, number>} reference
 * @property {number} [shareOfPeak] of the native engine
 */

/** Adam's learning rate, everywhere. */
export const learningRate = 0.001;

const sevenLayers = [784, 100, 100, 100, 100, 100, 100, 10];
const classicLayers = [784, 512, 512, 10];

/** @type {readonly Workload[]} */
export const workloads = [
  {
    name: 'seven-layer',
    sizes: sevenLayers,
    batchNorm: false,
    dropout: 0,
    batchSize: 100,
    goals: { native: { torch: 4.5, 'tfjs-wasm': 60 }, reference: { 'tfjs-cpu': 5 }, shareOfPeak: 0.55 },
  },
  {
    name: 'seven-layer-norm',
    sizes: sevenLayers,
    batchNorm: true,
    dropout: 0,
    batchSize: 100,
    goals: { native: { torch: 4.5 }, reference: {} },
  },
  {
    name: 'classic',
    sizes: classicLayers,
    batchNorm: false,
    dropout: 0.2,
    batchSize: 128,
    goals: { native: { torch: 4.5, 'tfjs-wasm': 60 }, reference: { 'tfjs-cpu': 5 }, shareOfPeak: 0.75 },
  },
  {
    name: 'classic-small-batch',
    sizes: classicLayers,
    batchNorm: false,
    dropout: 0.2,
    batchSize: 32,
    goals: { native: { torch: 4 }, reference: {} },
  },
  {
    name: 'wide',
    sizes: [784, 2048, 2048, 2048, 10],
    batchNorm: false,
    dropout: 0,
    batchSize: 256,
    goals: { native: { torch: 2.4 }, reference: {}, shareOfPeak: 0.8 },
  },
];

/**
 * Floating-point operations of the matrix products for one sample of a training step: forward, weight gradients, and
 * input gradients of all layers but the first. A multiply-add counts two. Activations, dropout, BatchNorm and the
 * update are left out, as in design.md.
 *
 * @param {readonly number[]} sizes
 */
export function trainingFlopsPerSample(sizes) {
  return 2 * (3 * multiplyAdds(sizes) - sizes[0] * sizes[1]);
}

/**
 * The same for a prediction: the forward pass alone.
 *
 * @param {readonly number[]} sizes
 */
export function predictionFlopsPerSample(sizes) {
  return 2 * multiplyAdds(sizes);
}

/** @param {Workload} workload */
export function stepFlops(workload) {
  return workload.batchSize * trainingFlopsPerSample(workload.sizes);
}

/** @param {readonly number[]} sizes */
function multiplyAdds(sizes) {
  return sizes.slice(1).reduce((sum, units, layer) => sum + sizes[layer] * units, 0);
}

/**
 * Such as `784-100×6-10`: repeated sizes are counted.
 *
 * @param {readonly number[]} sizes
 */
export function netName(sizes) {
  const parts = [];
  for (let i = 0; i < sizes.length;) {
    let next = i;
    while (sizes[next] === sizes[i]) next++;
    const times = next - i;
    parts.push(times > 2 ? `${sizes[i]}×${times}` : Array(times).fill(sizes[i]).join('-'));
    i = next;
  }
  return parts.join('-');
}

/**
 * One line that says what is trained.
 *
 * @param {Workload} workload
 */
export function describeWorkload({ sizes, batchNorm, dropout, batchSize }) {
  const norm = batchNorm ? ', BatchNorm' : '';
  const drop = dropout > 0 ? `, dropout ${dropout}` : '';
  return `${netName(sizes)}, ReLU${norm}${drop}, batch ${batchSize}, Adam ${learningRate}`;
}

/**
 * A few thousand multiply-adds, for the test of the suite itself. Not in the table: it is no benchmark.
 *
 * @type {Workload}
 */
export const tinyWorkload = {
  name: 'tiny',
  sizes: [784, 8, 10],
  batchNorm: true,
  dropout: 0.1,
  batchSize: 16,
  goals: { native: {}, reference: {} },
};
