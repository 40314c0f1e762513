import type { EpochRecord, History } from './history.js';

/**
 * A fit under way: await it for the history, or iterate over it for one record an epoch.
 *
 * @example
 * for await (const { epoch, valAccuracy } of network.fit(train, { validation: test })) console.log(epoch, valAccuracy);
 * const history = await network.fit(train);
 */
export class Fit implements PromiseLike<History>, AsyncIterable<EpochRecord> {
  readonly #records: EpochRecord[] = [];
  readonly #done: Promise<History>;
  #ended = false;
  #watched = false;
  #wake: () => void = () => undefined;
  #change = new Promise<void>((resolve) => (this.#wake = resolve));

  /** @internal */
  constructor(run: (report: (record: EpochRecord) => void) => Promise<History>) {
    this.#done = run((record) => {
      this.#records.push(record);
      this.#announce();
    }).finally(() => {
      this.#ended = true;
      this.#announce();
    });
    // Whoever iterates gets the error there. Only a fit that nobody watches at all must not fail unseen.
    this.#done.catch((error: unknown) => {
      if (!this.#watched) void Promise.reject(error);
    });
  }

  then<A = History, B = never>(
    onFulfilled?: ((history: History) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#watched = true;
    return this.#done.then(onFulfilled, onRejected);
  }

  catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<History | B> {
    return this.then(undefined, onRejected);
  }

  finally(onFinally?: (() => void) | null): Promise<History> {
    return this.then().finally(onFinally);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<EpochRecord, void, void> {
    this.#watched = true;
    for (let next = 0; ; next++) {
      while (next >= this.#records.length && !this.#ended) await this.#change;
      if (next >= this.#records.length) break;
      yield this.#records[next];
    }
    await this.#done;
  }

  #announce(): void {
    const wake = this.#wake;
    this.#change = new Promise<void>((resolve) => (this.#wake = resolve));
    wake();
  }
}
