import type { DataSource } from '../kernels/call.js';
import type { Program } from '../program/program.js';
import type { CompiledProgram, Engine, EngineData, Store } from './engine.js';
import { ReferenceProgram } from './reference-program.js';
import { ReferenceData, ReferenceStore, type FloatArrayConstructor } from './reference-store.js';

export interface ReferenceOptions {
  /** float64 checks gradients; float32 trains like the native engine. */
  numbers?: 'float32' | 'float64';
}

/** Runs the same programs in TypeScript: where the addon is missing, and to check the native engine against. */
export class ReferenceEngine implements Engine {
  readonly name = 'reference';
  readonly threads = 1;
  readonly #array: FloatArrayConstructor;

  constructor({ numbers = 'float32' }: ReferenceOptions = {}) {
    this.#array = numbers === 'float64' ? Float64Array : Float32Array;
  }

  createData(source: DataSource): EngineData {
    return new ReferenceData({
      ...source,
      features: source.features.slice(),
      labels: source.labels?.slice(),
      targets: source.targets?.slice(),
      weights: source.weights?.slice(),
    });
  }

  createStore(parameters: number, slots: number): Store {
    return new ReferenceStore(this.#array, parameters, slots);
  }

  compile(program: Program): CompiledProgram {
    return new ReferenceProgram(program, this.#array);
  }
}
