import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { expected } from '../core/checks.js';
import { BlasnetError, CheckpointError, FormatError } from '../core/errors.js';
import { decodeSafetensors, encodeSafetensors, type Safetensors, type SafetensorsTensor } from '../core/safetensors.js';
import { BESIDE_THE_MODEL, modelParts, type Model } from '../network/index.js';

/**
 * A checkpoint file is a model file with more in it: tensors whose names begin with `@`, the metadata `fit` (JSON), and the
 * metadata `sha256`, which stands first in the header and is the digest of the file with 64 zeros in its place.
 */
const VERSION = 1;
const DIGEST_LENGTH = 64;
const NO_DIGEST = '0'.repeat(DIGEST_LENGTH);
const HEADER_START = '{"__metadata__":{"sha256":"';
/** Behind the eight bytes that say how long the header is. */
const DIGEST_AT = 8 + HEADER_START.length;
/** Bytes hashed before timers, sockets and everybody else get a turn: a few milliseconds. */
const BYTES_PER_TURN = 2 ** 23;

/** What a checkpoint holds besides the model. */
export interface CheckpointContent {
  /** Anything JSON can hold, and numbers that are not finite. */
  readonly fit: unknown;
  /** By name, without the mark. */
  readonly tensors: ReadonlyMap<string, SafetensorsTensor>;
}

/** The bytes of a checkpoint: everything as it is at the call. */
export async function encodeCheckpoint(model: Model, { fit, tensors }: CheckpointContent): Promise<Uint8Array> {
  const parts = modelParts(model);
  for (const [name, tensor] of tensors) parts.tensors.set(BESIDE_THE_MODEL + name, tensor);
  const text = JSON.stringify({ version: VERSION, ...(fit as object) }, nonFiniteToText);
  const bytes = encodeSafetensors(parts.tensors, { sha256: NO_DIGEST, ...parts.metadata, fit: text });
  Buffer.from(bytes.buffer).write(await digestOf(bytes), DIGEST_AT, 'latin1');
  return bytes;
}

/**
 * Reads a checkpoint that may be damaged.
 *
 * @throws CheckpointError `ERR_CHECKPOINT_CORRUPT` for one that is not as it was written, `ERR_CHECKPOINT_VERSION` for one
 *   of another format version, `ERR_CHECKPOINT_FOREIGN` for another kind of file
 */
export async function decodeCheckpoint(bytes: Uint8Array): Promise<{ file: Safetensors; content: CheckpointContent }> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const start = text.toString('latin1', 8, DIGEST_AT);
  const digest = text.toString('latin1', DIGEST_AT, DIGEST_AT + DIGEST_LENGTH);
  const marked = start === HEADER_START && /^[0-9a-f]{64}$/.test(digest);
  if (!marked || digest !== (await digestOf(bytes))) {
    if (!marked && isOtherFile(bytes))
      throw new CheckpointError('ERR_CHECKPOINT_FOREIGN', 'It is no checkpoint of blasnet');
    throw new CheckpointError('ERR_CHECKPOINT_CORRUPT', 'It is damaged: its SHA-256 is not that of its content');
  }
  const { file, fit } = contentOf(bytes);
  const { version } = fit as { version?: unknown };
  if (version !== VERSION) {
    const message = expected(`format version ${VERSION}`, 'the checkpoint', version);
    throw new CheckpointError('ERR_CHECKPOINT_VERSION', message);
  }
  const beside = [...file.tensors].filter(([name]) => name.startsWith(BESIDE_THE_MODEL));
  const tensors = new Map(beside.map(([name, tensor]) => [name.slice(BESIDE_THE_MODEL.length), tensor]));
  return { file, content: { fit, tensors } };
}

/** A digest that is right says that the file is as it was written; not that it was written by blasnet. */
function contentOf(bytes: Uint8Array): { file: Safetensors; fit: object } {
  try {
    const file = decodeSafetensors(bytes);
    const fit: unknown = JSON.parse(file.metadata.get('fit') ?? '{}', textToNonFinite);
    if (typeof fit !== 'object' || fit === null) throw new FormatError(expected('an object', 'the fit', fit));
    return { file, fit };
  } catch (error) {
    // Levels upon levels of brackets are too many for the parser's stack.
    const known = error instanceof FormatError || error instanceof SyntaxError || error instanceof RangeError;
    if (!known) throw error;
    const message = `It is no checkpoint that can be read: ${error.message}`;
    throw new CheckpointError('ERR_CHECKPOINT_CORRUPT', message, { cause: error });
  }
}

/** A safetensors file in order that somebody else wrote, such as a model. */
function isOtherFile(bytes: Uint8Array): boolean {
  try {
    return !decodeSafetensors(bytes).metadata.has('fit');
  } catch (error) {
    if (error instanceof BlasnetError) return false;
    throw error;
  }
}

/** SHA-256 of a file with zeros where its digest stands. */
async function digestOf(bytes: Uint8Array): Promise<string> {
  const hash = createHash('sha256');
  const behind = DIGEST_AT + DIGEST_LENGTH;
  hash.update(bytes.subarray(0, DIGEST_AT)).update(NO_DIGEST);
  for (let at = behind; at < bytes.length; at += BYTES_PER_TURN) {
    if (at > behind) await turn();
    hash.update(bytes.subarray(at, at + BYTES_PER_TURN));
  }
  return hash.digest('hex');
}

function nonFiniteToText(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? `#${value}` : value;
}

function textToNonFinite(_key: string, value: unknown): unknown {
  return value === '#NaN' || value === '#Infinity' || value === '#-Infinity'
    ? Number((value as string).slice(1))
    : value;
}
