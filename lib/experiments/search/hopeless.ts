import type { Trial } from './trial.js';

/** Ends trials that are behind others at the same step. */
export interface EarlyStop {
  /** Trials that must have ended before any is stopped; at least 1, default 5. */
  afterTrials?: number;
  /** Reports of a trial before it can be stopped; at least 0, default 1. */
  afterReports?: number;
}

/**
 * Whether a trial is worse, at its best so far, than the median of the others' means up to that step.
 *
 * Source: Golovin et al., "Google Vizier", KDD 2017, the median stopping rule.
 */
export function isHopeless(
  reports: readonly (readonly [number, number])[],
  ended: Iterable<Trial>,
  { afterTrials = 5, afterReports = 1 }: EarlyStop,
  isBetter: (a: number, b: number) => boolean,
): boolean {
  if (reports.length <= afterReports) return false;
  const step = reports.at(-1)![0];
  const means: number[] = [];
  for (const trial of ended) {
    if (trial.state === 'failed') continue;
    const upTo = trial.reports.filter(([at]) => at <= step);
    if (upTo.length > 0) means.push(upTo.reduce((sum, [, value]) => sum + value, 0) / upTo.length);
  }
  if (means.length < afterTrials) return false;
  means.sort((a, b) => a - b);
  const middle = means.length >> 1;
  const median = means.length % 2 === 1 ? means[middle] : (means[middle - 1] + means[middle]) / 2;
  const best = reports.reduce((found, [, value]) => (isBetter(value, found) ? value : found), reports[0][1]);
  return isBetter(median, best);
}
