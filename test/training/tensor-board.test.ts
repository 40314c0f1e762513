import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { dense, Network, tensorBoard } from '../../lib/index.js';
import { rejectionOf } from '../support/errors.js';
import { blobs } from '../support/networks.js';

const folder = mkdtempSync(join(tmpdir(), 'blasnet-tensorboard-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** CRC-32C bit by bit, most significant first on reflected input: another way than the library's table. */
function crc32c(bytes: Uint8Array): number {
  const reflect = (value: number, width: number) => {
    let result = 0n;
    for (let bit = 0; bit < width; bit++) if ((value >>> bit) & 1) result |= 1n << BigInt(width - 1 - bit);
    return result;
  };
  let crc = 0xffffffffn;
  for (const byte of bytes) {
    crc ^= reflect(byte, 8) << 24n;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000n ? ((crc << 1n) ^ 0x1edc6f41n) & 0xffffffffn : crc << 1n;
  }
  return Number(reflect(Number(crc), 32) ^ 0xffffffffn);
}

function unmask(masked: number): number {
  const rotated = (masked - 0xa282ead8) >>> 0;
  return ((rotated >>> 17) | (rotated << 15)) >>> 0;
}

it('has a check of its own that knows the published vector', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
});

type Field = number | Buffer;

/** The fields of a protocol-buffer message by number. */
function parse(message: Buffer): Map<number, Field[]> {
  const fields = new Map<number, Field[]>();
  let at = 0;
  const varint = () => {
    let [value, scale] = [0, 1];
    for (;;) {
      const byte = message[at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  };
  while (at < message.length) {
    const key = varint();
    let value: Field;
    if ((key & 7) === 0) value = varint();
    else if ((key & 7) === 1) [value, at] = [message.readDoubleLE(at), at + 8];
    else if ((key & 7) === 5) [value, at] = [message.readFloatLE(at), at + 4];
    else {
      const length = varint();
      [value, at] = [message.subarray(at, at + length), at + length];
    }
    fields.set(key >> 3, [...(fields.get(key >> 3) ?? []), value]);
  }
  return fields;
}

function readRecords(path: string): Buffer[] {
  const bytes = readFileSync(path);
  const records: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = Number(bytes.readBigUInt64LE(at));
    expect(unmask(bytes.readUInt32LE(at + 8))).toBe(crc32c(bytes.subarray(at, at + 8)));
    const message = bytes.subarray(at + 12, at + 12 + length);
    expect(unmask(bytes.readUInt32LE(at + 12 + length))).toBe(crc32c(message));
    records.push(message);
    at += length + 16;
  }
  return records;
}

it('event files hold scalars and histograms, with lengths and checksums in order', async () => {
  const logs = join(folder, 'logs');
  const network = new Network({ inputs: 4, layers: [dense(5), dense(3)], seed: 1 });
  const data = blobs(60, 4, 3);
  const callbacks = [tensorBoard(logs, { histogramInterval: 2, stepInterval: 3 })];
  const { epochs, stepLoss } = await network.fit(data, {
    epochs: 2,
    batchSize: 10,
    validation: data,
    metrics: ['f1'],
    callbacks,
  });
  const [name, ...others] = readdirSync(logs);
  expect(others).toEqual([]);
  expect(name).toMatch(/^events\.out\.tfevents\.\d{10}\./);
  const [version, ...events] = readRecords(join(logs, name)).map(parse);
  expect(String(version.get(3)?.[0])).toBe('brain.Event:2');
  const scalars: [string, number, number][] = [];
  const histograms = new Map<string, Map<number, Field[]>>();
  for (const event of events) {
    expect(Math.abs((event.get(1)![0] as number) - Date.now() / 1000)).toBeLessThan(60);
    const step = event.get(2)![0] as number;
    for (const value of parse(event.get(5)![0] as Buffer).get(1)!) {
      const fields = parse(value as Buffer);
      const tag = String(fields.get(1)![0]);
      if (fields.has(2)) scalars.push([tag, step, fields.get(2)![0] as number]);
      else histograms.set(`${tag} ${step}`, parse(fields.get(5)![0] as Buffer));
    }
  }
  const of = (wanted: string) => scalars.filter(([tag]) => tag === wanted).map(([, step, value]) => [step, value]);
  expect(of('valLoss')).toEqual(epochs.map(({ epoch, valLoss }) => [epoch, Math.fround(valLoss!)]));
  expect(of('valF1')).toEqual(epochs.map(({ epoch, valMetrics }) => [epoch, Math.fround(valMetrics!.f1!.macro)]));
  expect(of('step/loss')).toEqual([3, 6, 9, 12].map((step) => [step, Math.fround(stepLoss[step - 1])]));
  expect([...histograms.keys()].sort()).toEqual(network.parameterNames.map((parameter) => `${parameter} 2`).sort());
  const kernel = network.readParameter('dense1.kernel');
  const found = histograms.get('dense1.kernel 2')!;
  const doubles = (field: number) => {
    const packed = found.get(field)![0] as Buffer;
    return Array.from({ length: packed.length / 8 }, (_, i) => packed.readDoubleLE(8 * i));
  };
  expect(found.get(1)).toEqual([Math.min(...kernel)]);
  expect(found.get(2)).toEqual([Math.max(...kernel)]);
  expect(found.get(3)).toEqual([20]);
  const [limits, counts] = [doubles(6), doubles(7)];
  expect(limits.at(-1)).toBe(Math.max(...kernel));
  limits.forEach((limit, i) => {
    const below = counts.slice(0, i + 1).reduce((a, b) => a + b);
    expect(Math.abs(below - kernel.filter((value) => value <= limit).length)).toBeLessThanOrEqual(1);
  });
  expect(counts.reduce((a, b) => a + b)).toBe(20);
});

it('a folder that cannot be made ends the fit with a typed error', async () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const network = new Network({ inputs: 4, layers: [dense(3)] });
  const fit = network.fit(blobs(20, 4, 3), { callbacks: [tensorBoard(join(file, 'logs'))] });
  expect((await rejectionOf(fit.then())).code).toBe('ERR_FILE_WRITE');
});
