import { rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { nearest } from '../core/checks.js';
import { BlasnetError, FileError, mnist, selectEngine, type EngineName } from '../index.js';
import {
  catalogue,
  labJson,
  labNames,
  labPage,
  loadRenderer,
  makeFolder,
  runLab,
  writePage,
  writeText,
  type LabRun,
  type Renderer,
} from '../labs/index.js';
import { CommandError, exitCodeOf, exitCodes } from './failures.js';
import { Interrupt } from './interrupt.js';
import { reportLab } from './lab-report.js';
import { ProgressLine } from './terminal/progress.js';
import { terminalOf, type Terminal } from './terminal/terminal.js';
import { clipMiddle, printable } from './terminal/text.js';

/** The options of `blasnet lab`, as commander hands them over. */
export interface LabCommandOptions {
  readonly seed: number;
  readonly epochs?: number;
  readonly threads?: number;
  readonly engine?: EngineName;
  readonly output: string;
  readonly quick?: boolean;
  readonly data?: string;
  readonly json?: boolean;
}

/** `blasnet lab NAME`, `blasnet lab all` and `blasnet lab list`. */
export async function lab(name: string, options: LabCommandOptions): Promise<number> {
  const out = terminalOf(process.stdout);
  if (name === 'list') {
    listLabs(out, options.json === true);
    return exitCodes.done;
  }
  if (name !== 'all' && !labNames.includes(name)) {
    const near = nearest(name, [...labNames, 'all', 'list']);
    const hint = near === undefined ? '' : `; did you mean ${near}?`;
    const message = `There is no lab "${printable(name)}"${hint} (there are: ${labNames.join(', ')}, and all)`;
    throw new CommandError(exitCodes.usage, message);
  }
  selectEngine({ engine: options.engine, threads: options.threads });
  await makeFolder(options.output);
  const interrupt = new Interrupt();
  try {
    const session = { options, out, interrupt, renderer: await rendererOrNotice() };
    return name === 'all' ? await runAll(session) : await runOne(name, session);
  } catch (error) {
    if (interrupt.received === undefined || error !== interrupt.signal.reason) throw error;
    process.stderr.write(`blasnet: ${interrupt.received}: stopped\n`);
    return interrupt.exitCode;
  } finally {
    interrupt.release();
  }
}

interface Session {
  readonly options: LabCommandOptions;
  readonly out: Terminal;
  readonly interrupt: Interrupt;
  readonly renderer: Renderer | undefined;
}

async function runOne(name: string, session: Session): Promise<number> {
  const { options, out } = session;
  const run = await execute(name, session);
  const files = await write(run, session);
  if (options.json === true) out.print(JSON.stringify(labJson(run), undefined, 2));
  else reportLab(run, files, out);
  return exitCodes.done;
}

/** One after the other. A lab that fails is told at its place, and the others are run. */
async function runAll(session: Session): Promise<number> {
  const { options, out, interrupt } = session;
  const results: object[] = [];
  let failures = 0;
  const began = performance.now();
  for (const name of labNames) {
    try {
      const run = await execute(name, session);
      await write(run, session);
      results.push(labJson(run));
      const held = run.outcome.conclusions.filter(({ holds }) => holds).length;
      const all = run.outcome.conclusions.length;
      const mark =
        held === all ? out.style('green', `${held} of ${all} hold`) : out.style('yellow', `${held} of ${all} hold`);
      if (options.json !== true) out.print(`${name.padEnd(36)} ${`${run.seconds.toFixed(1)} s`.padStart(8)}  ${mark}`);
    } catch (error) {
      if (error === interrupt.signal.reason) throw error;
      failures++;
      const message = error instanceof Error ? error.message : String(error);
      results.push({ lab: name, error: message });
      process.stderr.write(`blasnet: ${name}: ${printable(message)}\n`);
      if (!(error instanceof BlasnetError)) process.stderr.write(`${error instanceof Error ? error.stack : ''}\n`);
      else if (exitCodeOf(error) === exitCodes.data) return exitCodes.data;
    }
  }
  const seconds = (performance.now() - began) / 1000;
  if (options.json === true) out.print(JSON.stringify({ seconds, labs: results }, undefined, 2));
  else
    out.print(
      `${labNames.length - failures} of ${labNames.length} labs in ${seconds.toFixed(0)} s · ${resolve(options.output)}`,
    );
  return failures > 0 ? exitCodes.failure : exitCodes.done;
}

async function execute(name: string, { options, out, interrupt }: Session): Promise<LabRun> {
  const live = options.json === true ? terminalOf(process.stderr) : out;
  const progress = new ProgressLine(live);
  const { data, seed, epochs, quick, engine, threads } = options;
  return runLab(name, {
    ...(await checkedData(data)),
    seed,
    epochs,
    quick,
    engine,
    threads,
    signal: interrupt.signal,
    checkpoints: checkpointsOf(name, options),
    say: (line) => progress.show(clipMiddle(printable(`${name}: ${line} …`), live.width - 3)),
  }).finally(() => progress.clear());
}

async function checkedData(directory: string | undefined) {
  if (directory === undefined) return {};
  const found = await stat(directory).catch(() => undefined);
  if (found?.isDirectory() !== true)
    throw new FileError('ERR_FILE_MISSING', `There is no folder ${directory} for --data`);
  return { load: () => mnist({ directory }) };
}

/** The page with its pictures where charts can be drawn; numbers in any case. */
async function write(run: LabRun, { options, renderer }: Session): Promise<string[]> {
  const { name } = run.lab;
  const json = join(options.output, `${name}.json`);
  await makeFolder(options.output);
  await writeText(json, `${JSON.stringify(labJson(run), undefined, 2)}\n`);
  // Kept until the numbers are safe: the same command again, and a run that was broken off goes on.
  await rm(checkpointsOf(name, options), { recursive: true, force: true });
  return renderer === undefined ? [json] : [...(await writePage(labPage(run), options.output, name, renderer)), json];
}

function checkpointsOf(name: string, { output }: LabCommandOptions): string {
  return join(output, `${name}.checkpoints`);
}

async function rendererOrNotice(): Promise<Renderer | undefined> {
  try {
    return await loadRenderer();
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    process.stderr.write(`blasnet: ${error.message}. Without them there are numbers and no pictures\n`);
    return undefined;
  }
}

function listLabs(out: Terminal, json: boolean): void {
  const labs = labNames.map((name) => ({ name, shows: catalogue[name].shows }));
  if (json) {
    out.print(JSON.stringify(labs, undefined, 2));
    return;
  }
  const width = Math.max(...labNames.map((name) => name.length));
  for (const { name, shows } of labs) out.print(`${out.style('bold', name.padEnd(width))}  ${out.style('dim', shows)}`);
}
