import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { checkOptions, checkString } from '../core/checks.js';
import { DataError, FileError, ShapeError } from '../core/errors.js';
import type { Dataset } from './dataset.js';
import { dataset } from './make-dataset.js';
import type { Picture } from './png.js';
import { readFailure } from './read-failure.js';

export interface ImageFolderOptions {
  /** Names of the folders to read, in the order of their classes; default all, sorted by name. */
  classNames?: readonly string[];
  /** For messages and reports. Default the folder's name. */
  name?: string;
}

/**
 * Reads a PNG file into memory: red, green, blue and alpha, a byte each. Nothing in a file can unpack to more than the size
 * in its header asks for, and 2²⁴ pixels are the most.
 *
 * @throws FileError, FormatError saying what is wrong with the file
 *
 * @example
 * const { width, height, pixels } = await readPng('digit.png');
 */
export async function readPng(path: string): Promise<Picture> {
  // The decoder is loaded for those who need it.
  const { readPng: read } = await import('./png.js');
  return read(checkString('path', path));
}

/** Brightness of each pixel over black, 0 to 255: `[height, width]`. */
export function greyLevels({ width, height, pixels }: Picture): Uint8Array {
  const grey = new Uint8Array(width * height);
  for (let i = 0; i < grey.length; i++) {
    const [red, green, blue] = [pixels[4 * i], pixels[4 * i + 1], pixels[4 * i + 2]];
    grey[i] = Math.round(((0.299 * red + 0.587 * green + 0.114 * blue) * pixels[4 * i + 3]) / 255);
  }
  return grey;
}

/**
 * Images by class from a folder with one folder for each class, named as the class, that holds its PNG files. Images become
 * brightness, a byte a pixel; all must be of one size. Files that do not end in `.png` and hidden ones are passed over.
 *
 *     data/cat/1.png  data/cat/2.png  data/dog/1.png
 *
 * @param directory the folder of folders
 * @param options see {@link ImageFolderOptions}
 * @returns a Dataset with `classNames` and `imageShape`, samples in the order of classes and file names
 * @throws FileError where a folder or file is missing or cannot be read, FormatError for a damaged one, ShapeError for
 *   images that differ in size, DataError for a class without images
 *
 * @example
 * const data = await imageFolder('data/animals');
 * const { train, test } = split(data, { train: 0.8, test: 0.2 }, { seed: 1, stratified: true });
 */
export async function imageFolder(directory: string, options?: ImageFolderOptions): Promise<Dataset> {
  checkString('directory', directory);
  const given = checkOptions<ImageFolderOptions>('imageFolder', options, ['classNames', 'name']);
  const classNames = given.classNames ?? (await entriesOf(directory, (entry) => entry.isDirectory()));
  if (classNames.length === 0) {
    throw new FileError('ERR_FILE_MISSING', `Expected a folder for each class in ${directory}, found none`);
  }
  const images: Uint8Array[] = [];
  const labels: number[] = [];
  let first: { path: string; width: number; height: number } | undefined;
  for (const [label, className] of classNames.entries()) {
    const folder = join(directory, checkString(`classNames[${label}]`, className));
    const names = await entriesOf(folder, (entry) => !entry.isDirectory() && entry.name.toLowerCase().endsWith('.png'));
    if (names.length === 0) throw new DataError('ERR_DATA_CLASS', `Expected PNG files in ${folder}, found none`);
    for (const name of names) {
      const path = join(folder, name);
      const picture = await readPng(path);
      first ??= { path, width: picture.width, height: picture.height };
      if (picture.width !== first.width || picture.height !== first.height) {
        throw new ShapeError(
          `Expected ${first.width} x ${first.height} pixels, as in ${first.path}, in ${path}, ` +
            `received ${picture.width} x ${picture.height}`,
        );
      }
      images.push(greyLevels(picture));
      labels.push(label);
    }
  }
  const { width, height } = first!;
  const features = new Uint8Array(images.length * width * height);
  images.forEach((image, i) => {
    features.set(image, i * width * height);
  });
  const name = given.name ?? basename(resolve(directory));
  return dataset({ features, labels, imageShape: [height, width], classNames, name });
}

type Entry = Awaited<ReturnType<typeof readEntries>>[number];

function readEntries(folder: string) {
  return readdir(folder, { withFileTypes: true });
}

/** Names in a folder, sorted by their characters' codes, without hidden ones. */
async function entriesOf(folder: string, keep: (entry: Entry) => boolean): Promise<string[]> {
  try {
    const entries = await readEntries(folder);
    return entries
      .filter((entry) => !entry.name.startsWith('.') && keep(entry))
      .map(({ name }) => name)
      .sort();
  } catch (cause) {
    throw readFailure('a folder', folder, cause);
  }
}
