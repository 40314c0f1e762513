import { RandomStream, streams } from '../core/random.js';

export interface EpochOrder {
  /** Samples in the data. */
  readonly length: number;
  readonly shuffle: boolean;
  readonly seed: number;
  /** Epochs that the trainer has done before: each has an order of its own. */
  readonly epoch: number;
}

/**
 * The order of the samples in one epoch: a pure function of its arguments, so that a resumed epoch finds its order again.
 * `undefined` stands for the order of the data.
 */
export function orderOf({ length, shuffle, seed, epoch }: EpochOrder): Uint32Array | undefined {
  return shuffle ? new RandomStream(seed, streams.shuffle, epoch).permutation(length) : undefined;
}
