import { fingerprintOf, ShardedDataset } from '../data/index.js';
import type { Settings } from './fit-checks.js';
import { holdOut, type HeldOut } from './held-out.js';
import type { Network } from './network.js';
import { orderOf } from './order.js';
import { ShardPass, type Batch, type Pass } from './pass.js';

/** A fit's samples: in the engine's own memory, or on their way there. */
export interface Samples {
  /** What it is validated with. */
  readonly held: HeldOut | undefined;
  /** By which a resumed fit knows its data again; empty where the fit neither reads nor writes a checkpoint. */
  fingerprint(): string | Promise<string>;
  /**
   * @param seed of the fit: a resumed one's is its checkpoint's, known only after the samples are copied
   * @param epoch passes that the trainer has done before
   */
  pass(seed: number, epoch: number): Pass;
  dispose(): void;
}

export function copySamples(network: Network, settings: Settings): Samples {
  const { engine } = network;
  const { train, validation, scoring, shuffle, batchSize, samples, callbacks, resume } = settings;
  // Any callback may ask for a checkpoint.
  const isNeeded = callbacks.length > 0 || resume !== undefined;
  // The caller's arrays are the caller's again soon; files are read when it is the fit's turn.
  const known = train instanceof ShardedDataset || !isNeeded ? '' : fingerprintOf(train);
  const data = train instanceof ShardedDataset ? undefined : engine.createData(train);
  try {
    const held = validation === undefined ? undefined : holdOut(network, validation, scoring);
    const pass = (seed: number, epoch: number): Pass => {
      if (train instanceof ShardedDataset) {
        return new ShardPass(engine, train, train.plan({ shuffle, seed, epoch, batchSize }));
      }
      const order = orderOf({ length: train.length, shuffle, seed, epoch });
      const look = (from: number, to: number): Batch => {
        const indices = order?.slice(from, to) ?? Uint32Array.from({ length: to - from }, (_, i) => from + i);
        return { data: train.select(indices), samples: indices };
      };
      return { at: () => ({ data: data!, begin: 0, end: samples, order, look }), dispose: () => undefined };
    };
    const fingerprint = () => (isNeeded && train instanceof ShardedDataset ? fingerprintOf(train) : known);
    const dispose = () => {
      data?.dispose();
      held?.dispose();
    };
    return { held, fingerprint, pass, dispose };
  } catch (error) {
    data?.dispose();
    throw error;
  }
}
