/**
 * Event files as TensorBoard reads them: records of protocol-buffer messages, each with its length and two checksums.
 *
 *     record = uint64 length, masked CRC-32C of it, message, masked CRC-32C of it
 *
 * Source: TensorFlow's record_writer.cc, event.proto and summary.proto. Polynomial 0x1EDC6F41, as in RFC 3720.
 */

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

function maskedChecksum(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = table[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  crc = ~crc >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** One record around a message. */
export function encodeRecord(message: Uint8Array): Uint8Array {
  const record = Buffer.alloc(message.length + 16);
  record.writeBigUInt64LE(BigInt(message.length), 0);
  record.writeUInt32LE(maskedChecksum(record.subarray(0, 8)), 8);
  record.set(message, 12);
  record.writeUInt32LE(maskedChecksum(message), 12 + message.length);
  return record;
}

export interface Histogram {
  readonly min: number;
  readonly max: number;
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  /** Upper ends of the buckets, and how many values each holds. */
  readonly limits: readonly number[];
  readonly counts: readonly number[];
}

export type Summary = { readonly tag: string } & ({ readonly scalar: number } | { readonly histogram: Histogram });

/** The first message of a file. */
export function encodeVersion(seconds: number): Uint8Array {
  return Buffer.concat([double(1, seconds), text(3, 'brain.Event:2')]);
}

/** What was measured at a step. */
export function encodeEvent(seconds: number, step: number, summaries: readonly Summary[]): Uint8Array {
  const values = summaries.map((summary) => {
    const value = 'scalar' in summary ? float(2, summary.scalar) : bytes(5, encodeHistogram(summary.histogram));
    return bytes(1, Buffer.concat([text(1, summary.tag), value]));
  });
  return Buffer.concat([double(1, seconds), key(2, 0), varint(step), bytes(5, Buffer.concat(values))]);
}

function encodeHistogram({ min, max, count, sum, sumOfSquares, limits, counts }: Histogram): Uint8Array {
  return Buffer.concat([
    ...[min, max, count, sum, sumOfSquares].map((value, i) => double(i + 1, value)),
    bytes(6, Buffer.concat(limits.map(plainDouble))),
    bytes(7, Buffer.concat(counts.map(plainDouble))),
  ]);
}

/** Values in buckets of equal width. */
export function histogramOf(values: ArrayLike<number>, buckets = 30): Histogram {
  let [min, max, sum, sumOfSquares] = [Infinity, -Infinity, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    sumOfSquares += value * value;
  }
  const width = (max - min) / buckets || 1;
  const counts = new Array<number>(buckets).fill(0);
  for (let i = 0; i < values.length; i++) counts[Math.min(buckets - 1, Math.floor((values[i] - min) / width))]++;
  const limits = counts.map((_, i) => (i === buckets - 1 && max > min ? max : min + (i + 1) * width));
  return { min, max, count: values.length, sum, sumOfSquares, limits, counts };
}

function key(field: number, wire: number): Buffer {
  return Buffer.of((field << 3) | wire);
}

function varint(value: number): Buffer {
  const parts: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...parts, rest]);
    parts.push((rest % 128) + 128);
  }
}

function bytes(field: number, content: Uint8Array): Buffer {
  return Buffer.concat([key(field, 2), varint(content.length), content]);
}

function text(field: number, content: string): Buffer {
  return bytes(field, Buffer.from(content));
}

function plainDouble(value: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeDoubleLE(value);
  return buffer;
}

function double(field: number, value: number): Buffer {
  return Buffer.concat([key(field, 1), plainDouble(value)]);
}

function float(field: number, value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeFloatLE(value);
  return Buffer.concat([key(field, 5), buffer]);
}
