import type { EpochRecord } from '../history.js';
import type { Training } from '../training.js';
import type { Callback, Ending, StepRecord } from './callback.js';

/** The callbacks of one fit, told of its moments one after the other and waited for. */
export class Listeners {
  readonly #callbacks: readonly Callback[];
  readonly #training: Training;
  /** Of them, the first so many know that the fit has begun. */
  #begun = 0;

  constructor(callbacks: readonly Callback[], training: Training) {
    this.#callbacks = callbacks;
    this.#training = training;
  }

  async trainBegin(): Promise<void> {
    for (const callback of this.#callbacks) {
      this.#begun++;
      await callback.onTrainBegin?.(this.#training);
    }
  }

  /** Tells those that have been told of the beginning, all of them; returns what they threw. */
  async trainEnd(ending: Ending): Promise<unknown[]> {
    const errors: unknown[] = [];
    for (const callback of this.#callbacks.slice(0, this.#begun)) {
      try {
        await callback.onTrainEnd?.(ending, this.#training);
      } catch (error) {
        errors.push(error);
      }
    }
    return errors;
  }

  async epochBegin(epoch: number): Promise<void> {
    for (const callback of this.#callbacks) await callback.onEpochBegin?.(epoch, this.#training);
  }

  async epochEnd(record: EpochRecord): Promise<void> {
    for (const callback of this.#callbacks) await callback.onEpochEnd?.(record, this.#training);
  }

  async sliceEnd(): Promise<void> {
    for (const callback of this.#callbacks) await callback.onSliceEnd?.(this.#training);
  }

  /** @param last what the step came to that was the fit's last one */
  async stepEnd(last: () => StepRecord): Promise<void> {
    const { step } = this.#training;
    for (const callback of this.#callbacks) {
      if (step % (callback.stepInterval ?? 1) === 0) await callback.onStepEnd?.(last(), this.#training);
    }
  }

  /** Steps until the next one that a callback wants to hear of. */
  get stepsToNext(): number {
    const { step } = this.#training;
    const intervals = this.#callbacks.map((callback) => {
      const { stepInterval = 1 } = callback;
      return callback.onStepEnd === undefined ? Infinity : stepInterval - (step % stepInterval);
    });
    return Math.min(...intervals, Infinity);
  }
}
