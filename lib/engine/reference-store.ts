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
  #fresh = true;
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

  /** Parameters as they stood after the last completed run; never written again once handed out. */
  snapshot(): FloatArray {
    if (!this.#fresh && !this.training) this.publish();
    return this.#snapshot;
  }

  publish(): void {
    this.#snapshot = this.live.slice();
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

  /** For the training run that owns the arenas: a copy, to be put in their place again by `restore`. */
  keep(): void {
    const { slots } = this.arenas;
    // The same memory each time: a fit keeps a copy several times a second.
    this.#kept ??= { parameters: this.live.slice(), slots: slots.map((slot) => slot.slice()) };
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
