import { NonFiniteError, StateError, type NonFinitePlace } from '../core/errors.js';
import { firstNonFinite } from '../core/numbers.js';
import type { CompiledProgram, Outcome, Slice } from '../engine/engine.js';
import { findNonFinite, type FailedStep } from '../network/index.js';
import type { Network } from './network.js';
import type { Batch } from './pass.js';

/**
 * Seconds from one copy of parameters and slots to the next: a copy takes about a billionth of a second an element, and has
 * to stay under a hundredth of the time. As long is the most that is done again when training stops.
 */
const SECONDS = 0.1;
const SECONDS_PER_ELEMENT = 2e-7;
const MOST_SAMPLES = 100;

interface Failure {
  /** Of the program's totals: what was not finite; undefined where none of them was. */
  readonly what: 'loss' | 'gradient' | undefined;
  /** The samples of the step. */
  readonly batch: () => Promise<Batch> | Batch;
  readonly seed: number;
  readonly augment: FailedStep['augment'];
}

/**
 * Runs the slices of a fit, and sees that none of them leaves the network with numbers that are not finite. The engine notices
 * such a number at its step, when a part of the update may be done already; what it was before cannot be computed from that.
 * So a copy is made once in a while, and the steps since are done again up to the last good one: the same seed, the same bits.
 */
export class FiniteGuard {
  readonly #network: Network;
  readonly #milliseconds: number;
  #copiedAt = 0;
  /** What has been run since the copy, without steps that did not come to their end. */
  #since: Slice[] = [];
  /** Met in the arenas as the failed step left them. */
  #spoilt: NonFinitePlace | undefined;

  constructor(network: Network) {
    const { store } = network;
    this.#network = network;
    this.#milliseconds = 1000 * (SECONDS + SECONDS_PER_ELEMENT * store.parameters * (1 + store.slots));
  }

  /** The outcome of a slice; where it met what is not finite, the network stands at the last step before that. */
  async run(program: CompiledProgram, slice: Slice): Promise<Outcome> {
    const { store } = this.#network;
    const last = this.#since.at(-1);
    const now = performance.now();
    // Samples that the fit has let go of cannot be trained on again.
    const due = last === undefined || last.data !== slice.data || now - this.#copiedAt > this.#milliseconds;
    if (due) [this.#since, this.#copiedAt] = [[], now];
    const outcome = await program.run(store, due ? { ...slice, begin: 'keep' } : slice);
    const { data, order, firstSample, scalars, seed, firstStep } = slice;
    const count = Math.min(slice.count, outcome.steps * program.program.batchSize);
    const done = { data, firstSample, count, scalars, seed, firstStep };
    this.#since.push(order === undefined ? done : { ...done, order });
    if (outcome.nonFinite >= 0) {
      this.#spoilt = this.#findSpoilt();
      await this.#goBack(program);
    }
    return outcome;
  }

  /** What a fit rejects with whose last slice was not finite; tells where the trouble was met first. */
  async failure({ what, batch, seed, augment }: Failure): Promise<NonFiniteError> {
    const { step } = this.#network;
    const place = (await this.#find(batch, seed, augment).catch(() => undefined)) ?? this.#spoilt;
    const where = place === undefined ? '' : ` (first met in the ${describe(place)})`;
    const message =
      `The ${what ?? 'gradient'} was not finite at step ${step}${where}, so training stopped; the parameters are those of ` +
      'the step before. Usual causes: a learning rate that is too high, or inputs that are not scaled';
    return new NonFiniteError(message, step, place);
  }

  /** Frees the copy. */
  dispose(): void {
    this.#since = [];
    this.#network.store.dropKept();
  }

  async #goBack(program: CompiledProgram): Promise<void> {
    const { batchSize } = program.program;
    for (const [i, slice] of this.#since.entries()) {
      const again = await program.run(this.#network.store, i === 0 ? { ...slice, begin: 'restore' } : slice);
      if (again.steps === Math.ceil(slice.count / batchSize)) continue;
      throw new StateError('Training met a number that is not finite, and could not go back to the last good step');
    }
  }

  /** The last parameter in the order of the layers, which is the first to be updated, that is not finite any more. */
  #findSpoilt(): NonFinitePlace | undefined {
    const { store, architecture } = this.#network;
    const slots = Array.from({ length: store.slots }, (_, slot) => slot);
    const spoilt = [...architecture.parameters].reverse().find(({ offset, size }) => {
      if (firstNonFinite(store.read('parameters', offset, size)) >= 0) return true;
      return slots.some((slot) => firstNonFinite(store.read('slots', offset, size, slot)) >= 0);
    });
    if (spoilt === undefined) return undefined;
    const { layer, name, role } = spoilt;
    return { layer, tensor: role === 'state' ? name : `update of ${name}`, samples: [] };
  }

  async #find(look: Failure['batch'], seed: number, augment: Failure['augment']): Promise<NonFinitePlace | undefined> {
    const { architecture, step, store } = this.#network;
    const { data: batch, samples } = await look();
    const parameters = store.read('parameters', 0, architecture.arenaSize);
    const found = await findNonFinite({ architecture, parameters, batch, seed, step, augment });
    if (found === undefined) return undefined;
    const { layer, tensor, rows } = found;
    const place = { tensor, samples: rows.slice(0, MOST_SAMPLES).map((row) => samples[row]) };
    return layer === undefined ? place : { layer, ...place };
  }
}

function describe({ tensor, samples }: NonFinitePlace): string {
  if (samples.length === 0) return tensor;
  const listed = samples.slice(0, 5).join(', ');
  return `${tensor}, for ${samples.length === 1 ? 'sample' : 'samples'} ${listed}${samples.length > 5 ? ', …' : ''}`;
}
