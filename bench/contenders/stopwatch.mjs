// @ts-check
/**
 * Warm-up, then windows of measured time. `contenders/stopwatch.py` is its twin: change both.
 */
export class Stopwatch {
  /** Samples per second of each window. @type {number[]} */
  rates = [];
  /** Samples per second that a core worked, on all threads together. @type {number[]} */
  coreRates = [];
  #request;
  #start = performance.now();
  #ticks = 0;
  /** @type {{ time: number, core: number, samples: number } | undefined} */
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
      this.#window = { time: now, core: coreMilliseconds(), samples };
      this.#measuredFrom = now;
      return false;
    }
    const elapsed = now - this.#window.time;
    if (elapsed < (seconds * 1000) / windows) return false;
    const core = coreMilliseconds();
    const trained = samples - this.#window.samples;
    this.rates.push((trained / elapsed) * 1000);
    this.coreRates.push((trained / (core - this.#window.core)) * 1000);
    this.#window = { time: now, core, samples };
    // Whoever takes many seconds for one step does not have to fill every window.
    return this.rates.length === windows || now - this.#measuredFrom > 3000 * seconds;
  }

  /** What the contender answers. @param {Record<string, unknown>} more */
  answer(more) {
    const rates = { windows: this.rates, coreWindows: this.coreRates };
    console.log(JSON.stringify({ ...rates, cpuSeconds: coreMilliseconds() / 1000, ...more }));
  }
}

/** Time that cores have worked for this process, all threads together. */
function coreMilliseconds() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
