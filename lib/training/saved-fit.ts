import { checkInteger, checkNumber, checkString, expected } from '../core/checks.js';
import { CheckpointError, FormatError, OptionError } from '../core/errors.js';
import { firstNonFinite } from '../core/numbers.js';
import type { SafetensorsTensor } from '../core/safetensors.js';
import type { CallbackState } from './callbacks/callback.js';
import type { CheckpointContent } from './checkpoint-format.js';
import type { EpochRecord, EpochSumsState } from './history.js';

/** What must be the same for a resumed fit to end as one that was never interrupted. */
export interface Conditions {
  readonly network: object;
  readonly optimizer: object;
  readonly batchSize: number;
  readonly shuffle: boolean;
  /** Samples of the data, those of them that an epoch uses, numbers in each, and the window of shards. */
  readonly data: readonly number[];
  readonly augmentation: readonly object[];
  /** Digest of what the data holds, see `fingerprintOf`. */
  readonly contents: string;
}

/** What a checkpoint says of a fit besides its arrays. */
export interface SavedFit {
  readonly conditions: Conditions;
  /** What else decides about the last bit. */
  readonly machine: string;
  readonly seed: number;
  readonly networkSeed: number;
  readonly networkStep: number;
  readonly position: { readonly updates: number; readonly epochs: number };
  readonly epoch: number;
  readonly first: number;
  readonly step: number;
  readonly learningRate: number;
  readonly learningRateFactor: number;
  readonly stopped: string | null;
  readonly sums: EpochSumsState;
  readonly records: readonly EpochRecord[];
  readonly callbacks: Readonly<Record<string, CallbackState['values']>>;
}

export const conditionNames = [
  'network',
  'optimizer',
  'batchSize',
  'shuffle',
  'data',
  'augmentation',
  'contents',
] as const satisfies readonly (keyof Conditions)[];

/** Of the fit that is to go on. */
export interface Expectation {
  readonly path: string;
  /** Numbers that a step sums up. */
  readonly totals: number;
  /** Samples of an epoch. */
  readonly samples: number;
  /** Arrays of the optimizer, and numbers in each. */
  readonly slots: number;
  readonly arenaSize: number;
}

/** What a checkpoint holds, with everything in it known to be what it has to be. */
export interface CheckedFit {
  readonly fit: SavedFit;
  readonly slots: readonly Float32Array[];
  /** One row of totals a step. */
  readonly stepSums: Float64Array;
}

const names = [
  ...([
    'version',
    'conditions',
    'machine',
    'seed',
    'networkSeed',
    'networkStep',
    'position',
    'epoch',
    'first',
  ] as const),
  ...(['step', 'learningRate', 'learningRateFactor', 'stopped', 'sums', 'records', 'callbacks'] as const),
];
const recordNames = {
  always: ['epoch', 'loss', 'dataLoss', 'penalty', 'learningRate', 'steps', 'seconds', 'samplesPerSecond'],
  sometimes: ['accuracy', 'valLoss', 'valAccuracy', 'gradientNorm'],
};
/** Levels of lists and objects: blocks within blocks of a network, and a few more. */
const DEEPEST = 64;

/**
 * Checks what a checkpoint says, which may come from anywhere: its SHA-256 says that the file is as it was written, not who
 * wrote it. All that is returned is made anew.
 *
 * @throws CheckpointError `ERR_CHECKPOINT_CORRUPT`, saying what was expected and what stands there
 */
export function checkSavedFit({ fit, tensors }: CheckpointContent, wanted: Expectation): CheckedFit {
  return orCorrupt(wanted.path, () => {
    const saved = readFit(fit, wanted);
    return { fit: saved, slots: readSlots(tensors, wanted), stepSums: readSteps(tensors, saved, wanted) };
  });
}

/** Under what conditions a fit was, as far as its checkpoint says so; and its seed. */
export function savedConditions(fit: unknown, path: string): Partial<Conditions> & { readonly seed: number } {
  return orCorrupt(path, () => {
    const given = fields('the fit', fit);
    return { ...readConditions(given['conditions']), seed: checkInteger('seed', given['seed']) };
  });
}

/** Runs checks; what they throw is said of the checkpoint. */
export function orCorrupt<T>(path: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof OptionError || error instanceof FormatError)) throw error;
    const message = `The checkpoint ${path} cannot be used. ${error.message}`;
    throw new CheckpointError('ERR_CHECKPOINT_CORRUPT', message, { cause: error });
  }
}

function readFit(value: unknown, { totals, samples }: Expectation): SavedFit {
  const fit = fields('the fit', value, names);
  const position = fields('position', fit['position'], ['updates', 'epochs']);
  const records = list('records', fit['records']).map(readRecord);
  const step = checkInteger('step', fit['step']);
  return {
    conditions: readConditions(fit['conditions']),
    machine: checkString('machine', fit['machine']),
    seed: checkInteger('seed', fit['seed']),
    networkSeed: checkInteger('networkSeed', fit['networkSeed']),
    networkStep: checkInteger('networkStep', fit['networkStep'], { min: step }),
    position: {
      updates: checkInteger('position.updates', position['updates'], { min: step }),
      epochs: checkInteger('position.epochs', position['epochs'], { min: records.length }),
    },
    epoch: checkInteger('epoch', fit['epoch'], { min: records.length + 1, max: records.length + 1 }),
    first: checkInteger('first', fit['first'], { max: samples }),
    step,
    learningRate: checkNumber('learningRate', fit['learningRate'], { min: 0 }),
    learningRateFactor: checkNumber('learningRateFactor', fit['learningRateFactor'], { min: 0 }),
    stopped: fit['stopped'] === null ? null : text('stopped', fit['stopped']),
    sums: readSums(fit['sums'], totals),
    records,
    callbacks: readCallbacks(fit['callbacks']),
  };
}

