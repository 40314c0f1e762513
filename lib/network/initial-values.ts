import { RandomStream, streams } from '../core/random.js';
import type { FloatArray } from '../kernels/call.js';
import type { Architecture } from './architecture.js';

/**
 * What stands in a network's parameter arena at first: the values given, by parameter name, and for all others those of
 * their initializers. Each parameter draws from a stream of its own, by its place: adding a layer behind it changes nothing.
 */
export function initialValues(
  { parameters, arenaSize }: Architecture,
  seed: number,
  given: ReadonlyMap<string, FloatArray> = new Map(),
): Float64Array {
  const arena = new Float64Array(arenaSize);
  parameters.forEach(({ name, offset, size, shape, initialize }, index) => {
    const range = arena.subarray(offset, offset + size);
    const values = given.get(name);
    if (values !== undefined) {
      range.set(values);
      return;
    }
    const [fanIn, fanOut = fanIn] = shape;
    initialize(range, { fanIn, fanOut, shape }, new RandomStream(seed, streams.initialization + index));
  });
  return arena;
}
