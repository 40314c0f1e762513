import { RandomStream } from '../../lib/core/random.js';
import { Network, type NetworkOptions } from '../../lib/training/index.js';

/** Random numbers in [-scale, scale). */
export function randomNumbers(count: number, seed: number, scale = 2): Float32Array {
  const random = new RandomStream(seed, 77);
  return Float32Array.from({ length: count }, () => (random.uniform() * 2 - 1) * scale);
}

/**
 * A network none of whose parameters has the value it begins with: scales, slopes, variances and deviations lie around 1,
 * everything else around 0. So a file that leaves one out or mixes two up predicts something else.
 */
export function randomizedNetwork(options: NetworkOptions): Network {
  const network = new Network({ seed: 3, ...options });
  network.parameterNames.forEach((name, place) => {
    const values = network.readParameter(name);
    const around1 = /\.(gamma|slope|runningVariance|deviation|samples)$/.test(name);
    const drawn = randomNumbers(values.length, 100 + place, around1 ? 0.5 : 0.8);
    network.writeParameter(name, around1 ? drawn.map((value) => value + 1) : drawn);
  });
  return network;
}

/** The largest difference, relative for numbers above 1. NaN, and lists of other lengths, are infinitely different. */
export function largestDifference(actual: ArrayLike<number>, wanted: ArrayLike<number>): number {
  if (actual.length !== wanted.length) return Infinity;
  let most = 0;
  for (let i = 0; i < wanted.length; i++) {
    const distance = Math.abs(actual[i] - wanted[i]) / Math.max(1, Math.abs(wanted[i]));
    if (!(distance <= most)) most = Number.isNaN(distance) ? Infinity : distance;
  }
  return most;
}
