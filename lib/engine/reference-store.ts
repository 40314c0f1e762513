import { EngineError, StateError } from '../core/errors.js';
import type { DataSource, FloatArray } from '../kernels/call.js';
import type { Arena, EngineData, Store } from './engine.js';

export type FloatArrayConstructor = typeof Float32Array | typeof Float64Array;

export class ReferenceData implements EngineData {
  readonly length: number;

  constructor(readonly source: DataSource) {
    this.length = source.length;
  }

  dispose(): void {
    // Ordinary memory: the collector frees it.
  }
}

/** The arenas of one network, and what those read who come while a training run owns them. */
export class ReferenceStore implements Store {
  training = false;
  readonly live: FloatArray;
  readonly arenas: Record<Arena, FloatArray[]>;
  #snapshot: FloatArray;
  #spare: FloatArray | undefined;
  #fresh = true;
  /** How many runs read a copy of the parameters. */
  readonly #readers = new Map<FloatArray, number>();
  /** Parameters and slots as they were once. */
  #kept: { readonly parameters: FloatArray; readonly slots: readonly FloatArray[] } | undefined;

  constructor(
    readonly array: FloatArrayConstructor,
    readonly parameters: number,
    readonly slots: number,
  ) {
    this.live = new array(parameters);
    this.#snapshot = new array(parameters);
    this.arenas = {
      parameters: [this.live],
      gradients: [new array(parameters)],
      slots: Array.from({ length: slots }, () => new array(parameters)),
    };
  }

  /** Parameters as they stood after the last completed run, to be read at once. */
  snapshot(): FloatArray {
    if (!this.#fresh && !this.training) this.publish();
    return this.#snapshot;
  }

  /** The same for a run that takes its time: nobody writes to them until it has given them back. */
  borrow(): FloatArray {
    const values = this.snapshot();
    this.#readers.set(values, (this.#readers.get(values) ?? 0) + 1);
    return values;
  }

  giveBack(values: FloatArray): void {
    const others = (this.#readers.get(values) ?? 1) - 1;
    if (others > 0) this.#readers.set(values, others);
    else this.#readers.delete(values);
  }

  /** Two copies take turns; a third is made only while a run reads the older one. */
  publish(): void {
    const spare = this.#spare !== undefined && this.#readers.has(this.#spare) ? undefined : this.#spare;
    const next = spare ?? new this.array(this.parameters);
    next.set(this.live);
    this.#spare = this.#snapshot;
    this.#snapshot = next;
    this.#fresh = true;
  }

  read(arena: Arena, offset: number, length: number, slot = 0): FloatArray {
    const from = arena === 'parameters' ? this.snapshot() : this.#arena(arena, slot, 'read');
    return from.slice(offset, offset + length);
  }

  write(arena: Arena, offset: number, values: FloatArray, slot = 0): void {
    this.#arena(arena, slot, 'written').set(values, offset);
    this.#fresh = false;
  }

  copyParameters(from: Store): void {
    this.write('parameters', 0, (from as ReferenceStore).snapshot());
  }

  /** For the training run that owns the arenas: a copy, to be put in their place again by `restore`. */
  keep(): void {
    const { slots } = this.arenas;
    if (this.#kept === undefined) {
      this.#kept = { parameters: this.live.slice(), slots: slots.map((slot) => slot.slice()) };
      return;
    }
    // The same memory each time: a fit keeps a copy several times a second.
    this.#kept.parameters.set(this.live);
    for (const [i, slot] of slots.entries()) this.#kept.slots[i].set(slot);
  }

  restore(): void {
    const kept = this.#kept;
    if (kept === undefined)
      throw new EngineError('ERR_ENGINE_INPUT', 'The parameter store keeps no copy to begin from');
    this.live.set(kept.parameters);
    this.arenas.slots.forEach((slot, i) => {
      slot.set(kept.slots[i]);
    });
  }

  dropKept(): void {
    if (this.training) throw new StateError('A copy cannot be dropped while a training run is under way');
    this.#kept = undefined;
  }

  #arena(arena: Arena, slot: number, verb: string): FloatArray {
    if (this.training) throw new StateError(`The ${arena} cannot be ${verb} while a training run is under way`);
    return this.arenas[arena][slot];
  }

  dispose(): void {
    // Ordinary memory: the collector frees it.
  }
}
