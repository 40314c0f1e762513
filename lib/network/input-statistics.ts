import { setImmediate as turn } from 'node:timers/promises';
import type { Store } from '../engine/engine.js';
import type { DataSource } from '../kernels/call.js';
import type { FeatureStatistics, Layer } from '../layers/index.js';
import type { Architecture } from './architecture.js';

/** What statistics are computed of: a data set will do. */
export type Features = Pick<DataSource, 'length' | 'width' | 'features' | 'scale'>;

/** Values between two turns of the event loop: a few milliseconds. */
const VALUES_A_TURN = 2 ** 20;

/**
 * Mean and standard deviation of every feature, as the network sees it, in float64 and two passes; subtracting squares of
 * large means would lose the digits that matter. The event loop gets its turn all the while.
 */
async function featureStatistics({ length, width, features, scale }: Features): Promise<FeatureStatistics> {
  const mean = new Float64Array(width);
  const squares = new Float64Array(width);
  const [least, most] = [new Float64Array(width).fill(Infinity), new Float64Array(width).fill(-Infinity)];
  const rowsAtATime = Math.max(1, Math.floor(VALUES_A_TURN / width));
  const overRows = async (take: (row: number) => void) => {
    for (let row = 0; row < length; row++) {
      if (row > 0 && row % rowsAtATime === 0) await turn();
      take(row * width);
    }
  };
  await overRows((first) => {
    for (let j = 0; j < width; j++) {
      const value = features[first + j];
      mean[j] += value;
      if (value < least[j]) least[j] = value;
      if (value > most[j]) most[j] = value;
    }
  });
  for (let j = 0; j < width; j++) mean[j] /= length;
  await overRows((first) => {
    for (let j = 0; j < width; j++) {
      const distance = features[first + j] - mean[j];
      squares[j] += distance * distance;
    }
  });
  const deviation = squares.map((sum, j) => {
    // Told by its values: rounding of the mean can leave a constant feature a tiny deviation.
    const value = least[j] === most[j] ? 0 : Math.sqrt(sum / length) * scale;
    return Math.fround(value) > 0 ? value : 1;
  });
  const scaled = mean.map((value, j) => (least[j] === most[j] ? least[j] : value) * scale);
  return { samples: length, mean: scaled, deviation };
}

/**
 * Writes what layers learn from the inputs to the network's store. Without `again`, only for those that have not learned
 * yet; where none has to, the source is not asked.
 */
export async function learnInputs(
  { layers }: Architecture,
  store: Store,
  source: Features | (() => Promise<Features>),
  again: boolean,
): Promise<void> {
  const learners = layers.filter((layer) => layer.learnInputs !== undefined && (again || !hasLearned(layer, store)));
  if (learners.length === 0) return;
  const statistics = await featureStatistics(typeof source === 'function' ? await source() : source);
  for (const { parameter, values } of learners.flatMap((layer) => layer.learnInputs?.(statistics) ?? [])) {
    store.write('parameters', parameter.offset, values);
  }
}

/** Whether a layer that learns from the inputs has done so: its count of samples says it. */
function hasLearned({ parameters }: Layer, store: Store): boolean {
  const count = parameters.find(({ name }) => name.endsWith('.samples'));
  return count !== undefined && store.read('parameters', count.offset, 1)[0] > 0;
}
