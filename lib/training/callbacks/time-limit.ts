import { checkNumber } from '../../core/checks.js';
import type { Callback } from './callback.js';

/**
 * Ends a fit after so many seconds, within a slice of steps (a tenth of a second). The fit resolves: its history holds the
 * epochs that were completed, and every step. The limit counts from the start of this fit; one that is resumed gets it anew.
 *
 * @param seconds above 0
 * @throws OptionError out of range
 *
 * @example
 * await network.fit(train, { epochs: 1000, callbacks: [timeLimit(60)] });
 */
export function timeLimit(seconds: number): Callback {
  checkNumber('seconds', seconds, { above: 0 });
  let end = Infinity;
  return {
    name: 'timeLimit',
    onTrainBegin() {
      end = performance.now() + seconds * 1000;
    },
    onSliceEnd(training) {
      if (performance.now() >= end) training.stop(`The time limit of ${seconds} s was reached`);
    },
  };
}
