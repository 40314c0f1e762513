import { Command, Option } from 'commander';
import { activationNames, engineNames, optimizerNames } from '../index.js';
import { exitCodes, report } from './failures.js';
import { commandsHelp, labHelp, predictHelp, trainHelp } from './help.js';
import { checkpointInterval, layerWidths, number, wholeNumber } from './option-values.js';
import { guardOutput, plainWarnings } from './process-streams.js';
import { packageVersion } from './package-info.js';
import { printable } from './terminal/text.js';
import type { DoctorOptions } from './doctor.js';
import type { LabCommandOptions } from './lab.js';
import type { PredictOptions } from './predict.js';
import type { ProfileCommandOptions } from './profile.js';
import { schedules } from './schedules.js';
import type { TrainOptions } from './training-run.js';

/** Runs the command line and tells its exit code. Each command's code is loaded when it is called for. */
export async function run(args: readonly string[]): Promise<number> {
  guardOutput();
  plainWarnings();
  let exitCode: number = exitCodes.done;
  const program = commandLine((code) => (exitCode = code));
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    return report(error);
  }
}

function commandLine(end: (exitCode: number) => void): Command {
  const program = new Command('blasnet')
    .description('Trains neural networks on the CPU, fast.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help, or that of a command')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(oneLine(text)) })
    .addHelpText('after', commandsHelp);
  addTrain(program, end);
  addPredict(program, end);
  addProfile(program, end);
  addLab(program, end);
  program
    .command('doctor')
    .description('look at everything that decides about speed, and say what to do about it')
    .option('--json', 'print one JSON object')
    .action(async (options: DoctorOptions) => end(await (await import('./doctor.js')).doctor(options)));
  program
    .command('build-native')
    .description('build the native engine here, with all output')
    .action(async () => end(await (await import('./build-native.js')).buildNative()));
  return program;
}

/** The arguments that say what is trained, on what, and by whom. */
function withNetwork(command: Command): Command {
  return command
    .argument('[data]', 'mnist, synthetic, or a folder with four IDX files', 'mnist')
    .addOption(
      new Option('--layers <widths>', 'units of the hidden layers, or none')
        .argParser(layerWidths)
        .default([512, 512], '512,512'),
    )
    .addOption(new Option('--activation <name>', 'of the hidden layers').choices(activationNames).default('relu'))
    .option('--dropout <rate>', 'share dropped after each hidden layer', number({ min: 0, below: 1 }), 0.2)
    .option('--batch-norm', 'batch normalization in each hidden layer')
    .option('--augment', 'train on digits shifted, turned, scaled and bent, anew in every step')
    .option('--l2 <strength>', 'L2 penalty on the weights, such as 1e-5', number({ min: 0 }))
    .addOption(new Option('--optimizer <name>', 'how weights follow gradients').choices(optimizerNames).default('adam'))
    .option('--seed <number>', 'the same seed gives the same weights; default: drawn', wholeNumber(0))
    .option('--threads <number>', 'default: one for each core', wholeNumber(1))
    .addOption(new Option('--engine <name>', 'native where it is built, unless said').choices(engineNames));
}

function addTrain(program: Command, end: (exitCode: number) => void): void {
  withNetwork(program.command('train'))
    .description('train a network and show what it gets wrong')
    .option('--learning-rate <rate>', 'of the first step (default for adam: 0.002)', number({ above: 0 }))
    .addOption(new Option('--schedule <name>', 'of the learning rate').choices(schedules).default('cosine'))
    .option('--batch-size <samples>', 'samples in one step (default: 128, or all where fewer)', wholeNumber(1))
    .option('--epochs <number>', 'passes over the data', wholeNumber(1), 4)
    .option('--data <directory>', 'where the four files of MNIST are')
    .option('--checkpoint <directory>', 'keep checkpoints there, to go on from after Ctrl-C or a crash')
    .addOption(
      new Option('--checkpoint-every <interval>', 'such as 200steps, 1epoch or 5min (default: 1epoch)').argParser(
        checkpointInterval,
      ),
    )
    .option('--resume', 'go on from the newest checkpoint in the directory of --checkpoint')
    .option('--save <file>', 'write the model as a safetensors file')
    .option('--report <file>', 'write a page about the training: curves, confusions, mistakes, layers')
    .option('--json', 'print nothing but one JSON object at the end')
    .option('--no-progress', 'no line that changes while training')
    .addHelpText('after', trainHelp)
    .action(async (what: string, options: TrainOptions) =>
      end(await (await import('./train.js')).train(what, options)),
    );
}

function addProfile(program: Command, end: (exitCode: number) => void): void {
  withNetwork(program.command('profile'))
    .description('show where the time of a training goes')
    .option('--batch-size <samples>', 'samples in one step (default: 128, or all where fewer)', wholeNumber(1))
    .option('--steps <number>', 'steps that are timed', wholeNumber(1), 200)
    .option('--data <directory>', 'where the four files of MNIST are')
    .option('--json', 'print one JSON object')
    .action(async (what: string, options: ProfileCommandOptions) =>
      end(await (await import('./profile.js')).profile(what, options)),
    );
}

function addPredict(program: Command, end: (exitCode: number) => void): void {
  program
    .command('predict')
    .description('say what a model sees in a PNG image')
    .argument('<model>', 'a file that train --save wrote')
    .argument('<image>', 'a PNG file, of any size')
    .addOption(new Option('--engine <name>', 'native where it is built, unless said').choices(engineNames))
    .option('--json', 'print one JSON object')
    .addHelpText('after', predictHelp)
    .action(async (model: string, image: string, options: PredictOptions) =>
      end(await (await import('./predict.js')).predict(model, image, options)),
    );
}

function addLab(program: Command, end: (exitCode: number) => void): void {
  program
    .command('lab')
    .description('run a classic experiment and show what it teaches')
    .argument('[name]', 'a lab, all, or list', 'list')
    .option('--quick', 'a small size of seconds')
    .option('--seed <number>', 'the same seed gives the same numbers', wholeNumber(0), 0)
    .option('--epochs <number>', "passes over the data (default: the lab's)", wholeNumber(1))
    .option('--threads <number>', 'default: one for each core', wholeNumber(1))
    .addOption(new Option('--engine <name>', 'native where it is built, unless said').choices(engineNames))
    .option('--output <directory>', 'where reports, pictures and numbers go', 'blasnet-labs')
    .option('--data <directory>', 'where the four files of MNIST are')
    .option('--json', 'print one JSON object')
    .addHelpText('after', labHelp)
    .action(async (name: string, options: LabCommandOptions) =>
      end(await (await import('./lab.js')).lab(name, options)),
    );
}

/** Commander's errors in our wording: one line, with its suggestion or a better one. */
function oneLine(text: string): string {
  const line = text
    .trim()
    .replace(/^error: /, '')
    .replaceAll('\n', ' ');
  const known = /^unknown option '--(lr|eta)\b/.test(line);
  return `blasnet: ${known ? line.replace(/ \(Did you mean.*|$/, ' (Did you mean --learning-rate?)') : printable(line)}\n`;
}
