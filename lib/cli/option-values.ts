import { InvalidArgumentError } from 'commander';

const MOST_LAYERS = 100;

/** A whole number of at least `least`, from text that is nothing but that. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
    const most = value > Number.MAX_SAFE_INTEGER ? ` and at most ${Number.MAX_SAFE_INTEGER}` : '';
    throw new InvalidArgumentError(`Expected a whole number of at least ${least}${most}.`);
  };
}

export interface Bounds {
  readonly min?: number;
  readonly above?: number;
  readonly below?: number;
}

/** A finite number within bounds, such as 0.001 or 1e-5. */
export function number({ min = -Infinity, above = -Infinity, below = Infinity }: Bounds): (text: string) => number {
  const limits = [
    min > -Infinity ? `at least ${min}` : '',
    above > -Infinity ? `above ${above}` : '',
    below < Infinity ? `below ${below}` : '',
  ].filter(Boolean);
  return (text) => {
    const value = Number(text);
    const plain = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);
    if (plain && Number.isFinite(value) && value >= min && value > above && value < below) return value;
    throw new InvalidArgumentError(`Expected a number ${limits.join(' and ')}.`);
  };
}

/** Units of the hidden layers: "512,512", or "none" for a network without any. */
export function layerWidths(text: string): number[] {
  if (text === 'none') return [];
  const widths = text.split(',').map(wholeUnits);
  if (widths.length > MOST_LAYERS) throw new InvalidArgumentError(`Expected at most ${MOST_LAYERS} layers.`);
  return widths;
}

function wholeUnits(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text.trim()) && value >= 1 && value <= 2 ** 24) return value;
  throw new InvalidArgumentError('Expected widths such as 512,512, or none.');
}

/** When to keep a checkpoint: "200steps", "1epoch", "5min". */
export function checkpointInterval(text: string): { steps?: number; epochs?: number; minutes?: number } {
  const found = /^(\d+(?:\.\d+)?) ?(steps?|epochs?|min|minutes?)$/.exec(text);
  const [count, unit] = [Number(found?.[1]), found?.[2] ?? ''];
  if (unit.startsWith('min') && count > 0) return { minutes: count };
  if (unit !== '' && !unit.startsWith('min') && Number.isSafeInteger(count) && count > 0) {
    return unit.startsWith('step') ? { steps: count } : { epochs: count };
  }
  throw new InvalidArgumentError('Expected an interval such as 200steps, 1epoch or 5min.');
}
