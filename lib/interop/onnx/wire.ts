import { FormatError } from '../../core/errors.js';

/**
 * The wire format of protocol buffers, as far as ONNX needs it: fields of a number and a kind, whole numbers in groups of
 * seven bits, and everything else as bytes with their length before them.
 *
 * Source: https://protobuf.dev/programming-guides/encoding
 */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** Writes one message, field by field. */
export class MessageWriter {
  readonly #parts: Uint8Array[] = [];

  /** A whole number of at least -2⁵³; negative ones take ten bytes, as the format has them. */
  integer(field: number, value: number): this {
    this.#parts.push(varint(tag(field, VARINT)), varint(BigInt(value)));
    return this;
  }

  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    this.#parts.push(varint(tag(field, FIXED32)), bytes);
    return this;
  }

  bytes(field: number, value: Uint8Array): this {
    this.#parts.push(varint(tag(field, BYTES)), varint(BigInt(value.length)), value);
    return this;
  }

  text(field: number, value: string): this {
    return this.bytes(field, Buffer.from(value));
  }

  message(field: number, write: (inner: MessageWriter) => void): this {
    const inner = new MessageWriter();
    write(inner);
    return this.bytes(field, inner.finish());
  }

  finish(): Uint8Array {
    return Buffer.concat(this.#parts);
  }
}

function tag(field: number, kind: number): bigint {
  return BigInt(field * 8 + kind);
}

function varint(value: bigint): Uint8Array {
  let rest = BigInt.asUintN(64, value);
  const bytes: number[] = [];
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

/** A field as it was read: whole numbers as such, fixed ones and everything longer as their bytes. */
export type Field = bigint | Uint8Array;

/** Fields of one message by number, in order. Bytes are views: nothing is copied, whatever lengths a file declares. */
export type Fields = ReadonlyMap<number, readonly Field[]>;

/**
 * Takes a message apart.
 *
 * @throws FormatError for bytes that are no message
 */
export function readMessage(bytes: Uint8Array): Fields {
  const fields = new Map<number, Field[]>();
  let at = 0;
  const readVarint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (at >= bytes.length) throw broken('it ends within a number');
      const byte = bytes[at++];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw broken('a number is longer than 64 bits');
  };
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - at) throw broken('a field is longer than the message it stands in');
    return bytes.subarray(at, (at += length));
  };
  const readField = (kind: number): Field => {
    if (kind === VARINT) return readVarint();
    if (kind === BYTES) return take(Number(readVarint()));
    if (kind === FIXED32) return take(4);
    if (kind === FIXED64) return take(8);
    throw broken(`it has a field of the unknown kind ${kind}`);
  };
  while (at < bytes.length) {
    const key = Number(readVarint());
    const field = Math.floor(key / 8);
    const value = readField(key % 8);
    const known = fields.get(field);
    if (known === undefined) fields.set(field, [value]);
    else known.push(value);
  }
  return fields;
}

/** Whole numbers of a field, single or packed. */
export function integersOf(fields: Fields, field: number): number[] {
  return (fields.get(field) ?? []).flatMap((value) => (typeof value === 'bigint' ? [signed(value)] : unpack(value)));
}

export function integerOf(fields: Fields, field: number): number | undefined {
  return integersOf(fields, field).at(-1);
}

/** Float32 numbers of a field, single or packed. */
export function floatsOf(fields: Fields, field: number): number[] {
  return messagesOf(fields, field).flatMap((bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return Array.from({ length: Math.floor(bytes.length / 4) }, (_, place) => view.getFloat32(place * 4, true));
  });
}

/** Bytes of every occurrence of a field: messages, texts, raw data. */
export function messagesOf(fields: Fields, field: number): Uint8Array[] {
  return (fields.get(field) ?? []).map((value) => {
    if (typeof value === 'bigint') throw broken(`field ${field} holds a number where bytes belong`);
    return value;
  });
}

export function textOf(fields: Fields, field: number): string {
  const last = messagesOf(fields, field).at(-1);
  return last === undefined ? '' : decode(last);
}

export function textsOf(fields: Fields, field: number): string[] {
  return messagesOf(fields, field).map(decode);
}

function decode(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}

function unpack(bytes: Uint8Array): number[] {
  const numbers: number[] = [];
  let value = 0n;
  let shift = 0n;
  for (const byte of bytes) {
    value |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
    if (byte < 0x80) {
      numbers.push(signed(value));
      value = shift = 0n;
    }
    if (shift > 70n) throw broken('a number is longer than 64 bits');
  }
  return numbers;
}

function signed(value: bigint): number {
  return Number(BigInt.asIntN(64, value));
}

function broken(what: string): FormatError {
  return new FormatError(`Not an ONNX model: ${what}`);
}
