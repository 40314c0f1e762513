import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FormatError, OptionError, ShapeError } from '../../lib/core/errors.js';
import { decodeSafetensors, encodeSafetensors } from '../../lib/core/safetensors.js';
import type { DecodeSafetensorsOptions, SafetensorsTensor } from '../../lib/core/safetensors.js';
import { thrownBy } from '../support/errors.js';

/** A file with this header and this many bytes of data; `length` overrides what the first eight bytes say. */
function file(header: string | Uint8Array, dataBytes = 0, length?: bigint): Uint8Array {
  const text = typeof header === 'string' ? Buffer.from(header) : header;
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

/** An entry of four float32 unless told otherwise. */
function entry(shape = '[4]', offsets = '[0,16]', dtype = '"F32"'): string {
  return `{"dtype":${dtype},"shape":${shape},"data_offsets":${offsets}}`;
}

const good = `{"a":${entry()}}`;

const hostile: [what: string, bytes: Uint8Array, says: RegExp, options?: DecodeSafetensorsOptions][] = [
  ['no bytes', new Uint8Array(0), /0 bytes long/],
  ['seven bytes', new Uint8Array(7), /7 bytes long/],
  ['header length 0', file(good, 16, 0n), /header of 0 bytes/],
  ['header length 1', file(good, 16, 1n), /header of 1 bytes/],
  ['header length 7', file(good, 16, 7n), /expected/],
  ['header length 8', file(good, 16, 8n), /expected/],
  ['header length 2^53', file(good, 16, 2n ** 53n), /more than the 8388608 allowed/],
  ['header length 2^63', file(good, 16, 2n ** 63n), /more than the 8388608 allowed/],
  ['header length 2^64 - 1', file(good, 16, 2n ** 64n - 1n), /more than the 8388608 allowed/],
  ['header over the cap given', file(good, 16), /more than the 10 allowed/, { maxHeaderBytes: 10 }],
  ['header one byte past the end', file(good, 0, BigInt(good.length + 1)), /bytes long/],
  ['a header that is a list', file('[]'), /begin with/],
  ['a header that begins with a space', file(` ${good}`, 16), /begin with/],
  ['a header that begins with a byte order mark', file(`\ufeff${good}`, 16), /begin with/],
  ['bad UTF-8 in a name', file(Buffer.from(good.replace('a', 'é'), 'latin1'), 16), /UTF-8/],
  ['an overlong UTF-8 sequence', file(Buffer.concat([Buffer.from('{"'), Uint8Array.of(0xc0, 0x80)])), /UTF-8/],
  ['a header that ends early', file(good.slice(0, -1), 16), /expected "," or "}"/],
  ['text after the closing brace', file(`${good}{}`, 16), /after the closing brace/],
  ['a zero byte for padding', file(`${good}\0`, 16), /after the closing brace/],
  ['a trailing comma', file(`{"a":${entry()},}`, 16), /expected a string/],
  ['a missing colon', file(`{"a" ${entry()}}`, 16), /expected ":"/],
  ['a comment', file(`{/**/"a":${entry()}}`, 16), /expected a string/],
  ['an entry that is null', file('{"a":null}'), /expected an object/],
  ['an entry that is a list', file('{"a":[]}'), /expected an object/],
  ['deep nesting', file('{"a":' + '['.repeat(100_000)), /expected an object/],
  ['a name with a line break', file(`{"a\n":${entry()}}`, 16), /control character/],
  ['a name that never ends', file('{"a'), /closing quote/],
  ['an unknown escape', file(`{"\\x61":${entry()}}`, 16), /escape/],
  ['an escape that is cut off', file('{"\\u00'), /closing quote/],
  ['half a surrogate pair', file(`{"\\ud800":${entry()}}`, 16), /surrogate/],
  ['a duplicate name', file(`{"a":${entry()},"a":${entry()}}`, 16), /"a" stands there twice/],
  ['a duplicate name, escaped', file(`{"a":${entry()},"\\u0061":${entry()}}`, 16), /"a" stands there twice/],
  ['a duplicate key in an entry', file(`{"a":{"dtype":"F32",${entry().slice(1)}}`, 16), /"dtype" of "a" stands/],
  ['metadata twice', file(`{"__metadata__":{},"__metadata__":{},"a":${entry()}}`, 16), /stands there twice/],
  ['a metadata key twice', file('{"__metadata__":{"k":"1","\\u006b":"2"}}'), /"k" stands there twice/],
  ['an unknown key in an entry', file(`{"a":{"code":"x",${entry().slice(1)}}`, 16), /unknown key "code" of "a"/],
  ['__proto__ as a key in an entry', file(`{"a":{"__proto__":{},${entry().slice(1)}}`, 16), /unknown key "__proto__"/],
  ['an entry without dtype', file('{"a":{"shape":[4],"data_offsets":[0,16]}}', 16), /expected dtype/],
  ['an entry without shape', file('{"a":{"dtype":"F32","data_offsets":[0,16]}}', 16), /expected dtype/],
  ['an entry without offsets', file('{"a":{"dtype":"F32","shape":[4]}}', 16), /expected dtype/],
  ['one offset', file(`{"a":${entry('[4]', '[16]')}}`, 16), /two data_offsets/],
  ['three offsets', file(`{"a":${entry('[4]', '[0,16,16]')}}`, 16), /more than 2 numbers/],
  ['nine dimensions', file(`{"a":${entry('[1,1,1,1,1,1,1,1,4]')}}`, 16), /more than 8 numbers/],
  ['a negative dimension', file(`{"a":${entry('[-4]')}}`, 16), /whole number/],
  ['two negative dimensions', file(`{"a":${entry('[-2,-2]')}}`, 16), /whole number/],
  ['minus zero', file(`{"a":${entry('[-0]')}}`, 16), /whole number/],
  ['a fraction', file(`{"a":${entry('[0.5]')}}`, 16), /expected "," or "\]"/],
  ['1e309', file(`{"a":${entry('[1e309]')}}`, 16), /expected "," or "\]"/],
  ['2^53 + 1', file(`{"a":${entry('[9007199254740993]')}}`, 16), /2\^53/],
  ['thirty digits', file(`{"a":${entry('[100000000000000000000000000004]')}}`, 16), /2\^53/],
  ['a leading zero', file(`{"a":${entry('[04]')}}`, 16), /whole number/],
  ['a dimension as text', file(`{"a":${entry('["4"]')}}`, 16), /whole number/],
  ['a product that wraps to 4', file(`{"a":${entry('[4294967296,4294967296,4]')}}`, 16), /takes .* bytes/],
  ['a product that wraps in 53 bits', file(`{"a":${entry('[9007199254740991,9007199254740991]')}}`, 16), /takes/],
  ['a shape too small for its range', file(`{"a":${entry('[3]')}}`, 16), /takes 12 bytes/],
  ['a shape too large for its range', file(`{"a":${entry('[5]')}}`, 16), /takes 20 bytes/],
  ['no elements', file(`{"a":${entry('[0]', '[0,0]')}}`), /no elements/],
  ['no elements over a range', file(`{"a":${entry('[0,4]')}}`, 16), /no elements/],
  ['a range used again by an empty tensor', file(`{"a":${entry()},"b":${entry('[0]', '[8,8]')}}`, 16), /no elements/],
  ['offsets swapped', file(`{"a":${entry('[4]', '[16,0]')}}`, 16), /16 to 0/],
  ['offsets past the end', file(`{"a":${entry('[4]', '[8,24]')}}`, 16), /8 to 24 of 16/],
  ['data cut off', file(good, 15), /0 to 16 of 15/],
  [
    'overlapping tensors',
    file(`{"a":${entry()},"b":${entry('[4]', '[8,24]')}}`, 24),
    /"b" begins at byte 8, expected 16/,
  ],
  ['one range for two tensors', file(`{"a":${entry()},"b":${entry()}}`, 16), /"b" begins at byte 0, expected 16/],
  ['a hole between tensors', file(`{"a":${entry()},"b":${entry('[4]', '[20,36]')}}`, 36), /begins at byte 20/],
  ['a hole at the start', file(`{"a":${entry('[4]', '[4,20]')}}`, 20), /begins at byte 4, expected 0/],
  ['trailing bytes', file(good, 17), /1 bytes after the last tensor/],
  ['bytes without a tensor', file('{}', 3), /3 bytes after/],
  ['an unknown dtype', file(`{"a":${entry('[4]', '[0,16]', '"F31"')}}`, 16), /dtype "F31"/],
  ['a dtype of Object.prototype', file(`{"a":${entry('[4]', '[0,16]', '"constructor"')}}`, 16), /dtype "constructor"/],
  ['a dtype that is a number', file(`{"a":${entry('[4]', '[0,16]', '32')}}`, 16), /expected a string/],
  ['metadata that is a string', file('{"__metadata__":"x"}'), /expected an object for __metadata__/],
  ['a metadata value that is a number', file('{"__metadata__":{"k":1}}'), /expected a string/],
  ['a metadata value that is an object', file('{"__metadata__":{"k":{}}}'), /expected a string/],
  [
    'more tensors than allowed',
    file(`{"a":${entry('[1]', '[0,4]')},"b":${entry('[1]', '[4,8]')}}`, 8),
    /more than 1 t/,
    { maxTensors: 1 },
  ],
  ['more metadata than allowed', file('{"__metadata__":{"a":"","b":""}}'), /more than 1 metadata/, { maxTensors: 1 }],
];

describe('decodeSafetensors', () => {
  it.each(hostile)('refuses %s', (_, bytes, says, options) => {
    const error = thrownBy(() => decodeSafetensors(bytes, options));
    expect(error).toBeInstanceOf(FormatError);
    expect(error.code).toBe('ERR_FORMAT');
    expect(error.message).toMatch(says);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('refuses 10,001 tensors by default', () => {
    const entries = Array.from({ length: 10_001 }, (_, i) => `"${i}":${entry('[1]', `[${4 * i},${4 * i + 4}]`)}`);
    const error = thrownBy(() => decodeSafetensors(file(`{${entries.join(',')}}`, 4 * 10_001)));
    expect(error.message).toMatch(/more than 10000 tensors/);
    expect(
      decodeSafetensors(
        file(
          `{${entries
            .slice(1)
            .join(',')
            .replaceAll(/\[(\d+),(\d+)\]/g, (_, a, b) => `[${a - 4},${b - 4}]`)}}`,
          40_000,
        ),
      ).tensors.size,
    ).toBe(10_000);
  });

  it('gives names of Object.prototype no power', () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
    const entries = names.map((name, i) => `"${name}":${entry('[1]', `[${4 * i},${4 * i + 4}]`)}`);
    const { tensors, metadata } = decodeSafetensors(
      file(`{"__metadata__":{"__proto__":"x"},${entries.join(',')}}`, 16),
    );
    expect([...tensors.keys()]).toEqual(names);
    expect(metadata.get('__proto__')).toBe('x');
    expect(({} as Record<string, unknown>).x).toBeUndefined();
    const again = decodeSafetensors(encodeSafetensors(tensors, metadata));
    expect(again.tensors).toEqual(tensors);
    expect(again.metadata).toEqual(metadata);
  });

  it('reads what other writers write: any order of keys, spaces, escapes, unaligned data', () => {
    const header =
      '{ "w\\u0031" : {"data_offsets": [1, 5],\n"dtype":"F32", "shape":[] }, "b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}  ';
    const bytes = file(header, 5);
    new DataView(bytes.buffer).setFloat32(8 + header.length + 1, 1.5, true);
    const { tensors } = decodeSafetensors(bytes);
    expect(tensors.get('w1')).toEqual({ dtype: 'F32', shape: [], data: Float32Array.of(1.5) });
  });

  it('honours the offset of a view and does not share its memory', () => {
    const encoded = encodeSafetensors({ a: { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) } });
    const larger = new Uint8Array(encoded.length + 13).fill(0xff);
    larger.set(encoded, 5);
    const { tensors } = decodeSafetensors(larger.subarray(5, 5 + encoded.length));
    larger.fill(0);
    expect(tensors.get('a')!.data).toEqual(Float32Array.of(1, 2));
  });

  const patterns = [
    0x7fc00000, 0x7f800001, 0xffc00000, 0xff800001, 0x7fffffff, 0xffffffff, 0x7fa00000, 0xffa00000, 0x7f800000,
    0xff800000,
  ];
  it.each(
    patterns.flatMap((bits) => [
      [bits, 0],
      [bits, 2],
    ]),
  )('finds the bits %i at index %i, if asked', (bits, index) => {
    const data = Float32Array.of(1, 2, 3);
    new Uint32Array(data.buffer)[index] = bits;
    const bytes = encodeSafetensors({
      fine: { dtype: 'U8', shape: [1], data: Uint8Array.of(1) },
      kernel: { dtype: 'F32', shape: [3], data },
    });
    expect(thrownBy(() => decodeSafetensors(bytes, { finite: true })).message).toMatch(
      new RegExp(`"kernel" holds -?(NaN|Infinity) at index ${index}`),
    );
    expect(new Uint32Array(decodeSafetensors(bytes).tensors.get('kernel')!.data.buffer)[index]).toBe(bits);
  });

  it('refuses wrong arguments', () => {
    expect(thrownBy(() => decodeSafetensors('x' as never))).toBeInstanceOf(OptionError);
    expect(thrownBy(() => decodeSafetensors(file(good, 16), { maxTensor: 1 } as never)).message).toMatch(
      /mean maxTensors/,
    );
    expect(thrownBy(() => decodeSafetensors(file(good, 16), { maxTensors: -1 }))).toBeInstanceOf(OptionError);
  });
});

describe('encodeSafetensors', () => {
  it('writes what it reads, whatever the tensors', () => {
    const shape = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 });
    const tensor = fc
      .tuple(shape, fc.constantFrom('F32', 'F64', 'I32', 'I64', 'U8'), fc.integer())
      .map(([shape, dtype, seed]) => {
        const count = shape.reduce((a, b) => a * b, 1);
        const arrays = { F32: Float32Array, F64: Float64Array, I32: Int32Array, U8: Uint8Array };
        const data =
          dtype === 'I64'
            ? BigInt64Array.from({ length: count }, (_, i) => BigInt(seed) * BigInt(i))
            : arrays[dtype as 'F32'].from({ length: count }, (_, i) => seed / (i + 1));
        return { dtype, shape, data } as SafetensorsTensor;
      });
    const name = fc.string({ unit: 'grapheme' }).filter((text) => text !== '__metadata__');
    const entries = fc.uniqueArray(fc.tuple(name, tensor), { selector: ([name]) => name, maxLength: 6 });
    const metadata = fc.uniqueArray(fc.tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })), {
      selector: ([key]) => key,
      maxLength: 4,
    });
    fc.assert(
      fc.property(entries, metadata, (entries, metadata) => {
        const bytes = encodeSafetensors(new Map(entries), new Map(metadata));
        const decoded = decodeSafetensors(bytes);
        expect(new Map([...decoded.tensors].sort())).toEqual(new Map([...entries].sort()));
        expect(decoded.metadata).toEqual(new Map(metadata));
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  it('aligns every tensor to its item size', () => {
    const bytes = encodeSafetensors({
      u: { dtype: 'U8', shape: [3], data: Uint8Array.of(1, 2, 3) },
      f: { dtype: 'F32', shape: [1], data: Float32Array.of(1) },
      d: { dtype: 'F64', shape: [1], data: Float64Array.of(1) },
    });
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    const header = JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString()) as Record<
      string,
      { data_offsets: number[] }
    >;
    expect([header.d, header.f, header.u].map((entry) => entry.data_offsets)).toEqual([
      [0, 8],
      [8, 12],
      [12, 15],
    ]);
  });

  it('writes the values of a view, not of its buffer', () => {
    const data = Float32Array.of(9, 1, 2, 9).subarray(1, 3);
    const { tensors } = decodeSafetensors(encodeSafetensors({ a: { dtype: 'F32', shape: [2], data } }));
    expect(tensors.get('a')!.data).toEqual(Float32Array.of(1, 2));
  });

  it('refuses what cannot be written', () => {
    const data = Float32Array.of(1, 2);
    const encode = (tensor: unknown, name = 'a') =>
      thrownBy(() => encodeSafetensors({ [name]: tensor as SafetensorsTensor }));
    expect(encode({ dtype: 'F32', shape: [3], data })).toBeInstanceOf(ShapeError);
    expect(encode({ dtype: 'F32', shape: [0], data: new Float32Array(0) })).toBeInstanceOf(OptionError);
    expect(encode({ dtype: 'F16', shape: [2], data }).message).toMatch(/dtype of tensor "a"/);
    expect(encode({ dtype: 'F64', shape: [2], data }).message).toMatch(/Expected a Float64Array/);
    expect(encode({ dtype: 'F32', shape: [2], data, extra: 1 }).message).toMatch(/Unknown option extra/);
    expect(encode({ dtype: 'F32', shape: [2], data }, '__metadata__')).toBeInstanceOf(OptionError);
    expect(encode({ dtype: 'F32', shape: [2], data }, '\ud800')).toBeInstanceOf(OptionError);
    expect(thrownBy(() => encodeSafetensors({}, { version: 1 as never })).message).toMatch(
      /a string for metadata "version"/,
    );
  });
});
