import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A program of test/survival/children, run in a process of its own: a crash or a hang there is an answer here. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Killed because it took longer than it may. */
  readonly hung: boolean;
  readonly stdout: string;
  readonly stderr: string;
  /** From the line `now` on standard output, or from the start, to the end. */
  readonly seconds: number;
}

export interface ChildOptions {
  readonly args?: readonly (string | number)[];
  readonly env?: Readonly<Record<string, string>>;
  /** Seconds that it may take; default 240. */
  readonly limit?: number;
  /** Sent when the child has said `now`. */
  readonly signal?: NodeJS.Signals;
  readonly uid?: number;
  readonly execArgv?: readonly string[];
}

const addonPath = fileURLToPath(new URL('../../build/Release/blasnet.node', import.meta.url));

/** Where no addon was built there is nothing to survive; the names of the suites say so. */
export const withoutAddon = !existsSync(addonPath) || process.env['BLASNET_ENGINE'] === 'reference';
export const onNative = withoutAddon ? ' (skipped: there is no native addon here)' : '';

/** Counts for `npm test`, and the full ones of the reliability plan for `npm run test:hard`. */
export const hard = process.env['BLASNET_HARD'] === '1';

export function runChild(program: string, options: ChildOptions = {}): Promise<Ended> {
  const { args = [], env = {}, limit = 240, signal, uid, execArgv = [] } = options;
  const file = fileURLToPath(new URL(`children/${program}`, import.meta.url));
  return new Promise((resolve) => {
    let start = performance.now();
    const child = spawn(process.execPath, [...execArgv, file, ...args.map(String)], {
      env: { ...process.env, BLASNET_ENGINE: 'native', BLASNET_TESTING: '1', NODE_OPTIONS: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      uid,
      gid: uid,
    });
    let hung = false;
    const timer = setTimeout(() => {
      hung = true;
      child.kill('SIGKILL');
    }, limit * 1000);
    let stdout = '';
    let stderr = '';
    let said = false;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (said || !stdout.includes('now\n')) return;
      said = true;
      start = performance.now();
      if (signal !== undefined) child.kill(signal);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('close', (code, killedBy) => {
      clearTimeout(timer);
      const seconds = (performance.now() - start) / 1000;
      resolve({ code, signal: killedBy, hung, stdout, stderr, seconds });
    });
  });
}

/** What the child printed as its last line, as JSON. Anything but a clean end is an error that tells all. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows what its child reports
export function resultOf<T>(ended: Ended): T {
  const { code, signal, hung, stdout, stderr } = ended;
  if (code !== 0 || hung) {
    const how = hung ? 'hung and was killed' : `ended with code ${code} and signal ${signal}`;
    throw new Error(`The child ${how}\n${stdout.slice(-2000)}\n${stderr.slice(-3000)}`);
  }
  const last = stdout.trimEnd().split('\n').at(-1) ?? '';
  return JSON.parse(last) as T;
}

/** Runs tasks a few at a time. */
export async function inParallel<T, R>(
  items: readonly T[],
  width: number,
  task: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await task(items[index], index);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
  return results;
}
