import type { Progress } from '../../index.js';
import { gauge } from './bars.js';
import { clock, grouped, percent } from './format.js';
import type { Terminal } from './terminal.js';
import { displayWidth } from './text.js';

const UPDATE_MILLISECONDS = 80;
const [NARROWEST_BAR, WIDEST_BAR] = [8, 40];
const GAP = '  ';

/**
 * The last line of the terminal, written over as training goes on; a line that stays can be printed above it. Writes
 * nothing where there is no terminal. Never wider than the window, which may change at any time.
 */
export class ProgressLine {
  readonly #terminal: Terminal;
  readonly #now: () => number;
  #shown = 0;
  #lastUpdate = -Infinity;

  constructor(terminal: Terminal, now: () => number = () => performance.now()) {
    this.#terminal = terminal;
    this.#now = now;
  }

  /** Shows the state now, unless it did a moment ago. */
  update(progress: Progress): void {
    const now = this.#now();
    if (!this.#terminal.live || now - this.#lastUpdate < UPDATE_MILLISECONDS) return;
    this.#lastUpdate = now;
    this.show(progressText(progress, this.#terminal));
  }

  /** Shows a text in place of the last one. */
  show(text: string): void {
    if (!this.#terminal.live) return;
    this.#terminal.write(this.#erasure() + text);
    this.#shown = displayWidth(text);
  }

  clear(): void {
    if (this.#shown > 0) this.#terminal.write(this.#erasure());
    this.#shown = 0;
  }

  /** Goes back to the line's first column, also where a window made narrower has broken it into several rows. */
  #erasure(): string {
    const rows = this.#shown === 0 ? 0 : Math.floor((this.#shown - 1) / this.#terminal.width);
    return `${rows > 0 ? `\u001b[${rows}A` : ''}\r\u001b[J`;
  }
}

/** One line. Two columns stay free for the ^C that a terminal writes there itself, and one so that no new row begins. */
export function progressText(progress: Progress, terminal: Terminal): string {
  const { epoch, epochs, samples, samplesPerEpoch, samplesPerSecond, secondsLeft } = progress;
  const dim = (text: string) => terminal.style('dim', text);
  const place = `epoch ${String(epoch).padStart(String(epochs).length)}/${epochs}`;
  const loss = `${dim('loss')} ${progress.loss.toFixed(4)}`;
  const accuracy = progress.accuracy === undefined ? '' : `${dim('accuracy')} ${percent(progress.accuracy)}`;
  const rate = `${grouped(samplesPerSecond)}${dim('/s')}`;
  const left = `${clock(secondsLeft)} ${dim('left')}`;
  const width = terminal.width - 3;
  for (const { bar, pieces } of [
    { bar: true, pieces: [loss, accuracy, rate, left] },
    { bar: true, pieces: [loss, accuracy, left] },
    { bar: true, pieces: [accuracy, left] },
    { bar: false, pieces: [accuracy, left] },
    { bar: false, pieces: [left] },
    { bar: false, pieces: [] },
  ]) {
    const rest = pieces.filter(Boolean).join(GAP);
    const line = [place, rest].filter(Boolean).join(GAP);
    const room = Math.min(WIDEST_BAR, width - displayWidth(line) - GAP.length);
    if (!bar && displayWidth(line) <= width) return line;
    if (!bar || room < NARROWEST_BAR) continue;
    const { done, left: undone } = gauge(samples / samplesPerEpoch, room, terminal.unicode);
    return [place, terminal.style('cyan', done) + dim(undone), rest].join(GAP);
  }
  return '';
}
