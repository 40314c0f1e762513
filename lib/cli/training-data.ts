import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { dataFrom, FileError, findMnist, mnist, syntheticDigits, type TrainAndTest } from '../index.js';
import { CommandError, exitCodes } from './failures.js';
import { grouped, tilde } from './terminal/format.js';

/** Data to train on, and how to speak of it. */
export interface TrainingData extends TrainAndTest {
  /** `mnist`, `synthetic`, or the folder as it was given. */
  readonly name: string;
  /** Such as "MNIST from ~/data/mnist" and "60,000 + 10,000 images". */
  readonly title: string;
  readonly size: string;
}

/** What `blasnet train WHAT` names: mnist, synthetic, or a folder with four IDX files. */
export async function loadTrainingData(what: string, directory: string | undefined): Promise<TrainingData> {
  if (directory !== undefined && what !== 'mnist') {
    throw new CommandError(exitCodes.usage, `--data says where MNIST is; it has no meaning with "${what}"`);
  }
  if (what === 'synthetic') return titled(syntheticDigits(), 'synthetic');
  if (what !== 'mnist') return titled(await loadFolder(what), what);
  const data = await mnist({ directory });
  return titled(data, data.source === 'synthetic' ? 'synthetic' : 'mnist');
}

/** Whether mnist will have to be downloaded first, which takes a while and should be said. */
export async function mustDownload(what: string, directory: string | undefined): Promise<boolean> {
  if (what !== 'mnist' || directory !== undefined) return false;
  return (await findMnist()).every(({ missing }) => missing.length > 0);
}

async function loadFolder(folder: string): Promise<TrainAndTest> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() === true) return dataFrom(folder);
  const why = found === undefined ? 'there is nothing of that name' : 'that is no folder';
  throw new FileError(
    'ERR_FILE_MISSING',
    `Expected mnist, synthetic or a folder with four IDX files, received "${folder}": ${why}`,
  );
}

function titled(data: TrainAndTest, name: string): TrainingData {
  const { train, test, source } = data;
  const where = source === 'synthetic' ? 'Synthetic digits' : `${nameOf(name)} from ${tilde(resolve(source))}`;
  const noun = train.imageShape === undefined ? 'samples' : 'images';
  const size = `${grouped(train.length)} + ${grouped(test.length)} ${noun}`;
  return { ...data, name, title: where, size };
}

function nameOf(name: string): string {
  return name === 'mnist' ? 'MNIST' : 'Data';
}
