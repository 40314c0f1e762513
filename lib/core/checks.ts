import { OptionError } from './errors.js';

/** Describes a value for an error message: its type, and the value itself where that is short. */
export function describe(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'undefined';
  if (typeof value === 'string') return `"${value.length > 40 ? value.slice(0, 37) + '…' : value}"`;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return `an array of length ${value.length}`;
  if (ArrayBuffer.isView(value)) {
    const length = (value as { length?: number }).length ?? value.byteLength;
    return `${Object.prototype.toString.call(value).slice(8, -1)} of length ${length}`;
  }
  return Object.prototype.toString.call(value).slice(8, -1) === 'Object' ? 'an object' : `a ${typeof value}`;
}

/** The one wording of all argument errors. */
export function expected(what: string, name: string, value: unknown): string {
  return `Expected ${what} for ${name}, received ${describe(value)}`;
}

function wrongType(what: string, name: string, value: unknown): OptionError {
  return new OptionError('ERR_OPTION_TYPE', expected(what, name, value));
}

function outOfRange(what: string, name: string, value: unknown): OptionError {
  return new OptionError('ERR_OPTION_RANGE', expected(what, name, value));
}

export interface IntegerRange {
  min?: number;
  max?: number;
}

/** A whole number within [min, max]; the default range is every safe integer from 0. */
export function checkInteger(
  name: string,
  value: unknown,
  { min = 0, max = Number.MAX_SAFE_INTEGER }: IntegerRange = {},
): number {
  const what =
    max === Number.MAX_SAFE_INTEGER ? `a whole number of at least ${min}` : `a whole number from ${min} to ${max}`;
  if (typeof value !== 'number') throw wrongType(what, name, value);
  if (!Number.isSafeInteger(value) || value < min || value > max) throw outOfRange(what, name, value);
  return value;
}

export interface NumberRange {
  min?: number;
  max?: number;
  /** The bound itself is not allowed. */
  above?: number;
  below?: number;
}

/** A finite number within the range given. */
export function checkNumber(name: string, value: unknown, range: NumberRange = {}): number {
  const { min, max, above, below } = range;
  const bounds: string[] = [];
  if (min !== undefined) bounds.push(`at least ${min}`);
  if (above !== undefined) bounds.push(`above ${above}`);
  if (max !== undefined) bounds.push(`at most ${max}`);
  if (below !== undefined) bounds.push(`below ${below}`);
  const what = bounds.length > 0 ? `a finite number ${bounds.join(' and ')}` : 'a finite number';
  if (typeof value !== 'number') throw wrongType(what, name, value);
  const inside =
    Number.isFinite(value) &&
    (min === undefined || value >= min) &&
    (max === undefined || value <= max) &&
    (above === undefined || value > above) &&
    (below === undefined || value < below);
  if (!inside) throw outOfRange(what, name, value);
  return value;
}

export function checkBoolean(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw wrongType('true or false', name, value);
  return value;
}

export function checkString(name: string, value: unknown): string {
  if (typeof value !== 'string' || value.length === 0) throw wrongType('a non-empty string', name, value);
  return value;
}

/** One of a list of names; the nearest is suggested. */
export function checkChoice<T extends string>(name: string, value: unknown, choices: readonly T[]): T {
  if (typeof value === 'string' && (choices as readonly string[]).includes(value)) return value as T;
  const list = choices.map((choice) => `"${choice}"`).join(', ');
  const near = typeof value === 'string' ? nearest(value, choices) : undefined;
  const hint = near === undefined ? '' : `; did you mean "${near}"?`;
  throw new OptionError('ERR_OPTION_CHOICE', `${expected(`one of ${list}`, name, value)}${hint}`);
}

/** Names that people bring from other libraries, and ours. */
const foreignNames: Readonly<Record<string, string>> = {
  lr: 'learningRate',
  learning_rate: 'learningRate',
  eta: 'learningRate',
  batch_size: 'batchSize',
  epoch: 'epochs',
  iterations: 'epochs',
  eps: 'epsilon',
  weight_decay: 'weightDecay',
  validationData: 'validation',
  validation_data: 'validation',
  optimiser: 'optimizer',
  randomSeed: 'seed',
  random_state: 'seed',
  units: 'units',
  x: 'features',
  y: 'labels',
  sampleWeight: 'weights',
  sampleWeights: 'weights',
  sample_weight: 'weights',
  class_weight: 'classWeights',
  classWeight: 'classWeights',
  weight: 'classWeights',
};

/**
 * An options object whose every key is known. Returns it typed; `undefined` counts as no options.
 * An unknown key is an error that suggests the nearest known one.
 */
export function checkOptions<T extends object>(
  owner: string,
  options: unknown,
  known: readonly (keyof T & string)[],
): T {
  if (options === undefined) return {} as T;
  if (typeof options !== 'object' || options === null || Array.isArray(options) || ArrayBuffer.isView(options)) {
    throw wrongType('an options object', owner, options);
  }
  for (const key of Object.keys(options)) {
    if ((known as readonly string[]).includes(key)) continue;
    const foreign = Object.hasOwn(foreignNames, key) ? foreignNames[key] : undefined;
    const near =
      foreign !== undefined && (known as readonly string[]).includes(foreign) ? foreign : nearest(key, known);
    const hint = near === undefined ? `known options: ${known.join(', ')}` : `did you mean ${near}?`;
    throw new OptionError('ERR_OPTION_UNKNOWN', `Unknown option ${key} for ${owner}; ${hint}`);
  }
  return options as T;
}

/** The candidate nearest to a misspelt name, if one is near enough to be meant. */
export function nearest(name: string, candidates: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    const distance = editDistance(plain(name), plain(candidate));
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  const limit = Math.max(2, Math.floor(Math.min(name.length, LONGEST_COMPARED) / 3));
  return bestDistance <= limit ? best : undefined;
}

/** A name of 64 characters is nobody's typing error. */
const LONGEST_COMPARED = 64;

/** Levenshtein distance. Long inputs are cut. */
function editDistance(first: string, second: string): number {
  const a = first.slice(0, LONGEST_COMPARED);
  const b = second.slice(0, LONGEST_COMPARED);
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, substitution));
    }
    row = next;
  }
  return row[b.length];
}
