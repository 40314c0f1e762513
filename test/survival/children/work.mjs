/** Networks to train and data to train them on, the same for every child; what they come to, as a hash. */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { batchNorm, dense, dropout, Network } from '../../../dist/index.js';
import { loadAddon } from '../../../dist/engine/load.js';

export const width = 48;
export const classes = 6;

/** Deterministic, in a range that training likes. */
export function samples(count = 3000, at = 0) {
  const features = Float32Array.from({ length: count * width }, (_, i) => (((i + at) * 7919) % 1009) / 1009);
  const labels = Int32Array.from({ length: count }, (_, i) => Math.floor(features[i * width] * classes));
  return { features, labels, width, classes };
}

/** BatchNorm and dropout are in it: with them come stages by columns, gradients in their arena, random masks. */
export function network({ units = 64, ...options } = {}) {
  const layers = [dense(units, { activation: 'relu' }), batchNorm(), dropout(0.2), dense(classes)];
  return new Network({ inputs: width, layers, seed: 1, ...options });
}

export function hashOf(trained) {
  const hash = createHash('sha256');
  for (const name of trained.parameterNames) hash.update(trained.readParameter(name));
  return hash.digest('hex').slice(0, 16);
}

/** Trains from the beginning; the same options give the same hash. */
export async function train({ epochs = 2, batchSize = 64, data = samples(), ...options } = {}) {
  const trained = network(options);
  await trained.fit(data, { epochs, batchSize });
  return hashOf(trained);
}

/** A fit that nobody waits for and that outlives every test. */
export function endlessFit(options = {}) {
  const trained = network({ units: 256, ...options });
  const fit = trained.fit(samples(), { epochs: 1_000_000, batchSize: 100 });
  return { trained, fit };
}

export const addon = () => loadAddon().addon;

/** Threads of this process, where the system tells. */
export function threadCount() {
  try {
    return readdirSync('/proc/self/task').length;
  } catch {
    return 0;
  }
}

export const sleep = (milliseconds) => new Promise((wake) => setTimeout(wake, milliseconds));

export function report(result) {
  console.log(JSON.stringify(result));
}
