import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeSafetensors } from '../../lib/core/safetensors.js';

/** The path of a file that test/interop/fixtures/make.py has made. */
export function fixture(name: string): string {
  return join(import.meta.dirname, '../interop/fixtures', name);
}

/** Samples, and what the library that a network comes from predicts for them. */
export function expectation(name: string): { samples: Float32Array; predictions: Float32Array } {
  const { tensors } = decodeSafetensors(readFileSync(fixture(`${name}.expected.safetensors`)));
  const read = (tensor: string) => tensors.get(tensor)!.data as Float32Array;
  return { samples: read('samples'), predictions: read('predictions') };
}
