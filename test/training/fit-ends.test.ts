import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  activation,
  batchNorm,
  dense,
  dropout,
  engineInfo,
  l2,
  Network,
  NonFiniteError,
  Trainer,
} from '../../lib/index.js';
import { expectSameBits } from '../support/compare.js';
import { rejectionOf, thrownBy } from '../support/errors.js';
import { blobs } from '../support/networks.js';

const data = blobs(200, 6, 3);
const engines = engineInfo().engine === 'native' ? (['native', 'reference'] as const) : (['reference'] as const);

const layers = [dropout(0.1), dense(12, { regularizer: l2(0.01) }), batchNorm(), activation('relu'), dense(3)];

const weights = (network: Network) => network.parameterNames.map((name) => network.readParameter(name));
const expectSameWeights = (a: Network, b: Network) => {
  weights(a).forEach((values, i) => expectSameBits(values, weights(b)[i], a.parameterNames[i]));
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(engines)('a fit that ends early on the %s engine', (engine) => {
  const make = () => new Network({ inputs: 6, layers, seed: 1, engine });

  it('by its signal rejects with the reason, and leaves the steps that were done', async () => {
    const control = new AbortController();
    const reason = new Error('enough');
    const network = make();
    let last = 0;
    const fit = network.fit(data, {
      epochs: 1000,
      batchSize: 20,
      shuffle: false,
      signal: control.signal,
      onProgress: ({ epoch, samples }) => {
        last = (epoch - 1) * 10 + samples / 20;
        if (epoch === 3) control.abort(reason);
      },
    });
    await expect(fit).rejects.toBe(reason);
    expect(network.step).toBeGreaterThanOrEqual(last);
    // The same number of steps without an abort gives the same weights.
    const other = make();
    const trainer = new Trainer(other);
    const whole = Math.floor(network.step / 10);
    if (whole > 0) await trainer.fit(data, { epochs: whole, batchSize: 20, shuffle: false });
    const rest = network.step % 10;
    if (rest > 0) await trainer.fit(data.take(20 * rest), { epochs: 1, batchSize: 20, shuffle: false });
    expect(other.step).toBe(network.step);
    expectSameWeights(other, network);
    // And it can be trained on.
    await network.fit(data, { epochs: 1 });
  });

  it('by a signal that was aborted before does not begin', async () => {
    const network = make();
    await expect(network.fit(data, { signal: AbortSignal.abort('no') })).rejects.toBe('no');
    expect(network.step).toBe(0);
    expectSameWeights(network, make());
  });

  it('by a timeout ends in the middle of a long epoch', async () => {
    const network = new Network({
      inputs: 64,
      layers: [dense(256, { activation: 'tanh' }), dense(10)],
      seed: 1,
      engine,
    });
    const many = blobs(20_000, 64, 10);
    const started = performance.now();
    const fit = network.fit(many, { epochs: 100, batchSize: 50, signal: AbortSignal.timeout(400) });
    await expect(fit).rejects.toMatchObject({ name: 'TimeoutError' });
    // Generous: it would take minutes.
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(network.step).toBeGreaterThan(0);
  });

  it('because the loss is not finite says so and keeps the step before', async () => {
    const layersThatExplode = [dense(12, { activation: 'relu' }), dense(3)];
    const network = new Network({ inputs: 6, layers: layersThatExplode, seed: 1, engine });
    const error = await rejectionOf(
      Promise.resolve(network.fit(data, { epochs: 50, batchSize: 20, optimizer: 'sgd', learningRate: 1e20 })),
    );
    expect(error).toBeInstanceOf(NonFiniteError);
    expect(error.code).toBe('ERR_NON_FINITE');
    expect((error as NonFiniteError).step).toBe(network.step);
    expect(error.message).toContain(`step ${network.step}`);
  });

  it('because the loss is not finite keeps the running statistics of the step before as well', async () => {
    const network = new Network({ inputs: 6, layers: [dense(12), batchNorm(), dense(3)], seed: 1, engine });
    const fit = network.fit(data, { epochs: 50, batchSize: 20, optimizer: 'sgd', learningRate: 1e30 });
    expect((await rejectionOf(Promise.resolve(fit))).code).toBe('ERR_NON_FINITE');
    expect(network.readParameter('batchNorm1.runningVariance').every(Number.isFinite)).toBe(true);
  });

  it('because a callback throws rejects with what it threw', async () => {
    const fit = make().fit(data, {
      onProgress: () => {
        throw new RangeError('mine');
      },
    });
    await expect(fit).rejects.toThrow('mine');
  });

  it('tells everybody who watches: the one who awaits, the one who iterates', async () => {
    const fit = make().fit(data, { signal: AbortSignal.abort(new Error('stopped')) });
    const iterated = (async () => {
      for await (const _ of fit);
    })();
    await expect(iterated).rejects.toThrow('stopped');
    await expect(fit).rejects.toThrow('stopped');
    await expect(fit.catch((error: unknown) => (error as Error).message)).resolves.toBe('stopped');
    await expect(fit.finally(() => undefined)).rejects.toThrow('stopped');
  });

  it('and that nobody watches is an unhandled rejection, not silence', async () => {
    const seen = new Promise<unknown>((resolve) => {
      // The test runner listens as well, and would fail the run.
      const others = process.listeners('unhandledRejection');
      process.removeAllListeners('unhandledRejection');
      process.once('unhandledRejection', (error) => {
        for (const listener of others) process.on('unhandledRejection', listener);
        resolve(error);
      });
    });
    void make().fit(data, { signal: AbortSignal.abort(new Error('unseen')) });
    expect(await seen).toMatchObject({ message: 'unseen' });
  });
});

it('writing a parameter between the slices of a fit is refused as well', async () => {
  const network = new Network({ inputs: 6, layers, seed: 1 });
  const errors: unknown[] = [];
  await network.fit(data, {
    epochs: 1,
    onProgress: () => {
      try {
        network.writeParameter('dense2.bias', [1, 2, 3]);
      } catch (error) {
        errors.push(error);
      }
    },
  });
  expect(errors.map((error) => (error as Error).name)).toContain('StateError');
  network.writeParameter('dense2.bias', [1, 2, 3]);
  expect(thrownBy(() => network.writeParameter('dense2.bias', [1])).code).toBe('ERR_SHAPE');
});
