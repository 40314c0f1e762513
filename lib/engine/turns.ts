import { setImmediate as turn } from 'node:timers/promises';

/** The longest time in milliseconds that a run holds the event loop before it lets others have a turn. */
const LONGEST_TURN = 8;
/** Multiply-adds between two looks at the clock: about two milliseconds. */
export const WORK_BETWEEN_LOOKS = 1 << 21;

/** Keeps a run from holding the event loop: timers, sockets and everybody else get their turn. */
export class Turns {
  #since = performance.now();
  #work = 0;

  /** Counts work done; true when it is time to give way. Looks at the clock once in a while only. */
  spend(work: number): boolean {
    this.#work += work;
    if (this.#work < WORK_BETWEEN_LOOKS) return false;
    this.#work = 0;
    return performance.now() - this.#since > LONGEST_TURN;
  }

  async giveWay(): Promise<void> {
    await turn();
    this.#since = performance.now();
  }
}
