import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const first = 'train-images-idx3-ubyte.gz';

/**
 * The folder with the real MNIST, if there is one: BLASNET_DATA, or `shared/data/mnist` beside the repository or a folder
 * above it. Tests that find none use synthetic digits or are skipped, and say so.
 */
export function mnistFolder(): string | undefined {
  const candidates: string[] = [];
  const { BLASNET_DATA } = process.env;
  if (BLASNET_DATA) candidates.push(BLASNET_DATA, join(BLASNET_DATA, 'mnist'));
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let up = 0; up < 5; up++) {
    folder = dirname(folder);
    candidates.push(join(folder, 'shared', 'data', 'mnist'));
  }
  return candidates.find((candidate) => existsSync(join(candidate, first)));
}

/** For the names of tests: what they ran on. */
export const mnistUsed = mnistFolder() === undefined ? 'no MNIST found: synthetic digits' : 'real MNIST';
