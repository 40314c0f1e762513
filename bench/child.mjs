// @ts-check
/** Measurements that need a process of their own: its memory, its start. */
import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

/**
 * Runs a script of contenders/ and waits for its end.
 *
 * @param {string} script
 * @param {unknown} request
 * @returns {{ answer: any, seconds: number }} its last line as JSON, and the wall time from start to end
 */
export function runChild(script, request) {
  const path = fileURLToPath(new URL(`contenders/${script}`, import.meta.url));
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [path, JSON.stringify(request)], { encoding: 'utf8' });
  const seconds = (performance.now() - start) / 1000;
  if (status !== 0) throw new Error(`${script} ended with ${status}: ${stderr.trim().split('\n').at(-1)}`);
  return { answer: JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? ''), seconds };
}
