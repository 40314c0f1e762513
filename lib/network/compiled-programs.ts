import type { CompiledProgram, Engine } from '../engine/engine.js';
import type { Architecture } from './architecture.js';
import { compileEvaluation, compilePrediction, type EvaluationKind } from './compile.js';

/** The programs of a network that only read its parameters, each compiled when it is first asked for. */
export class CompiledPrograms {
  readonly #engine: Engine;
  readonly #architecture: Architecture;
  readonly #programs = new Map<string, CompiledProgram>();

  constructor(engine: Engine, architecture: Architecture) {
    this.#engine = engine;
    this.#architecture = architecture;
  }

  evaluation(kind: EvaluationKind): CompiledProgram {
    const name = `evaluation${kind.weighted ? ', weighted' : ''}${kind.emits ? ', with predictions' : ''}`;
    return this.#once(name, () => this.#engine.compile(compileEvaluation(this.#architecture, kind)));
  }

  prediction(raw: boolean): CompiledProgram {
    const name = raw ? 'raw prediction' : 'prediction';
    return this.#once(name, () => this.#engine.compile(compilePrediction(this.#architecture, raw)));
  }

  #once(name: string, compile: () => CompiledProgram): CompiledProgram {
    let program = this.#programs.get(name);
    if (program === undefined) {
      program = compile();
      this.#programs.set(name, program);
    }
    return program;
  }
}
