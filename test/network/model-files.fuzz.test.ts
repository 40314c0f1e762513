import { expect, it } from 'vitest';
import { FormatError } from '../../lib/core/errors.js';
import { activation, batchNorm, dense, dropout } from '../../lib/layers/index.js';
import { meanSquaredError } from '../../lib/losses/index.js';
import { decodeModel, encodeModel } from '../../lib/network/index.js';
import { reference32 } from '../support/engines.js';
import { Mutator } from '../support/mutator.js';
import { modelOn } from '../support/networks.js';

/** As small as models come: mutations should hit what is read, not bytes of weights. */
const seeds = [
  [dense(1)],
  [activation('relu'), dense(2, { bias: false })],
  [dropout(0.5), batchNorm()],
  [dense(2, { activation: 'tanh' })],
].map((layers, i) => {
  return encodeModel(
    modelOn(reference32.make(), { inputs: 1, layers, loss: i === 1 ? meanSquaredError() : undefined }),
  );
});

it('answers 1,000,000 mutated model files with a model or a FormatError', { timeout: 120_000 }, () => {
  const mutator = new Mutator(20260702, seeds);
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0; // a stack costs more than reading the file
  let accepted = 0;
  let built = 0;
  try {
    for (let run = 0; run < 1_000_000; run++) {
      const bytes = mutator.next();
      try {
        const { architecture, values } = decodeModel(bytes);
        accepted++;
        for (const { name, size } of architecture.parameters) {
          if (values.get(name)?.length !== size) throw new Error(`${name} does not fill its shape`);
        }
      } catch (error) {
        if (!(error instanceof FormatError)) {
          throw new Error(`run ${run}: ${String(error)} on ${Buffer.from(bytes).toString('base64')}`, { cause: error });
        }
        if (error.message.includes('cannot be built')) built++;
      }
    }
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  // Some stay good, and some get as far as the layers before they fail.
  expect(accepted).toBeGreaterThan(1000);
  expect(built).toBeGreaterThan(1000);
  expect(Object.keys(Object.prototype)).toEqual([]);
});
