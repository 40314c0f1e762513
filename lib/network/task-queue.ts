/** Tasks that take turns, each when all that were asked for before have ended. */
export class TaskQueue {
  /** Under way or waiting. */
  #tasks = 0;
  #underWay = false;
  #last: Promise<unknown> = Promise.resolve();

  /** Whether a task is under way or waits for its turn. */
  get busy(): boolean {
    return this.#tasks > 0;
  }

  /** Whether a task has begun and not ended. */
  get underWay(): boolean {
    return this.#underWay;
  }

  async inTurn<T>(task: () => Promise<T>): Promise<T> {
    this.#tasks++;
    const result = this.#last.then(async () => {
      this.#underWay = true;
      try {
        return await task();
      } finally {
        this.#underWay = false;
        this.#tasks--;
      }
    });
    this.#last = result.catch(() => undefined);
    return result;
  }
}
