import * as arrow from 'apache-arrow';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { readFileSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { arrowDataset, BlasnetError, numpyDataset, parquetDataset, readNpy, readNpz } from '../../lib/index.js';
import { rejectionOf, thrownBy } from '../support/errors.js';
import { fixture } from '../support/interop-fixtures.js';
import { Mutator } from '../support/mutator.js';

const read = (name: string) => readFileSync(fixture(name));

describe('NumPy', () => {
  it.each(['f4', 'f8', 'big-f4', 'u1', 'i2', 'i4', 'i8', 'b1'])('reads %s', (type) => {
    const { shape, values } = readNpy(read(`array-${type}.npy`));
    expect(shape).toEqual([2, 3]);
    expect([...values]).toEqual(type === 'b1' ? [0, 1, 1, 1, 1, 1] : [0, 1, 2, 3, 4, 5]);
  });

  it.each([
    ['array-fortran.npy', 'it is in Fortran order: save numpy.ascontiguousarray(array) instead'],
    ['array-object.npy', 'it holds Python objects (dtype object)'],
    ['array-f2.npy', 'its type is <f2, expected one of f4, f8'],
    ['torch-mlp.onnx', 'it does not begin as one'],
  ])('refuses %s', (name, message) => {
    const error = thrownBy(() => readNpy(read(name)));
    expect(error.message).toContain(message);
    expect(error.code).toBe('ERR_FORMAT');
  });

  it.each(['arrays.npz', 'arrays-compressed.npz'])('reads %s', (name) => {
    const arrays = readNpz(read(name));
    expect([...arrays.keys()].sort()).toEqual(['features', 'labels']);
    expect(arrays.get('features')?.shape).toEqual([4, 2]);
    expect([...(arrays.get('labels')?.values ?? [])]).toEqual([0, 1, 1, 0]);
  });

  it('makes data sets', async () => {
    const data = await numpyDataset({ archive: fixture('arrays.npz'), features: 'features', labels: 'labels' });
    expect([data.length, data.width, data.classes]).toEqual([4, 2, 2]);
    const bytes = await numpyDataset({ features: fixture('array-u1.npy'), targets: fixture('array-f8.npy') });
    expect(bytes.features).toBeInstanceOf(Uint8Array);
    expect(bytes.scale).toBe(1 / 255);
    expect([...bytes.targets!]).toEqual([0, 1, 2, 3, 4, 5]);
    // Truth is 1, not 1/255.
    const booleans = await numpyDataset({ features: fixture('array-b1.npy') });
    expect([[...booleans.features], booleans.scale]).toEqual([[0, 1, 1, 1, 1, 1], 1]);
    const wrong = numpyDataset({ features: fixture('array-u1.npy'), labels: read('array-f4.npy') });
    expect((await rejectionOf(wrong)).message).toContain('Expected 2 values, one per sample, for labels');
    const longer = Buffer.from(read('array-f4.npy'));
    longer.write('(3, 2)', longer.indexOf('(2, 3)'));
    expect((await rejectionOf(numpyDataset({ features: read('array-u1.npy'), labels: longer }))).message).toBe(
      'Expected 2 samples, as in the features, for labels, received 3',
    );
    const absent = numpyDataset({ archive: fixture('arrays.npz'), features: 'x' });
    expect((await rejectionOf(absent)).message).toBe(
      'There is no array "x" in the archive; there are: features, labels',
    );
    expect((await rejectionOf(numpyDataset({ features: '/nowhere.npy' }))).code).toBe('ERR_FILE_READ');
    expect((await rejectionOf(numpyDataset({} as never))).message).toContain(
      'Expected a path, bytes or a name for features',
    );
  });

  it('damaged files are errors of ours, and no bomb goes off', () => {
    const mutator = new Mutator(3, [read('arrays.npz'), read('arrays-compressed.npz')]);
    const single = new Mutator(4, [read('array-f4.npy'), read('array-i8.npy')]);
    for (let count = 0; count < 3000; count++) {
      for (const parse of [() => readNpz(mutator.next()), () => readNpy(single.next())]) {
        try {
          parse();
        } catch (error) {
          expect((error as { code?: string }).code, (error as Error).stack).toMatch(/^ERR_(FORMAT|OPTION_CHOICE)$/);
        }
      }
    }
    // A gigabyte of zeros under a directory that promises a few bytes.
    const bomb = Buffer.from(read('arrays-compressed.npz'));
    const zeros = deflateRawSync(Buffer.alloc(64 * 2 ** 20));
    const start = bomb.indexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    const grown = Buffer.concat([bomb.subarray(0, 30 + 12 + 20), zeros, bomb.subarray(start)]);
    expect(thrownBy(() => readNpz(grown)).code).toBe('ERR_FORMAT');
  });
});

const columns = { a: [1, 2, 3], b: [0.5, 1.5, 2.5], label: [0, 1, 0], name: ['x', 'y', 'z'] };
const choice = { features: ['a', 'b'], labels: 'label' };

describe('Parquet', () => {
  const file = new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: 'a', data: columns.a, type: 'INT32' },
        { name: 'b', data: columns.b, type: 'DOUBLE' },
        { name: 'label', data: columns.label.map(BigInt), type: 'INT64' },
        { name: 'name', data: columns.name, type: 'STRING' },
      ],
    }),
  );

  it('makes a data set of columns', async () => {
    const data = await parquetDataset(file, choice);
    expect([...data.features]).toEqual([1, 0.5, 2, 1.5, 3, 2.5]);
    expect([...data.labels!]).toEqual([0, 1, 0]);
    const named = await parquetDataset(file, { features: ['a'], labels: 'name' });
    expect([named.classNames, [...named.labels!]]).toEqual([
      ['x', 'y', 'z'],
      [0, 1, 2],
    ]);
    const regression = await parquetDataset(file, { features: ['a'], targets: ['b', 'a'], weights: 'b' });
    expect([...regression.targets!]).toEqual([0.5, 1, 1.5, 2, 2.5, 3]);
    expect([...regression.weights!]).toEqual([0.5, 1.5, 2.5]);
  });

  it('says what is wrong', async () => {
    const message = async (options: object, bytes = file) =>
      (await rejectionOf(parquetDataset(bytes, options as never))).message;
    expect(await message({ features: ['c'] })).toBe(
      'There is no column "c" in the table; there are: a, b, label, name',
    );
    expect(await message({ features: ['a', 'name'] })).toBe(
      'Expected a number for row 0 of the column name, received "x"',
    );
    expect(await message({ features: 'a' })).toBe('Expected an array of column names for features, received "a"');
    expect(await message({ columns: ['a'] })).toContain('Unknown option columns for parquetDataset');
    expect(await message(choice, file.slice(0, 40))).toContain('Not a Parquet file that can be read');
    expect((await rejectionOf(parquetDataset('/nowhere', choice))).code).toBe('ERR_FILE_READ');
  });

  it('damaged files are errors of ours', () => expectErrorsOfOurs(file, (bytes) => parquetDataset(bytes, choice)));
});

