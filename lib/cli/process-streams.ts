import { exitCodes } from './failures.js';
import { printable } from './terminal/text.js';

let outputMatters = true;

/** Whoever reads our output may go away (`| head`): that ends the program, quietly, unless it has a file to write. */
export function guardOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      if (outputMatters) process.exit(exitCodes.outputClosed);
    });
  }
}

/** From here on the work counts, even where nobody reads about it. */
export function goOnWithoutOutput(): void {
  outputMatters = false;
}

/** Warnings of blasnet in its own plain words; all others as Node.js prints them. */
export function plainWarnings(): void {
  const others = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning: Error & { code?: string }) => {
    if (warning.code?.startsWith('BLASNET_') === true) {
      process.stderr.write(`blasnet: ${printable(warning.message.replace(/^blasnet /, ''))}\n`);
    } else for (const listener of others) listener(warning);
  });
}
