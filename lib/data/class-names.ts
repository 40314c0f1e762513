import { expected } from '../core/checks.js';
import { DataError, OptionError } from '../core/errors.js';

/**
 * The names of classes: those given, or, for labels in text, those that occur, sorted by their characters' codes so that
 * every machine numbers them alike.
 */
export function readClassNames(name: string, given: unknown, labels: unknown): readonly string[] | undefined {
  if (given === undefined) {
    if (!Array.isArray(labels) || typeof labels[0] !== 'string') return undefined;
    return Object.freeze([...new Set(labels.filter((label) => typeof label === 'string'))].sort());
  }
  if (!Array.isArray(given) || given.length === 0) {
    throw new OptionError('ERR_OPTION_TYPE', expected('an array of names', name, given));
  }
  const seen = new Set<string>();
  given.forEach((text: unknown, i) => {
    if (typeof text !== 'string' || text === '') {
      throw new OptionError('ERR_OPTION_TYPE', expected('a non-empty string', `${name}[${i}]`, text));
    }
    if (seen.has(text))
      throw new OptionError('ERR_OPTION_CHOICE', expected('a name of its own', `${name}[${i}]`, text));
    seen.add(text);
  });
  return Object.freeze([...seen]);
}

/** Labels in text as the numbers of their classes; anything else is left for `readLabels` to check. */
export function encodeLabels(name: string, labels: unknown, classNames: readonly string[] | undefined): unknown {
  if (!Array.isArray(labels) || typeof labels[0] !== 'string') return labels;
  const numbers = new Map(classNames?.map((text, i) => [text, i]));
  return labels.map((label: unknown, i) => {
    const number = typeof label === 'string' ? numbers.get(label) : undefined;
    if (number !== undefined) return number;
    throw new DataError('ERR_DATA_LABEL', expected('a name of a class', `${name}[${i}]`, label));
  });
}
