import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { engineInfo } from '../index.js';
import { toolsAdvice } from './build-tools.js';
import { exitCodes } from './failures.js';
import { packageFolder } from './package-info.js';
import { terminalOf } from './terminal/terminal.js';

/** `blasnet build-native`: the build script in the foreground, then what came of it. */
export async function buildNative(): Promise<number> {
  const script = join(packageFolder(), 'scripts', 'build-native.cjs');
  // The script ends itself at Ctrl-C, with its compilers; it must not lose its parent first.
  const wait = () => undefined;
  process.on('SIGINT', wait);
  const code = await new Promise<number>((resolve, reject) => {
    const child = spawn(process.execPath, [script], { stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (status, signal) => resolve(status ?? (signal === 'SIGINT' ? exitCodes.interrupted : 1)));
  }).finally(() => process.off('SIGINT', wait));
  const out = terminalOf(process.stdout);
  if (code === 0) {
    const { simd, blasCore } = engineInfo();
    out.print(out.style('green', `The native engine is ready: ${[simd, `BLAS kernel ${blasCore}`].join(', ')}.`));
    return exitCodes.done;
  }
  if (code === exitCodes.interrupted) return code;
  process.stderr.write(`blasnet: the native engine was not built\n`);
  for (const advice of toolsAdvice()) process.stderr.write(`  ${advice}\n`);
  return exitCodes.failure;
}
