import { describe, expect, it } from 'vitest';
import { BlasnetError, dataset, Network } from '../../lib/index.js';
import { blobs } from '../support/networks.js';
import { data, layers, network, wrongCalls } from './wrong-calls.js';
import { wrongDescriptions } from './wrong-descriptions.js';

/* Every row is a typed error, thrown at once, before any work. */

describe.each(Object.entries({ ...wrongDescriptions, ...wrongCalls }))('%s', (_group, list) => {
  it.each(list)('%s', (_what, call, code, says) => {
    let thrown: unknown;
    try {
      call();
    } catch (error) {
      thrown = error;
    }
    expect(thrown, 'an error, thrown at once').toBeInstanceOf(BlasnetError);
    const { code: received, message } = thrown as BlasnetError;
    expect({ code: received, message }).toEqual({ code, message: expect.stringMatching(says) as string });
  });
});

it('asynchronous calls reject in the same way', async () => {
  const calls: [() => Promise<unknown>, string][] = [
    [() => network.predict('x' as never), 'ERR_OPTION_TYPE'],
    [() => network.predict(new Float32Array(5)), 'ERR_SHAPE'],
    [() => network.predict(Float32Array.of(1, 2, 3, Infinity)), 'ERR_DATA_NON_FINITE'],
    [() => network.predict(blobs(3, 5, 2)), 'ERR_SHAPE'],
    [() => network.predict(data, { raw: 1 as never }), 'ERR_OPTION_TYPE'],
    [() => network.evaluate(blobs(3, 5, 2)), 'ERR_SHAPE'],
    [() => network.evaluate(dataset({ features: [[1, 2, 3, 4]], labels: [7] })), 'ERR_DATA_LABELS'],
    [() => network.evaluate(null as never), 'ERR_OPTION_TYPE'],
    [() => network.classify([]), 'ERR_DATA_EMPTY'],
    [() => network.save(''), 'ERR_OPTION_TYPE'],
  ];
  for (const [call, code] of calls) await expect(call()).rejects.toMatchObject({ code });
});

it('leaves the network as it was', async () => {
  const fresh = new Network({ inputs: 4, layers, seed: 1 });
  for (const name of network.parameterNames) expect(network.readParameter(name)).toEqual(fresh.readParameter(name));
  expect(network.step).toBe(0);
  await network.fit(data, { epochs: 1 });
});
