import { CommanderError } from 'commander';
import {
  BlasnetError,
  CheckpointError,
  DataError,
  EngineError,
  FileError,
  FormatError,
  NonFiniteError,
  OptionError,
  ShapeError,
} from '../index.js';
import { printable } from './terminal/text.js';

/** What scripts can tell from the exit code; printed by `--help`. */
export const exitCodes = {
  done: 0,
  failure: 1,
  usage: 2,
  data: 3,
  diverged: 4,
  noEngine: 5,
  checkpointed: 6,
  interrupted: 130,
  outputClosed: 141,
  terminated: 143,
} as const;

/** A failure of the command line itself, with its exit code. */
export class CommandError extends Error {
  constructor(
    readonly exitCode: number,
    message: string,
  ) {
    super(message);
  }
}

const codes: readonly [new (...args: never[]) => BlasnetError, number][] = [
  [OptionError, exitCodes.usage],
  [NonFiniteError, exitCodes.diverged],
  [EngineError, exitCodes.noEngine],
  [FileError, exitCodes.data],
  [FormatError, exitCodes.data],
  [CheckpointError, exitCodes.data],
  [DataError, exitCodes.data],
  [ShapeError, exitCodes.data],
];

export function exitCodeOf(error: unknown): number {
  if (error instanceof CommandError) return error.exitCode;
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  if (error instanceof EngineError && error.code !== 'ERR_ENGINE_UNAVAILABLE') return exitCodes.failure;
  return codes.find(([type]) => error instanceof type)?.[1] ?? exitCodes.failure;
}

/**
 * Says what went wrong in one plain line on standard error: with the stack where BLASNET_DEBUG=1 asks for it, and for an
 * error that nobody foresaw. Commander has said its own by then.
 *
 * @returns the exit code
 */
export function report(error: unknown): number {
  const code = exitCodeOf(error);
  if (error instanceof CommanderError) return code;
  const expected = error instanceof BlasnetError || error instanceof CommandError;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`blasnet: ${printable(message)}\n`);
  if (!(error instanceof Error)) return code;
  if (process.env['BLASNET_DEBUG'] === '1') process.stderr.write(`${error.stack ?? ''}\n${causeOf(error)}`);
  else if (!expected) process.stderr.write('blasnet: this is a bug; BLASNET_DEBUG=1 prints where it happened\n');
  return code;
}

function causeOf({ cause }: Error): string {
  return cause instanceof Error ? `caused by: ${cause.stack ?? cause.message}\n` : '';
}
