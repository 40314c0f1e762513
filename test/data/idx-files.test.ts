import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataError, FileError, FormatError } from '../../lib/core/errors.js';
import { dataFrom, loadIdxPair, readIdxFile } from '../../lib/data/index.js';
import { rejectionOf } from '../support/errors.js';
import { idxFile } from '../support/idx.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'blasnet-idx-'));
  writeFileSync(join(folder, 'images'), idxFile(8, [2, 2, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]));
  writeFileSync(join(folder, 'images.gz'), gzipSync(idxFile(8, [2, 2, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])));
  writeFileSync(join(folder, 'rows'), idxFile(13, [2, 1], [0x3f, 0x80, 0, 0, 0x40, 0, 0, 0]));
  writeFileSync(join(folder, 'labels'), idxFile(8, [2], [3, 0]));
  writeFileSync(join(folder, 'three'), idxFile(8, [3], [0, 1, 2]));
  writeFileSync(join(folder, 'text'), 'not an array');
  writeFileSync(join(folder, 'doubles'), idxFile(14, [1, 1], [0, 0, 0, 0, 0, 0, 0, 0]));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);

describe('readIdxFile', () => {
  it('reads plain and gzipped files', async () => {
    expect(await readIdxFile(at('images'))).toEqual(await readIdxFile(at('images.gz')));
    expect((await readIdxFile(at('labels'), { dimensions: 1 })).values).toEqual(Uint8Array.of(3, 0));
  });

  it('names a file that is missing, a folder, and a file of another kind', async () => {
    const missing = await rejectionOf(readIdxFile(at('absent')));
    expect(missing).toBeInstanceOf(FileError);
    expect(missing).toMatchObject({
      code: 'ERR_FILE_MISSING',
      message: `Expected a file at ${at('absent')}, found none`,
    });
    expect(await rejectionOf(readIdxFile(folder))).toMatchObject({ code: 'ERR_FILE_READ' });
    const foreign = await rejectionOf(readIdxFile(at('text')));
    expect(foreign).toBeInstanceOf(FormatError);
    expect(foreign.message).toMatch(`${at('text')}: Not an IDX file`);
  });

  it('refuses a file over 1 GiB before it reads it, and options that are wrong', async () => {
    writeFileSync(at('huge'), '');
    truncateSync(at('huge'), 2 ** 30 + 1);
    const huge = await rejectionOf(readIdxFile(at('huge')));
    expect(huge).toBeInstanceOf(FormatError);
    expect(huge.message).toBe(`${at('huge')}: expected at most 1073741824 bytes, found 1073741825`);
    expect((await rejectionOf(readIdxFile(at('images'), { dimension: 3 } as never))).message).toMatch(/readIdxFile/);
  });
});

describe('loadIdxPair', () => {
  it('makes a dataset of images and labels', async () => {
    const data = await loadIdxPair(at('images.gz'), at('labels'));
    expect(data).toMatchObject({
      length: 2,
      width: 6,
      classes: 4,
      imageShape: [2, 3],
      scale: 1 / 255,
      name: 'images.gz',
    });
    expect(await loadIdxPair(at('images'), at('labels'), { classes: 10, name: 'mine' })).toMatchObject({
      classes: 10,
      name: 'mine',
    });
  });

  it('reads rows of float32', async () => {
    const data = await loadIdxPair(at('rows'), at('labels'));
    expect(data.features).toEqual(Float32Array.of(1, 2));
    expect(data).toMatchObject({ width: 1, scale: 1, imageShape: undefined });
  });

  it.each([
    ['labels of another number', 'images', 'three', /three: expected 2 labels, as many as images, received 3/],
    ['images for labels', 'images', 'images', /Expected 1 dimensions, received 3/],
    ['labels for images', 'labels', 'labels', /labels: expected images of uint8 or float32/],
    ['images of doubles', 'doubles', 'labels', /received float64/],
  ])('refuses %s', async (_, images, labels, says) => {
    const error = await rejectionOf(loadIdxPair(at(images), at(labels)));
    expect(error).toBeInstanceOf(FormatError);
    expect(error.message).toMatch(says);
  });

  it('refuses labels beyond the classes given', async () => {
    expect(await rejectionOf(loadIdxPair(at('images'), at('labels'), { classes: 3 }))).toBeInstanceOf(DataError);
  });
});

describe('dataFrom', () => {
  /** A folder with a quartet; a name given null is left out. */
  function quartet(name: string, files: Record<string, Uint8Array | null>): string {
    const path = at(name);
    mkdirSync(path);
    const images = idxFile(8, [1, 2, 2], [1, 2, 3, 4]);
    const all = {
      'train-images-idx3-ubyte': images,
      'train-labels-idx1-ubyte': idxFile(8, [1], [1]),
      't10k-images-idx3-ubyte': images,
      't10k-labels-idx1-ubyte': idxFile(8, [1], [6]),
      ...files,
    };
    for (const [file, bytes] of Object.entries(all)) if (bytes !== null) writeFileSync(join(path, file), bytes);
    return path;
  }

  it('loads a quartet, with the classes of both sets and the name of the folder', async () => {
    const path = quartet('fashion', {});
    const { train, test, source } = await dataFrom(`${path}/`);
    expect(train).toMatchObject({ name: 'fashion train', classes: 7, length: 1 });
    expect(test).toMatchObject({ name: 'fashion test', classes: 7 });
    expect(source).toBe(`${path}/`);
  });

  it('takes gzipped files and dotted names', async () => {
    const gzipped = gzipSync(idxFile(8, [1], [2]));
    const path = quartet('mixed', {
      'train-labels-idx1-ubyte': null,
      'train-labels-idx1-ubyte.gz': gzipped,
      't10k-labels-idx1-ubyte': null,
      't10k-labels.idx1-ubyte': idxFile(8, [1], [0]),
    });
    expect((await dataFrom(path)).train.classes).toBe(3);
  });

  it('names the files it lacks', async () => {
    const path = quartet('partial', { 't10k-labels-idx1-ubyte': null, 'train-images-idx3-ubyte': null });
    const error = await rejectionOf(dataFrom(path));
    expect(error.code).toBe('ERR_FILE_MISSING');
    expect(error.message).toMatch(
      /train-images-idx3-ubyte\.gz, t10k-labels-idx1-ubyte\.gz \(with or without \.gz\) in .*partial/,
    );
  });

  it('refuses test images of another size', async () => {
    const path = quartet('sizes', { 't10k-images-idx3-ubyte': idxFile(8, [1, 1, 2], [1, 2]) });
    expect((await rejectionOf(dataFrom(path))).message).toMatch(
      /expected 4 pixels an image as in training, received 2/,
    );
  });
});
