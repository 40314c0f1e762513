// @ts-check
/** Steps of a grid of nets, on one thread and on several in alternation, in short runs. */
import { selectEngine } from '../dist/engine/select.js';
import { dataset } from '../dist/index.js';
import { unitsOf } from './scaling-model.mjs';
import { optimizer, trainingProgram } from './programs.mjs';
import { trainingFlopsPerSample } from './workloads.mjs';

/** @typedef {import('./programs.mjs').Net} Net */
/** @typedef {import('../dist/program/program.js').Program} Program */

/**
 * One net as it was measured.
 *
 * @typedef {object} Point
 * @property {Net} net
 * @property {Program} program
 * @property {{ kernel: string, group: number, dimensions: readonly number[], seconds: number }[]} units of a step on one thread
 * @property {Map<number, number>} seconds of a step, by threads
 */

const widths = [128, 256, 512, 1024, 2048];
const depths = [2, 4, 6];
const batches = [32, 128, 512];
const LARGEST_STEP_FLOPS = 15e9;
/** Other layers cost what they cost beside any product. */
const extras = [
  { batchNorm: true, dropout: 0 },
  { batchNorm: false, dropout: 0.2 },
];

/** @returns {Net[]} widths by depths by batches, and a few with BatchNorm and dropout */
export function gridOf() {
  const plain = { batchNorm: false, dropout: 0 };
  const net = (
    /** @type {number} */ width,
    /** @type {number} */ depth,
    /** @type {number} */ batchSize,
    kind = plain,
  ) => ({
    sizes: [784, ...Array(depth).fill(width), 10],
    batchSize,
    ...kind,
  });
  const all = widths
    .flatMap((width) => depths.flatMap((depth) => batches.map((batch) => net(width, depth, batch))))
    // The largest take most of the time and say what the next smaller ones say.
    .filter(({ sizes, batchSize }) => batchSize * trainingFlopsPerSample(sizes) < LARGEST_STEP_FLOPS);
  const others = extras.flatMap((kind) =>
    [128, 1024].flatMap((width) => batches.map((batch) => net(width, 3, batch, kind))),
  );
  return [...all, ...others];
}

/** Measures points one after the other, each on the same engines. */
export class Grid {
  #engines;
  #seconds;
  #rounds;

  /** @param {{ threads: readonly number[], seconds: number, rounds: number }} options `seconds` of a run */
  constructor({ threads, seconds, rounds }) {
    this.#engines = new Map(threads.map((count) => [count, selectEngine({ engine: 'native', threads: count })]));
    this.#seconds = seconds;
    this.#rounds = rounds;
  }

  /**
   * All nets, and all again in each round: what slows the machine for seconds spoils one round of each. The fastest run
   * counts: other programs can only slow one down.
   *
   * @param {readonly Net[]} nets
   * @returns {Promise<Point[]>}
   */
  async measureAll(nets) {
    /** @type {Point[]} */
    let best = [];
    for (let round = 0; round < this.#rounds; round++) {
      const found = [];
      for (const net of nets) found.push(await this.measure(net));
      best = found.map((point, i) => (round === 0 ? point : fastest(point, best[i])));
    }
    return best;
  }

  /**
   * @param {Net} net
   * @returns {Promise<Point>}
   */
  async measure(net) {
    const program = trainingProgram(net);
    const given = inputsOf(program, net);
    const runners = [...this.#engines].map(([threads, engine]) => ({ threads, ...runnerOf(engine, program, given) }));
    const seconds = new Map(runners.map(({ threads }) => [threads, Infinity]));
    const [one] = runners;
    for (const { run } of runners) await run(1, false);
    const steps = Math.min(5000, Math.max(2, Math.round(this.#seconds / (await one.run(2, false)).seconds)));
    for (const { threads, run } of runners) {
      const outcome = await run(steps, false);
      seconds.set(threads, Math.min(outcome.seconds, seconds.get(threads) ?? Infinity));
    }
    const { calls } = await one.run(steps, true);
    for (const { dispose } of runners) dispose();
    return { net, program, units: unitTimes(program, calls ?? new Float64Array(program.calls.length)), seconds };
  }
}

/** @param {Point} a @param {Point} b @returns {Point} */
function fastest(a, b) {
  const total = (/** @type {Point} */ { units }) => units.reduce((sum, { seconds }) => sum + seconds, 0);
  const seconds = [...a.seconds].map(
    ([threads, time]) => /** @type {const} */ ([threads, Math.min(time, b.seconds.get(threads) ?? Infinity)]),
  );
  return { ...a, units: total(a) < total(b) ? a.units : b.units, seconds: new Map(seconds) };
}

/**
 * Parameters are small and different: sums stay finite whatever the net. No byte is zero, which could be skipped.
 *
 * @param {Program} program
 * @param {Net} net
 */
function inputsOf(program, { sizes, batchSize }) {
  const parameters = new Float32Array(program.parameters);
  for (let i = 0; i < parameters.length; i++) parameters[i] = (((i * 7919) % 201) - 100) / 2000;
  const features = new Uint8Array(batchSize * sizes[0]);
  for (let i = 0; i < features.length; i++) features[i] = 1 + ((i * 31) % 255);
  const labels = Uint8Array.from({ length: batchSize }, (_, i) => i % 10);
  return { parameters, batchSize, samples: dataset({ features, labels, width: sizes[0], classes: 10 }) };
}

/**
 * @param {import('../dist/engine/engine.js').Engine} engine
 * @param {Program} program
 * @param {ReturnType<typeof inputsOf>} given
 */
function runnerOf(engine, program, { parameters, batchSize, samples }) {
  const compiled = engine.compile(program);
  const store = engine.createStore(program.parameters, optimizer.slots);
  store.write('parameters', 0, parameters);
  const data = engine.createData(samples);
  const scalars = optimizer.scalars(0);
  const run = async (/** @type {number} */ steps, /** @type {boolean} */ timed) => {
    const outcome = await compiled.run(store, {
      data,
      order: Uint32Array.from({ length: steps * batchSize }, (_, i) => i % batchSize),
      firstSample: 0,
      count: steps * batchSize,
      scalars: Float64Array.from({ length: steps * scalars.length }, (_, i) => scalars[i % scalars.length]),
      seed: 1,
      firstStep: 0,
      timed,
    });
    if (outcome.nonFinite >= 0) throw new Error('A measured step was not finite');
    return { seconds: outcome.seconds / steps, calls: outcome.callSeconds?.map((value) => value / steps) };
  };
  const dispose = () => {
    for (const resource of [compiled, data, store]) resource.dispose();
  };
  return { run, dispose };
}

/**
 * @param {Program} program
 * @param {Float64Array} calls seconds of each
 */
function unitTimes(program, calls) {
  return program.groups.flatMap((group, place) =>
    unitsOf(program, group).map(({ kernel, dimensions, calls: joined }) => ({
      kernel,
      group: place,
      dimensions,
      seconds: joined.reduce((total, call) => total + calls[call], 0),
    })),
  );
}
