import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import type { Dataset } from '../data/index.js';
import type { Network } from './network.js';

const NOTICE = 'blasnet input scale notice';
const MOST_VALUES = 65_536;
/** Root of the mean square: about 1 for standardized features, below 1 for pixels from 0 to 1. */
const SUSPICIOUS = 10;

/** Says once that features are on a scale on which networks learn badly, where they are and the network does not scale them. */
export function noticeScale({ architecture }: Network, { features, scale, name }: Dataset): void {
  if (getEnvironmentData(NOTICE) === true || architecture.layers[0].learnInputs !== undefined) return;
  const stride = Math.max(1, Math.floor(features.length / MOST_VALUES));
  let squares = 0;
  let count = 0;
  for (let i = 0; i < features.length; i += stride, count++) squares += (features[i] * scale) ** 2;
  const size = Math.sqrt(squares / count);
  if (!(size > SUSPICIOUS)) return;
  setEnvironmentData(NOTICE, true);
  process.emitWarning(
    `The features of ${name} are large (their root mean square is ${size.toPrecision(3)}): networks learn best from values ` +
      'around 1. Scale them, by the option scale of the data set or a first layer inputNormalization()',
    { code: 'BLASNET_INPUT_SCALE' },
  );
}
