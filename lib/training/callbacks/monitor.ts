import { checkChoice, checkNumber, expected } from '../../core/checks.js';
import { OptionError } from '../../core/errors.js';
import type { EpochRecord } from '../history.js';

export interface MonitorOptions {
  /** What to watch: a number of the epoch's record, such as `loss`, `valLoss` or `valF1`; default `valLoss`. */
  monitor?: string;
  /** Whether less or more is better; default: known by the name. */
  mode?: 'min' | 'max';
  /** By how much a value must be better to count as better, at least 0; default 0. */
  minimumChange?: number;
}

export const monitorOptions = ['monitor', 'mode', 'minimumChange'] as const;

const lessIsBetter = /loss|penalty|error|gradientNorm/i;
const moreIsBetter = /accuracy|precision|recall|f1|auc|r2/i;

/** Numbers that every epoch's record holds. */
export const everyRecord = ['loss', 'dataLoss', 'penalty', 'learningRate', 'seconds', 'samplesPerSecond'] as const;

/** The number of a record by its name; validation metrics are called `val` and their name. Classes count alike. */
export function quantityOf(record: EpochRecord, name: string): number {
  const value = (record as unknown as Record<string, unknown>)[name];
  if (typeof value === 'number') return value;
  const { valMetrics = {} } = record;
  const found = Object.entries(valMetrics).find(([metric]) => quantityName(metric) === name)?.[1];
  if (typeof found === 'number') return found;
  const macro = (found as { macro?: unknown } | null | undefined)?.macro;
  return typeof macro === 'number' ? macro : NaN;
}

/** How a metric on the validation data is called: `valF1`. */
export function quantityName(metric: string): string {
  return `val${metric[0].toUpperCase()}${metric.slice(1)}`;
}

/** One monitored quantity: which, in which direction, and what counts as better. A value that is no number never does. */
export class Monitor {
  readonly name: string;
  readonly #owner: string;
  readonly #minimumChange: number;
  readonly #mode: 'min' | 'max' | undefined;

  constructor(owner: string, options: MonitorOptions, defaults: { monitor?: string; minimumChange?: number } = {}) {
    const { monitor = defaults.monitor ?? 'valLoss', mode, minimumChange = defaults.minimumChange ?? 0 } = options;
    if (typeof monitor !== 'string') {
      throw new OptionError('ERR_OPTION_TYPE', expected('the name of a quantity', 'monitor', monitor));
    }
    if (mode !== undefined) checkChoice('mode', mode, ['min', 'max']);
    this.#owner = owner;
    this.name = monitor;
    this.#minimumChange = checkNumber('minimumChange', minimumChange, { min: 0 });
    this.#mode = mode;
  }

  /** @throws OptionError where no record will hold the quantity, or nothing says which direction is better */
  prepare(quantities: readonly string[]): void {
    checkChoice(`monitor of ${this.#owner} (what records of this fit hold)`, this.name, quantities);
    if (this.#direction() === undefined) {
      throw new OptionError(
        'ERR_OPTION_TYPE',
        `${expected('"min" or "max"', `mode of ${this.#owner}`, undefined)}; ${this.name} does not say which is better`,
      );
    }
  }

  valueOf(record: EpochRecord): number {
    return quantityOf(record, this.name);
  }

  /** Whether a value is better than the best so far by more than the minimum change; any number is better than none. */
  isBetter(value: number, best: number | undefined): boolean {
    if (!Number.isFinite(value)) return false;
    if (best === undefined) return true;
    return this.#direction() === 'max' ? value > best + this.#minimumChange : value < best - this.#minimumChange;
  }

  #direction(): 'min' | 'max' | undefined {
    if (this.#mode !== undefined) return this.#mode;
    if (moreIsBetter.test(this.name)) return 'max';
    return lessIsBetter.test(this.name) ? 'min' : undefined;
  }
}
