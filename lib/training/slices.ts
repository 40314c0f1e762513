import { EngineError } from '../core/errors.js';

/**
 * Seconds of work in one call of the engine: callbacks, aborts and snapshots happen in between. Large networks take
 * longer slices, so that the copy of their parameters after each stays a small part of it.
 */
const SECONDS = 0.1;
const SECONDS_PER_PARAMETER = 3e-8;

/** How many steps to give the engine at once: by the time that the last ones took, growing step by step. */
export class SliceLength {
  readonly #seconds: number;
  #steps = 1;

  /** @param parameters elements of the network's arena */
  constructor(parameters: number) {
    this.#seconds = SECONDS + SECONDS_PER_PARAMETER * parameters;
  }

  get steps(): number {
    return this.#steps;
  }

  /**
   * Learns from a slice.
   *
   * @throws EngineError for one without a step, though nobody stopped it: the fit would ask for it for ever
   */
  took({ steps, seconds }: { readonly steps: number; readonly seconds: number }): void {
    if (steps === 0) {
      throw new EngineError('ERR_ENGINE_STALLED', 'The engine ended a run without a step, and did not say why');
    }
    this.#steps = Math.max(1, Math.min(this.#steps * 4, Math.floor((this.#seconds * steps) / seconds)));
  }
}
