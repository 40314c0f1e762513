import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { csvRecords } from '../../lib/data/csv-records.js';
import { BlasnetError, readCsv, type CsvOptions, type Dataset } from '../../lib/index.js';

const read = (text: string, options?: CsvOptions): Promise<Dataset> => readCsv([text], options);
const rowsOf = ({ features, width }: Dataset) =>
  Array.from({ length: features.length / width }, (_, i) => Array.from(features.subarray(i * width, (i + 1) * width)));

async function fieldsOf(chunks: readonly string[], delimiter = ','): Promise<(readonly string[])[]> {
  const all: (readonly string[])[] = [];
  for await (const records of csvRecords('text', chunks, delimiter)) all.push(...records.map(({ fields }) => fields));
  return all;
}

describe('records', () => {
  it.each<[string, string, string[][]]>([
    [
      'line ends of all kinds',
      'a,b\r\n1,2\n3,4\r5,6',
      [
        ['a', 'b'],
        ['1', '2'],
        ['3', '4'],
        ['5', '6'],
      ],
    ],
    ['quotes', '"a,b","c""d","e\r\nf"\n', [['a,b', 'c"d', 'e\r\nf']]],
    ['empty fields and empty lines', '\na,\n\n,\n""\n', [['a', ''], ['', ''], ['']]],
    ['a byte order mark', '\ufeffa\n1', [['a'], ['1']]],
    ['other scripts', 'größe,🙂\n', [['größe', '🙂']]],
    ['nothing', '', []],
  ])('take %s', async (_name, text, wanted) => {
    expect(await fieldsOf([text])).toEqual(wanted);
    // However the stream is cut.
    expect(await fieldsOf(Array.from({ length: text.length }, (_, i) => text[i]))).toEqual(wanted);
  });

  it('give back whatever was written, quoted by the rules', async () => {
    const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', 'é') });
    const table = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(table, fc.nat(30), async (rows, cut) => {
        const text = rows.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(',')).join('\r\n');
        expect(await fieldsOf([text.slice(0, cut), text.slice(cut)])).toEqual(rows);
      }),
      { numRuns: 300, seed: 5 },
    );
  });
});

