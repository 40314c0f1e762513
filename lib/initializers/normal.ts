import { checkNumber, checkOptions } from '../core/checks.js';
import { fillNormal, type Initializer } from './initializer.js';

export interface NormalOptions {
  /** At least 0; default 0.01. */
  standardDeviation?: number;
}

/**
 * Normal numbers with mean 0 and one standard deviation whatever the fans: what the courses begin with to show why the
 * scale matters.
 *
 * @example
 * dense(100, { initializer: normal({ standardDeviation: 0.01 }) });
 */
export function normal(options?: NormalOptions): Initializer {
  const { standardDeviation = 0.01 } = checkOptions<NormalOptions>('normal', options, ['standardDeviation']);
  checkNumber('standardDeviation', standardDeviation, { min: 0 });
  return { name: 'normal', fill: fillNormal(() => standardDeviation), config: { name: 'normal', standardDeviation } };
}
