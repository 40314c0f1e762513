import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { syntheticDigits } from '../../lib/index.js';
import { idxFile } from './idx.js';

export const root = resolve(import.meta.dirname, '..', '..');
const main = join(root, 'dist', 'cli', 'main.js');

export interface Result {
  /** Exit code; undefined where a signal ended the process. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly result: Promise<Result>;
}

/** Variables that would change what the command line does on another developer's machine. */
const steering = /^(BLASNET_|OPENBLAS_|NO_COLOR|FORCE_COLOR|COLORTERM|NODE_OPTIONS)/;

/** Starts dist/cli/main.js as a user would. */
export function startCli(args: readonly string[], environment: Record<string, string> = {}): Running {
  const inherited = Object.entries(process.env).filter(([name]) => !steering.test(name));
  const env = { ...Object.fromEntries(inherited), ...environment };
  const child = spawn(process.execPath, [main, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const result = new Promise<Result>((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => done({ code: code ?? undefined, stdout, stderr }));
  });
  return { child, result };
}

export function runCli(args: readonly string[], environment?: Record<string, string>): Promise<Result> {
  return startCli(args, environment).result;
}

/** A folder with a small set of synthetic digits as four IDX files. */
export function writeDigits(folder: string, train = 600, test = 200): string {
  mkdirSync(folder, { recursive: true });
  const digits = syntheticDigits({ train, test, seed: 5 });
  for (const [prefix, data] of [
    ['train', digits.train],
    ['t10k', digits.test],
  ] as const) {
    writeFileSync(join(folder, `${prefix}-images-idx3-ubyte`), idxFile(8, [data.length, 28, 28], data.features));
    writeFileSync(join(folder, `${prefix}-labels-idx1-ubyte`), idxFile(8, [data.length], data.labels));
  }
  return folder;
}
