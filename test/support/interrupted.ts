import { expect } from 'vitest';
import { hooks, type Callback, type History } from '../../lib/index.js';

/** A history without what no two runs share. */
export function comparable({ epochs, stepLoss, stepDataLoss, stepGradientNorm, stopped, seed, steps }: History) {
  const timeless = epochs.map(({ seconds, samplesPerSecond, ...record }) => {
    expect(seconds + samplesPerSecond).toBeGreaterThan(0);
    return record;
  });
  return { timeless, stepLoss, stepDataLoss, stepGradientNorm, stopped, seed, steps };
}

/** Aborts a fit when so many of its steps are done. */
export function abortAfter(steps: number): { signal: AbortSignal; callback: Callback } {
  const controller = new AbortController();
  const onStepEnd = ({ step }: { step: number }) => {
    if (step === steps) controller.abort(new Error('interrupted'));
  };
  return { signal: controller.signal, callback: hooks({ onStepEnd }) };
}
