// @ts-check
/** The most memory that was resident while the classic net trained, with MNIST loaded, in a process of its own. */
import { runChild } from './child.mjs';
import { mnistFolder } from './data.mjs';
import { number, table } from './format.mjs';

const GOAL_MEGABYTES = 200;

/** @param {Pick<import('./arguments.mjs').BenchArguments, 'threads' | 'engine'>} options */
export async function measure({ threads, engine }) {
  const directory = mnistFolder();
  if (directory === undefined) return { text: '  MNIST is not here; set BLASNET_DATA to its folder.', rows: [] };
  const epochs = engine === 'native' ? 2 : 1;
  const { answer } = runChild('classic-fit.mjs', { directory, epochs, accuracy: 2, threads, engine });
  const { maxResidentMegabytes } = answer;
  const cells = [
    [`classic, ${engine}, MNIST, validation every epoch`, number(maxResidentMegabytes), `< ${GOAL_MEGABYTES}`],
  ];
  return { text: table(['<training', 'most resident MB', 'goal'], cells), rows: [{ engine, maxResidentMegabytes }] };
}