/** Reads a file damaged in many ways: a data set or an error of ours comes of each, and no error of a package's. */
async function expectErrorsOfOurs(file: Uint8Array, read: (bytes: Uint8Array) => Promise<unknown>): Promise<void> {
  const mutator = new Mutator(5, [Buffer.from(file)]);
  for (let count = 0; count < 500; count++) {
    await read(mutator.next()).catch((error: unknown) => {
      expect(error, (error as Error).stack).toBeInstanceOf(BlasnetError);
    });
  }
}

describe('Arrow', () => {
  const list = new arrow.List(new arrow.Field('item', new arrow.Float32()));
  const table = arrow.tableFromArrays({
    ...columns,
    a: Float32Array.from(columns.a),
    label: Int32Array.from(columns.label),
  });

  it('makes a data set of a table and of a file', async () => {
    for (const source of [table, arrow.tableToIPC(table, 'file'), arrow.tableToIPC(table, 'stream')]) {
      const data = await arrowDataset(source, choice);
      expect([...data.features]).toEqual([1, 0.5, 2, 1.5, 3, 2.5]);
      expect([...data.labels!]).toEqual([0, 1, 0]);
    }
  });

  it('takes lists as several features', async () => {
    const vectors = new arrow.Table({
      row: arrow.vectorFromArray(
        [
          [1, 2],
          [3, 4],
        ],
        list,
      ),
      y: arrow.vectorFromArray([0, 1]),
    });
    const data = await arrowDataset(vectors, { features: ['row'], labels: 'y' });
    expect([data.width, ...data.features]).toEqual([2, 1, 2, 3, 4]);
    const ragged = new arrow.Table({ row: arrow.vectorFromArray([[1, 2], [3]], list) });
    expect((await rejectionOf(arrowDataset(ragged as never, { features: ['row'] }))).message).toContain(
      'Expected 2 numbers in row 1 of the column row',
    );
  });

  it('says what is wrong', async () => {
    expect((await rejectionOf(arrowDataset(table as never, { features: ['name'] }))).code).toBe('ERR_DATA_TYPE');
    const hole = arrow.tableFromArrays({ a: [1, null, 3] });
    expect((await rejectionOf(arrowDataset(hole as never, { features: ['a'] }))).message).toBe(
      'Expected a number for row 1 of the column a, received null',
    );
    expect((await rejectionOf(arrowDataset(7 as never, choice))).message).toContain(
      'Expected a table, a path or a Uint8Array',
    );
    expect((await rejectionOf(arrowDataset(Buffer.from('no arrow file at all'), choice))).code).toMatch(
      /^ERR_(FORMAT|OPTION_CHOICE)$/,
    );
  });

  it('damaged files are errors of ours', async () => {
    const file = arrow.tableToIPC(table, 'file');
    await expectErrorsOfOurs(file, (bytes) => arrowDataset(bytes, { features: ['a', 'b'] }));
  });

  it('makes no room for rows that a file cannot hold', async () => {
    // The length stands in the file twice: in its batch, and in that of each column.
    const rows = 777;
    const file = Buffer.from(arrow.tableToIPC(arrow.tableFromArrays({ a: new Float32Array(rows) }), 'file'));
    const length = Buffer.alloc(8);
    length.writeBigInt64LE(BigInt(rows));
    const huge = Buffer.alloc(8);
    huge.writeBigInt64LE(4_000_000_000n);
    let places = 0;
    for (let at = file.indexOf(length); at >= 0; at = file.indexOf(length, at + 1), places++) huge.copy(file, at);
    expect(places).toBeGreaterThan(0);
    const error = await rejectionOf(arrowDataset(file, { features: ['a'] }));
    expect([error.code, error.message]).toEqual([
      'ERR_FORMAT',
      'Not an Arrow file that can be read: 4000000000 rows cannot be in it',
    ]);
  });
});
