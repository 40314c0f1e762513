import type { EpochSums } from './history.js';

/** Where a fit stands within an epoch. Means are over the epoch so far. */
export interface Progress {
  readonly epoch: number;
  readonly epochs: number;
  readonly samples: number;
  readonly samplesPerEpoch: number;
  readonly loss: number;
  readonly accuracy: number | undefined;
  readonly samplesPerSecond: number;
  /** Estimated from the rate so far, over all epochs. */
  readonly secondsLeft: number;
}

export function progressOf(
  { epochs, samples }: { readonly epochs: number; readonly samples: number },
  sums: EpochSums,
  epoch: number,
): Progress {
  const samplesPerSecond = sums.samples / sums.seconds;
  const left = (epochs - epoch + 1) * samples - sums.samples;
  return {
    epoch,
    epochs,
    samples: sums.samples,
    samplesPerEpoch: samples,
    loss: (sums.mean('loss') ?? NaN) + (sums.mean('penalty') ?? 0),
    accuracy: sums.mean('accuracy'),
    samplesPerSecond,
    secondsLeft: left / samplesPerSecond,
  };
}
