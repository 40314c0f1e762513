import { exitCodes } from './failures.js';

const codes = { SIGINT: exitCodes.interrupted, SIGTERM: exitCodes.terminated } as const;

/** The signals that ask a program to end, as an AbortSignal. A second one ends it at once. */
export class Interrupt {
  readonly #controller = new AbortController();
  readonly #listeners = Object.keys(codes).map((name) => ({ name, listener: () => this.#receive(name) }));
  #received: keyof typeof codes | undefined;

  /** From here on, until `release`, a signal no longer ends the process. */
  constructor() {
    for (const { name, listener } of this.#listeners) process.on(name, listener);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Which signal came, if one did. */
  get received(): keyof typeof codes | undefined {
    return this.#received;
  }

  get exitCode(): number {
    return this.#received === undefined ? exitCodes.done : codes[this.#received];
  }

  release(): void {
    for (const { name, listener } of this.#listeners) process.off(name, listener);
  }

  #receive(name: string): void {
    if (this.#received !== undefined) process.exit(codes[name as keyof typeof codes]);
    this.#received = name as keyof typeof codes;
    this.#controller.abort(new Error(`Received ${name}`));
  }
}
