import { types } from 'node:util';
import { expected } from '../core/checks.js';
import { DataError, OptionError, ShapeError } from '../core/errors.js';
import { firstNonFinite } from '../core/numbers.js';

/** Samples that wait for their predictions. */
export interface Request {
  readonly samples: Float32Array;
  readonly rows: number;
  readonly resolve: (predictions: Float32Array) => void;
  readonly reject: (reason: unknown) => void;
}

/** A copy of a caller's samples as float32, `[rows, inputs]`, of 1 to `most` rows. */
export function checkSamples(samples: unknown, inputs: number, most: number): Float32Array {
  if (!Array.isArray(samples) && !(types.isTypedArray(samples) && !types.isBigInt64Array(samples))) {
    throw new OptionError('ERR_OPTION_TYPE', expected('an array of numbers', 'samples', samples));
  }
  const values = samples as ArrayLike<unknown>;
  const rows = values.length / inputs;
  if (!Number.isInteger(rows) || rows < 1 || rows > most) {
    throw new ShapeError(
      `Expected ${inputs} numbers per sample and 1 to ${most} samples, received ${values.length} numbers`,
    );
  }
  const copy = new Float32Array(values.length);
  for (let i = 0; i < copy.length; i++) {
    const value = values[i];
    copy[i] = typeof value === 'number' ? value : NaN;
  }
  // As the network will see it: what is too large for float32 is infinite by now.
  const bad = firstNonFinite(copy);
  if (bad >= 0) {
    const message = expected('a finite number (in float32)', `samples[${bad}]`, values[bad]);
    throw new DataError('ERR_DATA_NON_FINITE', message);
  }
  return copy;
}

/** The samples of all requests, one behind the other. */
export function together(batch: readonly Request[], length: number): Float32Array {
  const samples = new Float32Array(length);
  let at = 0;
  for (const request of batch) {
    samples.set(request.samples, at);
    at += request.samples.length;
  }
  return samples;
}

/** Gives every request its part of the predictions of all. */
export function answer(batch: readonly Request[], predictions: Float32Array, outputs: number): void {
  let at = 0;
  for (const { rows, resolve } of batch) resolve(predictions.slice(at, (at += rows * outputs)));
}
