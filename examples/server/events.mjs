// Events for any number of listeners; one that is slow misses progress, never an epoch or the end.
export class Events {
  #listeners = new Set();

  send(name, data) {
    for (const listener of this.#listeners) listener.put({ event: name, data: JSON.stringify(data) });
  }

  close() {
    for (const listener of this.#listeners) listener.put(undefined);
  }

  /** All events from now on, until `end`, `close`, or the signal. */
  async *listen(signal) {
    const waiting = [];
    let wake = () => {};
    const listener = {
      put(event) {
        const last = waiting.findIndex((other) => other?.event === 'progress');
        if (event?.event === 'progress' && last >= 0) waiting.splice(last, 1);
        waiting.push(event);
        wake();
      },
    };
    const stop = () => listener.put(undefined);
    this.#listeners.add(listener);
    signal.addEventListener('abort', stop);
    try {
      for (;;) {
        while (waiting.length === 0) await new Promise((resolve) => (wake = resolve));
        const event = waiting.shift();
        if (event === undefined) return;
        yield event;
        if (event.event === 'end') return;
      }
    } finally {
      this.#listeners.delete(listener);
      signal.removeEventListener('abort', stop);
    }
  }
}
