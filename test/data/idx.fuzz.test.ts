import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FormatError } from '../../lib/core/errors.js';
import { readIdx } from '../../lib/data/index.js';
import { Mutator } from '../support/mutator.js';
import { idxFile } from '../support/idx.js';

const plain = [
  idxFile(8, [2, 2, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
  idxFile(8, [5], [0, 1, 2, 3, 4]),
  idxFile(13, [2], [0x3f, 0x80, 0, 0, 0xff, 0xc0, 0, 0]),
  idxFile(11, [1, 2], [1, 2, 3, 4]),
];

describe('readIdx', () => {
  const { stackTraceLimit } = Error;
  beforeAll(() => {
    Error.stackTraceLimit = 0; // a stack costs more than reading the file
  });
  afterAll(() => {
    Error.stackTraceLimit = stackTraceLimit;
  });

  /** Reads `runs` mutated files; returns how many of them were still good. */
  function fuzz(seeds: Uint8Array[], runs: number, seed: number): number {
    const mutator = new Mutator(seed, seeds);
    let accepted = 0;
    for (let run = 0; run < runs; run++) {
      const bytes = mutator.next();
      try {
        const { shape, values } = readIdx(bytes);
        accepted++;
        if (values.length !== shape.reduce((a, b) => a * b, 1)) throw new Error('values do not fill the shape');
      } catch (error) {
        if (!(error instanceof FormatError)) {
          throw new Error(`run ${run}: ${String(error)} on ${Buffer.from(bytes).toString('base64')}`, { cause: error });
        }
      }
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
    return accepted;
  }

  it('answers 1,000,000 mutated files with an array or a FormatError', { timeout: 120_000 }, () => {
    expect(fuzz(plain, 1_000_000, 20260702)).toBeGreaterThan(10_000);
  });

  it('answers 10,000 mutated gzipped files likewise', { timeout: 120_000 }, () => {
    expect(
      fuzz(
        plain.map((file) => new Uint8Array(gzipSync(file))),
        10_000,
        20260703,
      ),
    ).toBeGreaterThan(10);
  });
});
