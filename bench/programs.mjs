// @ts-check
/** The programs that the workloads compile to: what is counted and simulated is what training runs. */
import { activation, adam, batchNorm, dense, dropout, softmaxCrossEntropy } from '../dist/index.js';
import { buildArchitecture } from '../dist/network/architecture.js';
import { compilePrediction, compileTraining } from '../dist/network/compile.js';
import { learningRate } from './workloads.mjs';

/** @typedef {Pick<import('./workloads.mjs').Workload, 'sizes' | 'batchNorm' | 'dropout' | 'batchSize'>} Net */

export const optimizer = adam({ learningRate });

/** @param {Pick<Net, 'sizes' | 'batchNorm' | 'dropout'>} net */
export function layersOf({ sizes, batchNorm: norm, dropout: rate }) {
  const hidden = sizes.slice(1, -1).flatMap((units) => {
    // He's rule comes with the activation; before a BatchNorm it has to be asked for.
    const weights = norm
      ? [dense(units, { initializer: 'heNormal' }), batchNorm(), activation('relu')]
      : [dense(units, { activation: 'relu' })];
    return rate > 0 ? [...weights, dropout(rate)] : weights;
  });
  return [...hidden, dense(sizes[sizes.length - 1])];
}

/** @param {Net} net */
export function trainingProgram(net) {
  return compileTraining(architectureOf(net), optimizer, net.batchSize);
}

/** @param {Net} net */
export function predictionProgram(net) {
  return compilePrediction(architectureOf(net), false);
}

/** @param {Net} net */
export function architectureOf(net) {
  return buildArchitecture(net.sizes[0], layersOf(net), softmaxCrossEntropy());
}
