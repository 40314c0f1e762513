import { expected } from '../core/checks.js';
import { OptionError } from '../core/errors.js';

/** What can be looped over by `for await`. A text is none: its characters are no samples. @throws OptionError for anything else */
export function checkIterable<T>(what: string, name: string, value: unknown): AsyncIterable<T> | Iterable<T> {
  const loops =
    typeof value === 'object' && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value);
  if (!loops) throw new OptionError('ERR_OPTION_TYPE', expected(what, name, value));
  return value as AsyncIterable<T> | Iterable<T>;
}
