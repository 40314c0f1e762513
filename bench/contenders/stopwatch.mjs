// @ts-check
/**
 * Warm-up, then windows of measured time. `contenders/stopwatch.py` is its twin: change both.
 */
export class Stopwatch {
  /** Samples per second of each window. @type {number[]} */
  rates = [];
  #request;
  #start = performance.now();
  #ticks = 0;
  /** @type {{ time: number, samples: number } | undefined} */
  #window;
  #measuredFrom = 0;

  /** @param {{ seconds: number, warmUpSeconds: number, windows: number }} request */
  constructor(request) {
    this.#request = request;
  }

  /**
   * Called after every few steps.
   *
   * @param {number} samples trained on so far, over all
   * @returns {boolean} whether the trial is over
   */
  tick(samples) {
    const now = performance.now();
    const { seconds, warmUpSeconds, windows } = this.#request;
    this.#ticks++;
    if (this.#window === undefined) {
      // Two steps at least: the first one may compile.
      if (this.#ticks < 2 || now - this.#start < warmUpSeconds * 1000) return false;
      this.#window = { time: now, samples };
      this.#measuredFrom = now;
      return false;
    }
    const elapsed = now - this.#window.time;
    if (elapsed < (seconds * 1000) / windows) return false;
    this.rates.push(((samples - this.#window.samples) / elapsed) * 1000);
    this.#window = { time: now, samples };
    // Whoever takes many seconds for one step does not have to fill every window.
    return this.rates.length === windows || now - this.#measuredFrom > 3000 * seconds;
  }
}
