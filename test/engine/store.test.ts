import { afterEach, describe, expect, it, vi } from 'vitest';
import { dense } from '../../lib/layers/index.js';
import { resolveLoss } from '../../lib/losses/index.js';
import { buildArchitecture, compileTraining } from '../../lib/network/index.js';
import { momentum } from '../../lib/optimizers/index.js';
import { expectSameBits } from '../support/compare.js';
import { reference32, nativeRows } from '../support/engines.js';
import { blobs } from '../support/networks.js';

afterEach(() => {
  vi.restoreAllMocks();
});

const optimizer = momentum({ learningRate: 0.01 });
const layers = [dense(256, { activation: 'tanh' }), dense(256, { activation: 'tanh' }), dense(10)];

describe.each([reference32, ...nativeRows])('the store of $name', ({ make }) => {
  function begin(threads?: number) {
    const engine = make(threads);
    const architecture = buildArchitecture(100, layers, resolveLoss('loss', 'softmaxCrossEntropy'));
    const store = engine.createStore(architecture.arenaSize, 1);
    const start = Float32Array.from({ length: architecture.arenaSize }, (_, i) => 0.1 * Math.sin(i));
    store.write('parameters', 0, start);
    const program = engine.compile(compileTraining(architecture, optimizer, 128));
    const data = engine.createData(blobs(1024, 100, 10));
    const steps = Array.from({ length: 8 }, (_, step) => [...optimizer.scalars(step)]);
    const scalars = Float64Array.from(steps.flat());
    const run = () => program.run(store, { data, firstSample: 0, count: 1024, scalars, seed: 1, firstStep: 0 });
    const read = () => store.read('parameters', 0, architecture.arenaSize) as Float32Array;
    return { engine, store, start, run, read };
  }

  it('gives readers what stood there before the run until it has ended, beginning with the first run', async () => {
    // The reference engine gives way at every look at this clock.
    let time = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (time += 10));
    const { start, run, read } = begin();
    let running = true;
    const ended = run().finally(() => (running = false));
    const reads: Float32Array[] = [];
    while (running) {
      reads.push(read());
      await new Promise((resolve) => setImmediate(resolve));
    }
    await ended;
    const final = read();
    expect(final).not.toEqual(start);
    expect(reads.length).toBeGreaterThan(0);
    expectSameBits(reads[0], start);
    for (const values of reads) expectSameBits(values, values[0] === start[0] ? start : final);
  });

  it('is written and read in parts, slots and gradients too', () => {
    const { store, start } = begin();
    store.write('parameters', 17, Float32Array.of(1, 2, 3));
    expect(Array.from(store.read('parameters', 16, 5))).toEqual([start[16], 1, 2, 3, start[20]]);
    store.write('slots', 3, Float32Array.of(4, 5), 0);
    expect(Array.from(store.read('slots', 2, 4, 0))).toEqual([0, 4, 5, 0]);
    store.write('gradients', 0, Float32Array.of(7));
    expect(Array.from(store.read('gradients', 0, 2))).toEqual([7, 0]);
  });

  it('narrows what it is given as a whole would be', () => {
    const { store, read } = begin();
    const values = Float64Array.from({ length: store.parameters }, (_, i) => Math.sin(i));
    store.write('parameters', 0, values);
    expectSameBits(read(), Float32Array.from(values));
    store.write('parameters', 5, values.subarray(0, store.parameters - 5));
    expectSameBits(read().subarray(5), Float32Array.from(values).subarray(0, store.parameters - 5));
  });

  it('takes over the parameters of another one', async () => {
    const { engine, store, start, run, read } = begin();
    const other = engine.createStore(store.parameters, 2);
    other.copyParameters(store);
    await run();
    const all = [0, store.parameters] as const;
    expectSameBits(other.read('parameters', ...all) as Float32Array, start);
    expect(read()).not.toEqual(start);
    other.copyParameters(store);
    expectSameBits(other.read('parameters', ...all) as Float32Array, read());
    expect(other.read('slots', ...all, 1).every((value) => value === 0)).toBe(true);
    store.dispose();
  });

  it('is closed to a second run and to writers while one is under way', async () => {
    let time = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (time += 10));
    const { store, run, read, start } = begin();
    const [first, second] = [run(), run()];
    // The reference engine lets the runs of one program take turns; the native one refuses the second.
    const results = await Promise.allSettled([first, second]);
    expect(results[0].status).toBe('fulfilled');
    if (results[1].status === 'rejected') expect((results[1].reason as Error).name).toBe('StateError');
    store.write('parameters', 0, start);
    expectSameBits(read(), start);
  });
});
