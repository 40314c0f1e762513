import { createHash } from 'node:crypto';
import { decodeSafetensors, encodeSafetensors, type SafetensorsTensor } from '../../lib/core/safetensors.js';

/** Where the digest stands in the header, as lib/training/checkpoint-format.ts writes it. */
const DIGEST_AT = 8 + '{"__metadata__":{"sha256":"'.length;

export interface Forgery {
  /** The description of the fit, as text of JSON. */
  readonly fit?: (text: string) => string;
  readonly tensors?: (tensors: Map<string, SafetensorsTensor>) => void;
}

/** A checkpoint with something else in it, and the digest that it then must have: damaged by no accident. */
export function forgeCheckpoint(bytes: Uint8Array, { fit, tensors: change }: Forgery): Uint8Array {
  const { metadata, tensors } = decodeSafetensors(bytes);
  change?.(tensors);
  const changed = new Map(metadata).set('sha256', '0'.repeat(64));
  changed.set('fit', (fit ?? ((text) => text))(metadata.get('fit')!));
  const forged = encodeSafetensors(tensors, changed);
  const digest = createHash('sha256').update(forged).digest('hex');
  Buffer.from(forged.buffer).write(digest, DIGEST_AT, 'latin1');
  return forged;
}
