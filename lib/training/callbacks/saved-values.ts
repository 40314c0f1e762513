import { checkInteger, checkNumber } from '../../core/checks.js';
import { CheckpointError, OptionError } from '../../core/errors.js';
import type { CallbackState } from './callback.js';

/** Reads back what a callback of ours put into a checkpoint, which may come from anywhere. */
export class SavedValues {
  readonly #owner: string;
  readonly #state: CallbackState;

  constructor(owner: string, state: CallbackState) {
    this.#owner = owner;
    this.#state = state;
  }

  /** The best value so far; none where there was none. */
  best(): number | undefined {
    const { best } = this.#state.values;
    return best === null ? undefined : this.#check(() => checkNumber(`best of ${this.#owner}`, best));
  }

  count(name: string): number {
    return this.#check(() => checkInteger(`${name} of ${this.#owner}`, this.#state.values[name]));
  }

  /** Absent where it was. */
  array(name: string, length: number): Float32Array | undefined {
    const found = this.#state.arrays?.[name];
    if (found === undefined || found.length === length) return found;
    throw this.#corrupt(`Expected ${length} numbers for ${name} of ${this.#owner}, received ${found.length}`);
  }

  #check<T>(check: () => T): T {
    try {
      return check();
    } catch (error) {
      if (!(error instanceof OptionError)) throw error;
      throw this.#corrupt(error.message);
    }
  }

  #corrupt(what: string): CheckpointError {
    return new CheckpointError('ERR_CHECKPOINT_CORRUPT', `The checkpoint cannot be used. ${what}`);
  }
}
