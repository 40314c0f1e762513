import { checkBoolean, checkNumber } from '../core/checks.js';
import type { UpdateOptions } from '../program/parameters.js';

/** What layers with parameters take to be updated in their own way. */
export interface LayerUpdateOptions {
  /** The layer's share of the optimizer's learning rate, at least 0; default 1. */
  learningRateMultiplier?: number;
  /** Whether `adamW` may let the layer's parameters decay; default true. */
  weightDecay?: boolean;
}

export const updateOptionNames = ['learningRateMultiplier', 'weightDecay'] as const;

/** Checks the options; undefined where they are the usual ones. `config` holds those that are not. */
export function checkUpdates(given: LayerUpdateOptions): { updates?: UpdateOptions; config: LayerUpdateOptions } {
  const learningRateMultiplier = checkNumber('learningRateMultiplier', given.learningRateMultiplier ?? 1, { min: 0 });
  const weightDecay = checkBoolean('weightDecay', given.weightDecay ?? true);
  if (learningRateMultiplier === 1 && weightDecay) return { config: {} };
  const updates = { learningRateMultiplier, weightDecay };
  return { updates, config: updates };
}
