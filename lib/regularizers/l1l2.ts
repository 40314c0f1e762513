import { checkOptions } from '../core/checks.js';
import type { Regularizer } from '../program/parameters.js';
import { l1 } from './l1.js';
import { l2 } from './l2.js';

export interface L1L2Options {
  /** Strength of the L1 penalty, at least 0; default 0.01. */
  l1?: number;
  /** Strength of the L2 penalty, at least 0; default 0.01. */
  l2?: number;
}

/**
 * Both penalties, also called elastic net: sparse like `l1`, but related weights stay together as with `l2`.
 *
 *     loss += l1 · Σ |W| + l2/2 · Σ W²    gradient += l1 · sign(W) + l2 · W
 *
 * @param options `l1` and `l2`, each at least 0, default 0.01
 * @throws OptionError for options that are unknown, negative or not finite
 *
 * @example
 * dense(100, { regularizer: l1l2({ l1: 1e-5, l2: 1e-4 }) });
 *
 * Source: Zou and Hastie, "Regularization and variable selection via the elastic net", 2005. Keras' L1L2 has no half in
 * front of its second term.
 */
export function l1l2(options?: L1L2Options): readonly Regularizer[] {
  const given = checkOptions<L1L2Options>('l1l2', options, ['l1', 'l2']);
  return [l1(given.l1 ?? 0.01), l2(given.l2 ?? 0.01)];
}
