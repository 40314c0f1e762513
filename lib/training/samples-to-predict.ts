import { types } from 'node:util';
import { expected } from '../core/checks.js';
import { DataError, OptionError, ShapeError } from '../core/errors.js';
import { firstNonFinite } from '../core/numbers.js';
import { dataset, Dataset } from '../data/index.js';
import type { Engine, EngineData } from '../engine/engine.js';
import type { Samples } from './network-options.js';

/** @throws ShapeError for another width than the network's inputs */
export function checkWidth(inputs: number, { width }: Dataset): void {
  if (width === inputs) return;
  throw new ShapeError(`Expected ${inputs} features per sample (the network's inputs), received ${width}`);
}

/** Samples as a data set, checked. */
export function samplesAsData(inputs: number, samples: Samples): Dataset {
  const data = samples instanceof Dataset ? samples : dataset({ features: samples, width: inputs });
  checkWidth(inputs, data);
  return data;
}

/** Samples where the engine reads them. The engine may check a flat array as it copies it; what is wrong with it a data set says. */
export function samplesInEngine(engine: Engine, inputs: number, samples: Samples): EngineData {
  const isFlat = types.isFloat32Array(samples) && samples.length > 0 && samples.length % inputs === 0;
  const copied = isFlat ? engine.createSamples?.(samples, inputs) : undefined;
  return copied ?? engine.createData(samplesAsData(inputs, samples));
}

/** How many samples a flat array holds, checked: this is all that `predictSync` does besides predicting. */
export function countSamples(inputs: number, samples: unknown): number {
  if (!(samples instanceof Float32Array)) {
    throw new OptionError('ERR_OPTION_TYPE', expected('a Float32Array', 'samples', samples));
  }
  const rows = samples.length / inputs;
  if (!Number.isInteger(rows) || rows === 0) {
    throw new ShapeError(
      `Expected a multiple of ${inputs} values (the network's inputs) for samples, received ${samples.length}`,
    );
  }
  const bad = firstNonFinite(samples);
  if (bad >= 0) {
    throw new DataError(
      'ERR_DATA_NON_FINITE',
      `Expected finite values for samples, received ${samples[bad]} at index ${bad}`,
    );
  }
  return rows;
}
