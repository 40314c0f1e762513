import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { activation, batchNorm, dense, dropout, engineInfo, hooks, Network } from '../../lib/index.js';
import { expectSameBits } from '../support/compare.js';
import { thrownBy } from '../support/errors.js';
import { blobs } from '../support/networks.js';

const engines = engineInfo().engine === 'native' ? (['native', 'reference'] as const) : (['reference'] as const);
const data = blobs(400, 12, 4);
const layers = [dropout(0.1), dense(24), batchNorm(), activation('relu'), dense(4)];

const expectSame = (a: Network, b: Network) => {
  for (const name of a.parameterNames) expectSameBits(a.readParameter(name), b.readParameter(name));
};

describe.each(engines)('on the %s engine', (engine) => {
  const make = (seed = 1) => new Network({ inputs: 12, layers, seed, engine });

  it('an abort at any moment leaves the network at its last completed step, ready to go on', async () => {
    for (const delay of [0, 3, 9, 20, 41]) {
      const network = make();
      const controller = new AbortController();
      const reason = new Error(`after ${delay} ms`);
      const fit = network.fit(data, { epochs: 1000, batchSize: 20, signal: controller.signal });
      const rejected = expect(fit).rejects.toBe(reason);
      await sleep(delay);
      controller.abort(reason);
      await rejected;
      const { step } = network;
      if (step === 0) continue;
      const wanted = make();
      const stop = hooks({ stepInterval: step, onStepEnd: (_, training) => training.stop('here') });
      await wanted.fit(data, { epochs: 1000, batchSize: 20, callbacks: [stop] });
      expect(wanted.step).toBe(step);
      expectSame(network, wanted);
      await network.fit(data, { epochs: 1, batchSize: 20 });
      expect(network.step).toBe(step + 20);
    }
  });

  it('a fit of many short epochs leaves the event loop its turns', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const [start, cpu] = [performance.now(), process.cpuUsage()];
    await make().fit(data, { epochs: 150, batchSize: 20 });
    clearInterval(timer);
    const busy = Math.min(
      performance.now() - start,
      (process.cpuUsage(cpu).user + process.cpuUsage(cpu).system) / 1000,
    );
    expect(turns).toBeGreaterThan(busy / 60);
  });

  it('a fit of a network that is busy fails where it is told to, and leaves the other alone', async () => {
    const network = make();
    expect(network.isTraining).toBe(false);
    const first = network.fit(data, { epochs: 2, whenBusy: 'fail' });
    expect(network.isTraining).toBe(true);
    expect(thrownBy(() => network.fit(data, { whenBusy: 'fail' })).code).toBe('ERR_STATE');
    const waiting = network.fit(data, { epochs: 1 });
    await first;
    expect(thrownBy(() => network.fit(data, { whenBusy: 'fail' })).code).toBe('ERR_STATE');
    await waiting;
    expect(network.isTraining).toBe(false);
    await network.fit(data, { epochs: 1, whenBusy: 'fail' });
    expect(thrownBy(() => network.fit(data, { whenBusy: 'queue' as never })).code).toBe('ERR_OPTION_CHOICE');
  });

  it('two fits at once come to what each comes to alone', async () => {
    const networks = [make(1), make(2), make(1), make(2)];
    const fit = (network: Network) => network.fit(data, { epochs: 4, batchSize: 16 });
    await Promise.all([fit(networks[0]), fit(networks[1])]);
    await fit(networks[2]);
    await fit(networks[3]);
    expectSame(networks[0], networks[2]);
    expectSame(networks[1], networks[3]);
  });

  it('predictions during a fit are those of the parameters that can be read at that moment', async () => {
    const network = make();
    const input = Float32Array.from({ length: 24 }, (_, i) => Math.cos(i));
    let running = true;
    const fit = network.fit(data, { epochs: 40, batchSize: 10 }).then(() => (running = false));
    const seen = new Set<number>();
    // A slice may end between two of these calls, but no second one: the next begins in another turn of the event loop.
    const oneOf = (found: Float32Array, before: Network, after: Network) => {
      const candidates = [before, after].map((copy) => String(copy.predictSync(input)));
      expect(candidates).toContain(String(found));
    };
    while (running) {
      const before = network.copy();
      const [now, asked] = [network.predictSync(input), network.predict(input)];
      const after = network.copy();
      oneOf(now, before, after);
      oneOf(await asked, before, after);
      seen.add(now[0]);
      await turn();
    }
    await fit;
    expect(seen.size).toBeGreaterThan(1);
  });

  it('predictSync while a prediction is under way gives what it gives alone, and so does the other', async () => {
    const wide = [dense(64, { activation: 'relu' }), dense(64), dense(4)];
    const network = new Network({ inputs: 12, layers: wide, seed: 1, engine });
    const { features } = blobs(4096, 12, 4);
    const input = Float32Array.from({ length: 12 * 300 }, (_, i) => Math.cos(i));
    const alone = [await network.predict(features as Float32Array), network.predictSync(input)];
    // The reference engine gives way at every look at this clock.
    let time = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (time += 10));
    let running = true;
    const asked = network.predict(features as Float32Array).finally(() => (running = false));
    let between = 0;
    for (; running; between++) {
      expectSameBits(network.predictSync(input), alone[1]);
      await turn();
    }
    expectSameBits(await asked, alone[0]);
    clock.mockRestore();
    expect(between).toBeGreaterThan(engine === 'reference' ? 3 : 0);
    expectSameBits(network.predictSync(input), alone[1]);
  });

  it('predictSync follows the parameters wherever they are', async () => {
    const network = make();
    const input = Float32Array.from({ length: 12 }, (_, i) => Math.cos(i));
    const expectOwn = () => expectSameBits(network.predictSync(input), network.copy().predictSync(input));
    expectOwn();
    network.writeParameter('dense2.bias', [1, 2, 3, 4]);
    expectOwn();
    for (let epoch = 0; epoch < 3; epoch++) {
      await network.fit(data, { epochs: 1 });
      expectOwn();
    }
    await network.fit(data, { epochs: 1, optimizer: 'momentum' });
    expectOwn();
  });
});

it('fits in worker threads and in the main thread at once come to what one alone comes to', async () => {
  const child = join(import.meta.dirname, 'children', 'two-fits.mjs');
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [child]);
  expect(stderr).toBe('');
  const { alone, together } = JSON.parse(stdout) as { alone: string; together: string[] };
  expect(together).toEqual([alone, alone, alone, alone]);
});
