import { createHash } from 'node:crypto';
import { Dataset } from './dataset.js';
import type { ShardedDataset } from './shards.js';

/** Bytes of samples that are looked at, and within which number of samples that lies. */
const BYTES = 2 ** 19;
const [FEWEST, MOST] = [16, 256];

/**
 * A digest by which other data is told from this: of its shape, and of samples spread evenly over all of it, the first and
 * the last among them. A change of a sample in between is not seen.
 *
 * Data in memory is looked at before this returns.
 */
export function fingerprintOf(data: Dataset | ShardedDataset): string | Promise<string> {
  const { length, width, targetWidth } = data;
  const few = Math.max(FEWEST, Math.min(MOST, Math.floor(BYTES / (4 * (width + targetWidth)))));
  const count = Math.min(length, few);
  const places = Uint32Array.from({ length: count }, (_, i) => {
    return count === 1 ? 0 : Math.floor((i * (length - 1)) / (count - 1));
  });
  const digest = (samples: Dataset) => digestOf(length, samples);
  return data instanceof Dataset ? digest(data.select(places)) : data.select(places).then(digest);
}

function digestOf(length: number, { width, targetWidth, scale, features, labels, targets, weights }: Dataset): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify({ length, width, targetWidth, scale, bytes: features instanceof Uint8Array }));
  for (const array of [features, labels, targets, weights]) {
    hash.update(`;${array?.length ?? 'none'};`);
    if (array !== undefined) hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  }
  return hash.digest('hex');
}
