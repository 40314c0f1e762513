import { allChecks, type Check } from './doctor-checks.js';
import { exitCodes } from './failures.js';
import { packageVersion } from './package-info.js';
import { counted } from './terminal/format.js';
import { terminalOf, type Terminal } from './terminal/terminal.js';
import { wrap } from './terminal/text.js';

/** The options of `blasnet doctor`, as commander hands them over. */
export interface DoctorOptions {
  readonly json?: boolean;
}

const marks = {
  ok: { sign: '✓', plain: 'ok', format: 'green' },
  warn: { sign: '!', plain: '!!', format: 'yellow' },
  problem: { sign: '✗', plain: 'XX', format: 'red' },
} as const;

/** `blasnet doctor`: exit code 0 when blasnet is usable here, 1 when something is broken. */
export async function doctor({ json = false }: DoctorOptions): Promise<number> {
  const out = terminalOf(process.stdout);
  const checks: Check[] = [];
  if (!json) out.print(out.style('bold', `blasnet ${packageVersion()}`));
  for (const check of allChecks) {
    const result = await check();
    if (result === undefined) continue;
    checks.push(result);
    if (!json) checkLines(result, out).forEach((line) => out.print(line));
  }
  const usable = checks.every(({ status }) => status !== 'problem');
  if (json) out.print(JSON.stringify({ version: packageVersion(), usable, checks }, undefined, 2));
  else out.print(`\n${conclusion(checks, out)}`);
  return usable ? exitCodes.done : exitCodes.failure;
}

const NAME_WIDTH = 12;

/** "✓ Engine      native: …", with the advice below it, and all lines within the window. */
function checkLines({ name, status, detail, advice }: Check, out: Terminal): string[] {
  const { sign, plain, format } = marks[status];
  const mark = out.unicode ? sign : plain;
  const indent = ' '.repeat(mark.length + NAME_WIDTH + 2);
  const width = Math.max(20, out.drawingWidth - indent.length);
  const [first, ...rest] = wrap(detail, width);
  const arrow = out.unicode ? '→' : '->';
  return [
    `${out.style(format, mark)} ${out.style('bold', name.padEnd(NAME_WIDTH))} ${first}`,
    ...rest.map((line) => indent + line),
    // A command is not broken into lines: it is there to be copied.
    ...advice.map((line) => `${indent}${out.style(format, arrow)} ${line}`),
  ];
}

function conclusion(checks: readonly Check[], out: Terminal): string {
  const count = (status: Check['status']) => checks.filter((check) => check.status === status).length;
  const [problems, warnings] = [count('problem'), count('warn')];
  if (problems > 0) return out.style('red', `${counted(problems, 'problem')}, ${counted(warnings, 'warning')}.`);
  if (warnings > 0) return out.style('yellow', `Usable, with ${counted(warnings, 'warning')}.`);
  return out.style('green', 'All is well.');
}
