import { describe, expect, it } from 'vitest';
import { dense } from '../../lib/layers/index.js';
import { Network } from '../../lib/training/index.js';
import { addon } from '../support/engines.js';

/** Below the smallest normal float32, 1.18e-38, and one above it. */
const DENORMAL = 1e-40;
const NORMAL = 1e-30;

describe.skipIf(addon === undefined)('denormal numbers on the native engine', () => {
  const make = () => {
    const network = new Network({
      inputs: 1,
      layers: [dense(1, { bias: false })],
      loss: 'meanSquaredError',
      engine: 'native',
    });
    network.writeParameter('dense1.kernel', [1]);
    return network;
  };

  it('are zeros in predictions, by either way', async () => {
    const network = make();
    const expected = [0, Math.fround(NORMAL)];
    const input = (value: number) => Float32Array.of(value);
    const now = [DENORMAL, NORMAL].map((value) => network.predictSync(input(value))[0]);
    expect(now).toEqual(expected);
    const later = await Promise.all([DENORMAL, NORMAL].map((value) => network.predict(input(value))));
    expect(later.map(([output]) => output)).toEqual(expected);
  });

  it('are what they were to the program around', () => {
    make().predictSync(Float32Array.of(DENORMAL));
    const [halved] = Float32Array.of(DENORMAL).map((value) => value / 2);
    expect(halved).toBeGreaterThan(0);
  });
});
