import { RandomStream, streams } from '../core/random.js';
import type { Store } from '../engine/engine.js';
import type { FloatArray } from '../kernels/call.js';
import type { Architecture } from './architecture.js';

/**
 * Writes what stands in a network's parameter arena at first: the values given, by parameter name, and for all others those
 * of their initializers. Each parameter draws from a stream of its own, by its place: adding a layer behind it changes nothing.
 */
export function writeInitialValues(
  store: Store,
  { parameters }: Architecture,
  seed: number,
  given: ReadonlyMap<string, FloatArray> = new Map(),
): void {
  // One parameter after the other in the same memory: the engine has copies of its own, perhaps in float32.
  const drawn = parameters.filter(({ name }) => !given.has(name));
  const memory = new Float64Array(drawn.reduce((most, { size }) => Math.max(most, size), 0));
  parameters.forEach(({ name, offset, size, shape, initialize }, index) => {
    let values = given.get(name);
    if (values === undefined) {
      const range = memory.subarray(0, size).fill(0);
      const [fanIn, fanOut = fanIn] = shape;
      initialize(range, { fanIn, fanOut, shape }, new RandomStream(seed, streams.initialization + index));
      values = range;
    }
    store.write('parameters', offset, values);
  });
}
