import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RandomStream } from '../../lib/core/random.js';
import type { Engine } from '../../lib/engine/engine.js';
import type { DataSource } from '../../lib/kernels/call.js';
import { ProgramBuilder, type Value } from '../../lib/program/builder.js';
import { expectClose, tolerances } from '../support/compare.js';
import { engineRows } from '../support/engines.js';

/*
 * The gather kernels and `emit` need the data of a run, so they are tested as what they are for: a program that hands out
 * what it gathered.
 */

interface Case {
  readonly length: number;
  readonly width: number;
  readonly batchSize: number;
  readonly bytes: boolean;
  readonly scale: number;
  readonly shuffled: boolean;
  readonly from: number;
  readonly seed: number;
  /** Elements in front of the arrays that the data is a view of. */
  readonly shift: number;
}

const cases: fc.Arbitrary<Case> = fc.record({
  length: fc.constantFrom(1, 2, 7, 31, 64, 131),
  width: fc.constantFrom(1, 3, 16, 33),
  batchSize: fc.constantFrom(1, 5, 8, 64, 67, 129),
  bytes: fc.boolean(),
  scale: fc.constantFrom(1, 1 / 255, 0.3),
  shuffled: fc.boolean(),
  from: fc.double({ min: 0, max: 0.99, noNaN: true }),
  seed: fc.nat(1000),
  shift: fc.constantFrom(0, 1, 3, 7),
});

type Gather = 'features' | 'labels' | 'targets';

function sourceOf({ length, width, bytes, scale, seed, shift }: Case): DataSource {
  const random = new RandomStream(seed, 3);
  const size = length * width;
  const features = bytes
    ? Uint8Array.from({ length: shift + size + 5 }, () => random.integer(256)).subarray(shift, shift + size)
    : Float32Array.from({ length: shift + size + 5 }, () => random.normal()).subarray(shift, shift + size);
  const labels = Int32Array.from({ length: shift + length }, () => random.integer(width)).subarray(shift);
  const targets = Float32Array.from({ length: shift + 2 * length }, () => random.normal()).subarray(
    shift,
    shift + 2 * length,
  );
  return { length, width, features, scale, labels, targets, targetWidth: 2 };
}

function written(program: ProgramBuilder, what: Gather, width: number): Value {
  if (what === 'features') return program.features(width);
  if (what === 'targets') return program.targets(2);
  // Labels are gathered for somebody who says how many classes there are: without one, no label is in range.
  const [scores, labels] = [program.features(width), program.labels()];
  program.call('accuracy', { scores, labels }, {});
  return labels;
}

function wantedOf(what: Gather, source: DataSource, samples: readonly number[]): number[] {
  const { width, features, scale, labels, targets } = source;
  return samples.flatMap((sample) => {
    if (what === 'labels') return [labels?.[sample] ?? NaN];
    if (what === 'targets') return Array.from(targets?.subarray(2 * sample, 2 * sample + 2) ?? []);
    return Array.from(features.subarray(sample * width, (sample + 1) * width), (value) => value * scale);
  });
}

async function gathered(engine: Engine, what: Gather, given: Case): Promise<void> {
  const builder = new ProgramBuilder('predict', given.batchSize);
  builder.emit(written(builder, what, given.width));
  const source = sourceOf(given);
  const data = engine.createData(source);
  const store = engine.createStore(0, 0);
  const program = engine.compile(builder.finish({ scalars: 0, slots: 0, parameters: 0 }));
  const firstSample = Math.floor(given.from * given.length);
  const count = given.length - firstSample;
  const all = Uint32Array.from({ length: given.length }, (_, i) => i);
  const order = given.shuffled ? new RandomStream(given.seed, 4).shuffle(all) : undefined;
  const wanted = wantedOf(what, source, Array.from((order ?? all).subarray(firstSample)));
  const running = program.run(store, {
    data,
    order,
    firstSample,
    count,
    scalars: new Float64Array(0),
    seed: 0,
    firstStep: 0,
  });
  const { output, steps } = await running;
  expect(steps).toBe(Math.ceil(count / given.batchSize));
  expectClose(output ?? [], wanted, what === 'features' ? { rtol: 1e-6, atol: 0 } : tolerances.exact, what);
}

describe.each(engineRows)('$name', ({ make }) => {
  it.each<Gather>(['features', 'labels', 'targets'])(
    'gathers %s in any order, with a ragged last batch',
    async (what) => {
      await fc.assert(
        fc.asyncProperty(cases, (given) => gathered(make(), what, given)),
        { numRuns: 40, seed: 20260701 },
      );
    },
  );

  it('has copied the data: what JavaScript does to its arrays afterwards changes nothing', async () => {
    const engine = make();
    const builder = new ProgramBuilder('predict', 4);
    builder.emit(builder.features(2));
    const features = Float32Array.of(1, 2, 3, 4, 5, 6);
    const data = engine.createData({ length: 3, width: 2, features, scale: 1, targetWidth: 0 });
    features.fill(NaN);
    structuredClone(features.buffer, { transfer: [features.buffer] });
    const program = engine.compile(builder.finish({ scalars: 0, slots: 0, parameters: 0 }));
    const slice = { data, firstSample: 0, count: 3, scalars: new Float64Array(0), seed: 0, firstStep: 0 };
    const { output } = await program.run(engine.createStore(0, 0), slice);
    expect(Array.from(output ?? [])).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('gathers at once as well, for predictions on the calling thread', () => {
    const engine = make();
    const builder = new ProgramBuilder('predict', 8);
    builder.emit(builder.features(3));
    const program = engine.compile(builder.finish({ scalars: 0, slots: 0, parameters: 0 }));
    const input = Float32Array.from({ length: 19 * 3 + 2 }, (_, i) => i / 8).subarray(1, 1 + 19 * 3);
    const output = new Float32Array(19 * 3);
    program.runSync(engine.createStore(0, 0), input, 19, output);
    expect(Array.from(output)).toEqual(Array.from(input));
  });
});
