import { BlasnetError } from '../../lib/core/errors.js';

/** The error that a call throws, which must be one of ours; its text is what a test then asks about. */
export function thrownBy(call: () => unknown): BlasnetError {
  try {
    call();
  } catch (error) {
    if (error instanceof BlasnetError) return error;
    throw error;
  }
  throw new Error('Expected an error, none was thrown');
}

/** The error that a promise rejects with, which must be one of ours. */
export async function rejectionOf(promise: Promise<unknown>): Promise<BlasnetError> {
  return promise.then(
    () => {
      throw new Error('Expected a rejection, the promise was fulfilled');
    },
    (error: unknown) => {
      if (error instanceof BlasnetError) return error;
      throw error;
    },
  );
}
