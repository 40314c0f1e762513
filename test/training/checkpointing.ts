import { spawn } from 'node:child_process';
import { join } from 'node:path';

export interface Result {
  readonly operations: number;
  readonly errors: readonly string[];
  readonly rejected: { readonly name: string; readonly code: string; readonly message: string } | null;
  readonly resumedFrom: number;
  readonly files: readonly string[];
  readonly step: number;
  readonly sha: string;
}

export interface Ended {
  /** Undefined where the process was killed. */
  readonly result: Result | undefined;
  /** The last checkpoint that was said to be saved. */
  readonly saved: number;
  readonly stderr: string;
}

interface Options {
  readonly faultAt?: number;
  readonly kind?: 'kill' | 'once' | 'forever';
  readonly every?: number;
  readonly epochs?: number;
  /** Milliseconds after the first step at which the process is killed. */
  readonly killAfter?: number;
}

const child = join(import.meta.dirname, 'children', 'checkpointing.mjs');

/** A process that trains with checkpoints in a folder, until its end or its violent death. */
export async function train(folder: string, { killAfter, ...options }: Options = {}): Promise<Ended> {
  const process_ = spawn(process.execPath, [child, folder, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  process_.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  process_.stdout.setEncoding('utf8').on('data', (text: string) => {
    const begun = stdout.includes('training');
    stdout += text;
    if (killAfter === undefined || begun || !stdout.includes('training')) return;
    setTimeout(() => process_.kill('SIGKILL'), killAfter);
  });
  await new Promise((resolve, reject) => process_.on('error', reject).on('close', resolve));
  const lines = stdout.trimEnd().split('\n');
  const saved = Math.max(0, ...lines.flatMap((line) => (line.startsWith('saved ') ? [Number(line.slice(6))] : [])));
  const last = lines.at(-1) ?? '';
  return { result: last.startsWith('{') ? (JSON.parse(last) as Result) : undefined, saved, stderr };
}
