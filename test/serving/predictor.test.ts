import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { createPredictor, dense, Network } from '../../lib/index.js';
import { rejectionOf, thrownBy } from '../support/errors.js';
import { largestDifference, randomizedNetwork, randomNumbers } from '../support/randomized.js';

const small = (seed = 3) => randomizedNetwork({ inputs: 4, layers: [dense(3)], seed });
// More than the calling thread does at once.
const large = () => randomizedNetwork({ inputs: 4, layers: [dense(4000), dense(4000), dense(3)] });
const sample = (seed: number) => randomNumbers(4, seed);

describe.each([
  ['on the calling thread', small, 100],
  ['on threads of its own', large, 9],
])('a predictor %s', (_, make, count) => {
  it('answers everybody with what the network predicts for them alone', async () => {
    const network = make();
    const predictor = createPredictor(network, { maxBatch: 16 });
    const requests = Array.from({ length: count }, (__, i) => randomNumbers(4 * (1 + (i % 3)), i));
    const answers = await Promise.all(requests.map((samples) => predictor.predict(samples)));
    for (const [i, samples] of requests.entries()) {
      expect(largestDifference(answers[i], network.predictSync(samples))).toBeLessThan(1e-5);
    }
    const { requests: counted, samples, batches, waiting } = predictor.statistics;
    expect([counted, samples, waiting]).toEqual([count, requests.reduce((sum, { length }) => sum + length / 4, 0), 0]);
    expect(batches).toBeLessThan(count);
    await predictor.close();
  });

  it('answers what waits before it closes, and nothing after', async () => {
    const predictor = createPredictor(make(), { maxBatch: 2, maxDelay: 1000 });
    const answers = [1, 2, 3, 4, 5].map((seed) => predictor.predict(sample(seed)));
    const started = performance.now();
    await predictor.close();
    expect((await Promise.all(answers)).every(({ length }) => length === 3)).toBe(true);
    expect(performance.now() - started).toBeLessThan(900);
    expect((await rejectionOf(predictor.predict(sample(1)))).code).toBe('ERR_STATE');
  });
});

it('waits for others as long as it is told, and no longer than until the batch is full', async () => {
  const predictor = createPredictor(small(), { maxBatch: 3, maxDelay: 200 });
  let answered = 0;
  const ask = (seed: number) => void predictor.predict(sample(seed)).then(() => answered++);
  ask(1);
  ask(2);
  await wait(30);
  expect(answered).toBe(0);
  ask(3);
  await wait(30);
  expect(answered).toBe(3);
  expect(predictor.statistics.batches).toBe(1);
  ask(4);
  await wait(400);
  expect(answered).toBe(4);
});

it('takes values as they are at the call', async () => {
  const network = small();
  const predictor = createPredictor(network);
  const samples = sample(1);
  const wanted = network.predictSync(samples);
  const answer = predictor.predict(samples);
  samples.fill(9);
  expect(await answer).toEqual(wanted);
});

it('lets one bad request fail alone', async () => {
  const predictor = createPredictor(small(), { maxBatch: 4 });
  const good = predictor.predict([1, 2, 3, 4]);
  const message = async (samples: unknown) => (await rejectionOf(predictor.predict(samples as number[]))).message;
  expect(await message([1, 2, 3])).toBe('Expected 4 numbers per sample and 1 to 4 samples, received 3 numbers');
  expect(await message([])).toContain('received 0 numbers');
  expect(await message(new Float32Array(20))).toContain('received 20 numbers');
  expect(await message([1, 2, NaN, 4])).toBe('Expected a finite number (in float32) for samples[2], received NaN');
  expect(await message([1, 2, 1e39, 4])).toContain('for samples[2], received 1e+39');
  expect(await message([1, 2, '3', 4])).toContain('for samples[2], received "3"');
  expect(await message('1234')).toContain('Expected an array of numbers for samples');
  expect(await message(null)).toContain('Expected an array of numbers for samples');
  expect((await good).length).toBe(3);
});

it('refuses what would wait too long, and takes back what nobody wants any more', async () => {
  const predictor = createPredictor(small(), { maxBatch: 2, maxDelay: 1000, maxQueue: 2 });
  const stop = new AbortController();
  const taken = predictor.predict(sample(1), { signal: stop.signal });
  stop.abort(new Error('gone'));
  await expect(taken).rejects.toThrow('gone');
  expect(predictor.statistics.waiting).toBe(0);
  await expect(predictor.predict(sample(1), { signal: stop.signal })).rejects.toThrow('gone');
  const kept = predictor.predict(sample(1));
  const busy = await rejectionOf(predictor.predict([...sample(1), ...sample(2)]));
  expect([busy.code, busy.message]).toEqual(['ERR_PREDICTOR_BUSY', 'Expected at most 2 samples to wait, 1 do']);
  await predictor.close();
  await kept;
});

it('changes networks between batches', async () => {
  const [first, second] = [small(1), small(2)];
  second.writeParameter('dense1.bias', [5, 0, 0]);
  const predictor = createPredictor(first);
  const before = await predictor.predict(sample(1));
  predictor.use(second);
  expect(await predictor.predict(sample(1))).toEqual(second.predictSync(sample(1)));
  expect(before).toEqual(first.predictSync(sample(1)));
  const other = new Network({ inputs: 4, layers: [dense(2)] });
  expect(thrownBy(() => predictor.use(other)).message).toBe('Expected a network of 3 outputs for use, received 2');
});

it('checks its options', () => {
  const message = (options: object) => thrownBy(() => createPredictor(small(), options)).message;
  expect(message({ maxBatch: 0 })).toContain('Expected a whole number from 1 to 65536 for maxBatch');
  expect(message({ maxDelay: -1 })).toContain('for maxDelay');
  expect(message({ maxBatch: 8, maxQueue: 4 })).toContain('for maxQueue');
  expect(message({ batch: 8 })).toContain('Unknown option batch for createPredictor');
  expect(message({ raw: 1 })).toContain('Expected true or false for raw');
  expect(thrownBy(() => createPredictor({} as Network)).message).toContain('Expected a Network');
});

it('refuses a signal that is none', async () => {
  const predictor = createPredictor(small());
  const error = await rejectionOf(predictor.predict(sample(1), { signal: 5 as never }));
  expect([error.code, error.message]).toEqual(['ERR_OPTION_TYPE', 'Expected an AbortSignal for signal, received 5']);
  expect(predictor.statistics.requests).toBe(0);
});

it('leaves no timer behind when the last request is taken back', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const predictor = createPredictor(small(), { maxDelay: 1000 });
    const stop = new AbortController();
    const answer = predictor.predict(sample(1), { signal: stop.signal });
    expect(vi.getTimerCount()).toBe(1);
    stop.abort(new Error('gone'));
    await expect(answer).rejects.toThrow('gone');
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

it('answers with an error where there is no memory for a batch, and lives', async () => {
  const network = small();
  const predictor = createPredictor(network);
  const answer = predictor.predict(sample(1));
  // A batch of more bytes than any array may have.
  Object.defineProperty(network, 'inputs', { value: 2 ** 60, configurable: true });
  await expect(answer).rejects.toThrow(RangeError);
  Reflect.deleteProperty(network, 'inputs');
  expect((await predictor.predict(sample(1))).length).toBe(3);
});