/** Compared as they stand, never used otherwise. */
function readConditions(value: unknown): Conditions {
  return copyOf('conditions', fields('conditions', value, conditionNames)) as Conditions;
}

function readSums(value: unknown, totals: number): EpochSumsState {
  const sums = fields('sums', value, ['samples', 'steps', 'seconds', 'sums', 'gradientNorms']);
  const numbers = list('sums.sums', sums['sums']).map((sum, i) => number(`sums.sums[${i}]`, sum));
  checkInteger('number of sums', numbers.length, { min: totals, max: totals });
  return {
    samples: checkInteger('sums.samples', sums['samples']),
    steps: checkInteger('sums.steps', sums['steps']),
    seconds: checkNumber('sums.seconds', sums['seconds'], { min: 0 }),
    sums: numbers,
    gradientNorms: sums['gradientNorms'] === null ? null : number('sums.gradientNorms', sums['gradientNorms']),
  };
}

function readRecord(value: unknown, i: number): EpochRecord {
  const name = `records[${i}]`;
  const { always, sometimes } = recordNames;
  const given = fields(name, value, [...always, ...sometimes, 'valMetrics']);
  const present = sometimes.filter((field) => given[field] !== undefined);
  const record = Object.fromEntries(
    [...always, ...present].map((field) => [field, number(`${name}.${field}`, given[field])]),
  );
  if (given['valMetrics'] === undefined) return record as unknown as EpochRecord;
  const metrics = fields(`${name}.valMetrics`, given['valMetrics']);
  return { ...record, valMetrics: copyOf(`${name}.valMetrics`, metrics) } as unknown as EpochRecord;
}

function readCallbacks(value: unknown): SavedFit['callbacks'] {
  const states = Object.entries(fields('callbacks', value)).map(([callback, state]) => {
    const values = Object.entries(fields(`callbacks.${callback}`, state)).map(([name, entry]) => {
      const known = entry === null || ['string', 'number', 'boolean'].includes(typeof entry);
      if (!known) throw wrong('a text, a number, true, false or null', `callbacks.${callback}.${name}`, entry);
      return [name, entry] as const;
    });
    return [callback, Object.fromEntries(values)] as const;
  });
  return Object.fromEntries(states) as SavedFit['callbacks'];
}

function readSlots(tensors: CheckpointContent['tensors'], { slots, arenaSize }: Expectation): Float32Array[] {
  if (arenaSize === 0) return [];
  return Array.from({ length: slots }, (_, slot) => {
    const tensor = tensors.get(`slot${slot}`);
    return floats(`array ${slot} of the optimizer`, tensor, arenaSize);
  });
}

function readSteps(tensors: CheckpointContent['tensors'], { step }: SavedFit, { totals }: Expectation): Float64Array {
  const tensor = tensors.get('steps');
  if (step === 0 && tensor === undefined) return new Float64Array(0);
  if (tensor?.dtype === 'F64' && tensor.data.length === step * totals) return tensor.data;
  throw wrong(`${step * totals} numbers (${totals} a step) in F64`, 'the sums of all steps', told(tensor));
}

function floats(name: string, tensor: SafetensorsTensor | undefined, length: number): Float32Array {
  if (tensor?.dtype !== 'F32' || tensor.data.length !== length)
    throw wrong(`${length} numbers in F32`, name, told(tensor));
  const bad = firstNonFinite(tensor.data);
  if (bad >= 0) throw wrong('finite numbers', `${name}, at index ${bad}`, tensor.data[bad]);
  return tensor.data;
}

function told(tensor: SafetensorsTensor | undefined): string | undefined {
  return tensor === undefined ? undefined : `${tensor.data.length} in ${tensor.dtype}`;
}

/** An object whose every key is known, where it is said which are. */
function fields(name: string, value: unknown, known?: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong('an object', name, value);
  const foreign = Object.keys(value).find((key) => key === '__proto__' || known?.includes(key) === false);
  if (foreign === undefined) return value as Readonly<Record<string, unknown>>;
  throw wrong('only entries that a checkpoint has', name, foreign);
}

function list(name: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw wrong('a list', name, value);
  return value as unknown[];
}

/** Any number: a loss or a metric may be none in one epoch. */
function number(name: string, value: unknown): number {
  if (typeof value !== 'number') throw wrong('a number', name, value);
  return value;
}

function text(name: string, value: unknown): string {
  if (typeof value !== 'string') throw wrong('a text', name, value);
  return value;
}

/** What JSON can hold, made anew. */
function copyOf(name: string, value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEEPEST) throw wrong(`at most ${DEEPEST} levels`, name, value);
  if (Array.isArray(value)) return value.map((entry) => copyOf(name, entry, depth + 1));
  const entries = Object.entries(fields(name, value)).map(([key, entry]) => [key, copyOf(name, entry, depth + 1)]);
  return Object.fromEntries(entries);
}

function wrong(what: string, name: string, value: unknown): OptionError {
  return new OptionError('ERR_OPTION_TYPE', expected(what, name, value));
}
