import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { engineInfo, FileError, gatherResults, report, selectEngine, type Network } from '../index.js';
import { narrowKernel, narrowKernelWarning } from './blas-kernel.js';
import { CommandError, exitCodes } from './failures.js';
import { Interrupt } from './interrupt.js';
import { mistakesOf } from './mistakes.js';
import { goOnWithoutOutput } from './process-streams.js';
import { ProgressLine } from './terminal/progress.js';
import { terminalOf, type Terminal } from './terminal/terminal.js';
import { flow, printable } from './terminal/text.js';
import { counted, grouped } from './terminal/format.js';
import { loadTrainingData, mustDownload, type TrainingData } from './training-data.js';
import { epochLine, reportTraining } from './training-report.js';
import { describeNetwork, networkFor, runTraining, type TrainingRun, type TrainOptions } from './training-run.js';
import { trainingJson, type Trained } from './training-json.js';

/** `blasnet train`: everything is checked, then trained, saved, tested and reported, in that order. */
export async function train(what: string, options: TrainOptions): Promise<number> {
  const out = terminalOf(process.stdout);
  // With --json, standard output belongs to the one object; who watches looks at the other stream.
  const live = options.json === true ? terminalOf(process.stderr) : out;
  const print = (line: string) => {
    if (options.json !== true) out.print(line);
  };
  checkOptionsOfCheckpoints(options);
  if (options.report !== undefined) {
    await checkDestination(options.report);
    // A training must not end in "no charts" either: this says what to install.
    await (await import('../labs/index.js')).loadRenderer();
  }
  if (options.save !== undefined) {
    await checkDestination(options.save);
    goOnWithoutOutput();
  }
  selectEngine({ engine: options.engine, threads: options.threads });
  const progress = new ProgressLine(options.progress ? live : { ...live, live: false });
  if (await mustDownload(what, options.data)) progress.show('Looking for MNIST …');
  const data = await loadTrainingData(what, options.data).finally(() => progress.clear());
  const network = networkFor(data, options);
  warnOfNarrowKernel(network);
  const interrupt = new Interrupt();
  let lost: Error | undefined;
  try {
    headerLines(data, network, options, out).forEach(print);
    const run = await runTraining(network, data, options, {
      signal: interrupt.signal,
      onProgress: (state) => progress.update(state),
      onEpoch: (record) => {
        progress.clear();
        print(epochLine(record, options.epochs, out));
      },
      onCheckpointError: (error) => {
        progress.clear();
        if (lost === undefined) process.stderr.write(`blasnet: ${printable(error.message)}; training goes on\n`);
        lost = error;
      },
    }).finally(() => progress.clear());
    const kept = interrupt.received !== undefined && options.checkpoint !== undefined && lost === undefined;
    if (kept) print(`A checkpoint is in ${options.checkpoint ?? ''}: --resume goes on from it.`);
    if (interrupt.received !== undefined) print(`${interrupt.received}: stopped. What there is by now:`);
    if (options.save !== undefined) await network.save(options.save);
    const { evaluation, predictions } = await test(network, data, run, options.epochs);
    const mistakes = mistakesOf(predictions, data.test.labels!);
    const trained: Trained = { data, network, options, run, evaluation, mistakes, interrupted: interrupt.received };
    if (options.report !== undefined) await writeReport(trained, options.report);
    if (options.json === true) out.print(JSON.stringify(trainingJson(trained), undefined, 2));
    else reportTraining(trained, out);
    return kept ? exitCodes.checkpointed : interrupt.exitCode;
  } finally {
    interrupt.release();
  }
}

function checkOptionsOfCheckpoints({ checkpoint, checkpointEvery, resume }: TrainOptions): void {
  if (checkpoint !== undefined) return;
  const alone = resume === true ? '--resume' : checkpointEvery === undefined ? undefined : '--checkpoint-every';
  if (alone === undefined) return;
  throw new CommandError(exitCodes.usage, `${alone} needs --checkpoint, the directory of the checkpoints`);
}

/** The last epoch has just been tested; a training that was stopped before its end has not. */
async function test(network: Network, { test: samples }: TrainingData, { epochs }: TrainingRun, wanted: number) {
  const last = epochs.at(-1);
  const evaluation =
    last?.valLoss !== undefined && epochs.length === wanted
      ? { loss: last.valLoss, accuracy: last.valAccuracy }
      : await network.evaluate(samples);
  return { evaluation, predictions: await network.predict(samples) };
}

async function writeReport({ network, data, run, options }: Trained, path: string): Promise<void> {
  const { train: samples, test: held } = data;
  const { report: _, ...configuration } = options;
  const train = samples.take(Math.min(1024, samples.length));
  const results = await gatherResults(network, { history: run.history, train, test: held, configuration });
  await report(results, { path, title: `Training on ${data.title}` });
}

/** A training must not end in "cannot save". */
async function checkDestination(path: string): Promise<void> {
  const refuse = (why: string) => new FileError('ERR_FILE_WRITE', `Cannot save to ${path}: ${why}`);
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) throw refuse('it is a folder');
  const folder = dirname(path);
  const holder = await stat(folder).catch(() => undefined);
  if (holder?.isDirectory() !== true) throw refuse(`there is no folder ${folder}`);
  await access(folder, constants.W_OK).catch(() => {
    throw refuse(`the folder ${folder} is not writable`);
  });
}

function warnOfNarrowKernel({ engine }: Network): void {
  if (engine.name !== 'native') return;
  const narrow = narrowKernel({ ...engineInfo(), engine: 'native' });
  if (narrow !== undefined) process.stderr.write(`blasnet: ${printable(narrowKernelWarning(narrow))}\n`);
}

/** One line where it fits: data, network, engine, threads. */
function headerLines(data: TrainingData, network: Network, options: TrainOptions, out: Terminal): string[] {
  const { engine } = network;
  const parts = [
    data.title,
    data.size,
    describeNetwork(network, options),
    `${grouped(network.parameterCount)} parameters`,
    `${engine.name} engine, ${counted(engine.threads, 'thread')}`,
  ];
  return flow(parts, ' · ', out.width);
}