describe('readCsv', () => {
  let folder: string;
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'blasnet-csv-'))));
  afterAll(() => rm(folder, { recursive: true }));

  it('reads features, and classes by name', async () => {
    const path = join(folder, 'iris.csv');
    await writeFile(path, 'length,width,species\n5.1,3.5,setosa\n7,3.2,versicolor\n4.9,3,setosa\n');
    const iris = await readCsv(path, { label: 'species' });
    expect(rowsOf(iris)).toEqual([
      [Math.fround(5.1), 3.5],
      [7, Math.fround(3.2)],
      [Math.fround(4.9), 3],
    ]);
    expect([iris.classNames, Array.from(iris.labels ?? []), iris.name]).toEqual([
      ['setosa', 'versicolor'],
      [0, 1, 0],
      'iris.csv',
    ]);
  });

  it('reads classes by number, targets, and columns chosen', async () => {
    const text = 'id;y;a;b;class\nx;1.5;-2e3;.5;1\ny;2.5;+3;4.;0\n';
    const data = await read(text, { delimiter: ';', label: 4, targets: ['y'], ignore: ['id'] });
    expect(rowsOf(data)).toEqual([
      [-2000, 0.5],
      [3, 4],
    ]);
    expect([Array.from(data.targets ?? []), Array.from(data.labels ?? []), data.classNames]).toEqual([
      [1.5, 2.5],
      [1, 0],
      undefined,
    ]);
    expect(rowsOf(await read(text, { delimiter: ';', features: ['b', 1] }))).toEqual([
      [0.5, 1.5],
      [4, 2.5],
    ]);
    const named = await read('a,c\n1,0\n', { label: 'c', classNames: ['1', '0'] });
    expect([named.labels?.[0], named.classes]).toEqual([1, 2]);
    expect(rowsOf(await read('1,2\n3,4', { header: false }))).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('reads Node streams, of text and of bytes cut anywhere', async () => {
    const bytes = Buffer.from('größe,art\n1,ä\n2,ö\n');
    const pieces = Array.from(bytes, (_, i) => bytes.subarray(i, i + 1));
    for (const stream of [Readable.from(pieces), Readable.from([bytes.toString()])]) {
      expect((await readCsv(stream, { label: 'art' })).classNames).toEqual(['ä', 'ö']);
    }
  });

  it('reads more than fits a first guess', async () => {
    function* lines() {
      yield 'a,b\n';
      for (let i = 0; i < 5000; i++) yield `${i},${-i}\n`;
    }
    const data = await readCsv(lines());
    expect([data.length, Array.from(data.sample(4999))]).toEqual([5000, [4999, -4999]]);
  });

  it('never ends in anything but an error of ours, whatever it is given', async () => {
    const text = fc.string({
      unit: fc.constantFrom('1', '.', 'a', ',', '"', '\n', '\r', '-', 'e', ' '),
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(text, fc.boolean(), async (given, header) => {
        try {
          const data = await readCsv([given], { header });
          expect(data.features.every(Number.isFinite)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(BlasnetError);
        }
      }),
      { numRuns: 5000, seed: 6 },
    );
  });

  it.each<[string, () => unknown, string, RegExp]>([
    [
      'a missing value',
      () => read('a,b\n1,2\n\n3,\n'),
      'ERR_DATA_MISSING',
      /a number for column "b" of csv, line 4, received nothing/,
    ],
    ['a missing value behind a quoted line end', () => read('a,b\n"1\n",2\n3, \n'), 'ERR_DATA_MISSING', /line 4/],
    ['a missing label', () => read('a,b\n1,\n', { label: 'b' }), 'ERR_DATA_MISSING', /a label for column "b".*line 2/],
    ['text for a number', () => read('a,b\n1,x2\n'), 'ERR_DATA_NUMBER', /column "b" of csv, line 2, received "x2"/],
    ['NA', () => read('a\nNA\n'), 'ERR_DATA_NUMBER', /line 2/],
    ['hexadecimal', () => read('a\n0x10\n'), 'ERR_DATA_NUMBER', /0x10/],
    ['Infinity', () => read('a\nInfinity\n'), 'ERR_DATA_NUMBER', /Infinity/],
    ['a number too large for float32', () => read('a\n1e39\n'), 'ERR_DATA_NUMBER', /1e39/],
    ['a ragged line', () => read('a,b\n1,2\n1,2,3\n'), 'ERR_DATA_RAGGED', /2 fields in csv, line 3, received 3/],
    [
      'no label column',
      () => read('a,kind\n1,2\n', { label: 'kin' }),
      'ERR_OPTION_CHOICE',
      /"a", "kind".*did you mean "kind"/,
    ],
    ['a column by number', () => read('a\n1\n', { label: 1 }), 'ERR_OPTION_RANGE', /label, received 1/],
    ['a name twice', () => read('a,a\n1,2\n'), 'ERR_FORMAT', /"a" twice/],
    ['no records', () => read('a,b\n'), 'ERR_DATA_EMPTY', /at least one record/],
    ['nothing', () => read(''), 'ERR_DATA_EMPTY', /at least one record/],
    ['no features', () => read('a\n1\n', { label: 'a' }), 'ERR_DATA_EMPTY', /column of features/],
    ['an open quote', () => read('a\n1\n"2\n3\n'), 'ERR_FORMAT', /line 3: found a quote that is never closed/],
    ['a quote within', () => read('a\n1"\n'), 'ERR_FORMAT', /line 2: found a quote within/],
    ['text behind a quote', () => read('a\n"1"2\n'), 'ERR_FORMAT', /line 2: found "2" behind/],
    ['an endless field', () => read(`a\n"${'1'.repeat(2 ** 20 + 1)}`), 'ERR_FORMAT', /line 2.*million/],
    ['bytes that are no UTF-8', () => readCsv([Uint8Array.of(0x61, 0xff)]), 'ERR_FORMAT', /UTF-8/],
    ['a delimiter of two characters', () => read('a', { delimiter: ',,' }), 'ERR_OPTION_RANGE', /delimiter/],
    ['no source', () => readCsv(3 as never), 'ERR_OPTION_TYPE', /path or a stream/],
    ['pieces that are numbers', () => readCsv([3] as never), 'ERR_OPTION_TYPE', /piece of source, received 3/],
    ['a file that is not there', () => readCsv('/nowhere/a.csv'), 'ERR_FILE_MISSING', /nowhere/],
    ['a folder', () => readCsv(tmpdir()), 'ERR_FILE_READ', /Could not read/],
    ['an unknown option', () => read('a', { seperator: ';' } as never), 'ERR_OPTION_UNKNOWN', /seperator/],
  ])('refuses %s', async (_name, make, code, message) => {
    await expect(make()).rejects.toThrow(BlasnetError);
    await expect(make()).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
  });
});
