import type { EpochRecord } from './history.js';
import type { Network } from './network.js';

/** A fit under way, as its callbacks see it. */
export interface Training {
  readonly network: Network;
  readonly epochs: number;
  /** From 1: the epoch under way; in `onEpochEnd` the one that comes next. */
  readonly epoch: number;
  /** Steps done in this fit. */
  readonly step: number;
  /** Epochs done in this fit. */
  readonly records: readonly EpochRecord[];
  /** The checkpoint file that this fit goes on from, where it does. */
  readonly resumedFrom: string | undefined;
  /** Of the last step; 0 before the first. */
  readonly learningRate: number;
  /** By what the optimizer's learning rate is multiplied from the next slice on; 1 at the start. */
  learningRateFactor: number;
  /** Ends the fit after this moment; it resolves, and its history holds the reason as `stopped`. */
  stop(reason: string): void;
  /** A copy of all parameters as they stand, in one array. */
  readParameters(): Float32Array | Float64Array;
  /** Parameters that the network gets when the fit ends, however it ends. The last one to ask is heard. */
  restoreAtEnd(parameters: Float32Array | Float64Array): void;
  /** Everything that this fit needs to go on elsewhere, as the bytes of a checkpoint file. */
  encodeCheckpoint(): Promise<Uint8Array>;
}
