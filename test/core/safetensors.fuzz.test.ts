import { expect, it } from 'vitest';
import { FormatError } from '../../lib/core/errors.js';
import { decodeSafetensors, encodeSafetensors } from '../../lib/core/safetensors.js';
import { Mutator } from '../support/mutator.js';

const seeds = [
  encodeSafetensors({ w: { dtype: 'F32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) } }),
  encodeSafetensors(
    {
      a: { dtype: 'U8', shape: [3], data: Uint8Array.of(1, 2, 3) },
      'b"': { dtype: 'I64', shape: [], data: BigInt64Array.of(5n) },
    },
    { version: '1', __proto: '\n' },
  ),
  encodeSafetensors({}, { only: 'metadata' }),
];

it('answers 1,000,000 mutated files with tensors or a FormatError', { timeout: 120_000 }, () => {
  const mutator = new Mutator(20260701, seeds);
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0; // a stack costs more than reading the file
  let accepted = 0;
  try {
    for (let run = 0; run < 1_000_000; run++) {
      const bytes = mutator.next();
      try {
        const { tensors } = decodeSafetensors(bytes);
        accepted++;
        for (const [name, { shape, data }] of tensors) {
          if (data.length !== shape.reduce((a, b) => a * b, 1)) throw new Error(`${name} does not fill its shape`);
        }
        if (accepted % 16 === 0) {
          const again = decodeSafetensors(encodeSafetensors(tensors)).tensors;
          if (again.size !== tensors.size) throw new Error('lost a tensor');
        }
      } catch (error) {
        if (!(error instanceof FormatError)) {
          throw new Error(`run ${run}: ${String(error)} on ${Buffer.from(bytes).toString('base64')}`, { cause: error });
        }
      }
    }
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  expect(accepted).toBeGreaterThan(1000); // mutations of numbers and text leave some files good
  expect(Object.keys(Object.prototype)).toEqual([]);
});
