// @ts-check
/** What augmentation within the engine costs the classic net: the same fit with it and without, in alternation. */
import { performance } from 'node:perf_hooks';
import { elasticDistortion, rotation, scale, shift } from '../dist/index.js';
import { classic } from './classic.mjs';
import { number, percent, table } from './format.mjs';
import { median } from './statistics.mjs';

const GOAL = 0.5;
const cases = {
  plain: [],
  'elastic distortion': [elasticDistortion()],
  'shift, rotation, scale': [shift(), rotation(), scale()],
  'all of them': [shift(), rotation(), scale(), elasticDistortion()],
};

/** @param {Pick<import('./arguments.mjs').BenchArguments, 'threads' | 'engine' | 'data' | 'rounds'>} options */
export async function measure({ threads, engine, data, rounds }) {
  const { network, samples } = await classic({ threads, engine, data });
  const some = engine === 'native' ? samples : samples.take(2560);
  /** @type {Record<string, number[]>} */
  const rates = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
  // The first round compiles and warms up.
  for (let round = 0; round <= rounds; round++) {
    for (const [name, augmentation] of Object.entries(cases)) {
      const start = performance.now();
      await network.fit(some, { epochs: 1, batchSize: 128, augmentation });
      if (round > 0) rates[name].push((some.length / (performance.now() - start)) * 1000);
    }
  }
  const plain = median(rates['plain']);
  const rows = Object.entries(rates).map(([name, found]) => ({
    name,
    engine,
    samplesPerSecond: median(found),
    share: median(found) / plain,
  }));
  const cells = rows.map(({ name, samplesPerSecond, share }) => [
    name,
    number(samplesPerSecond),
    percent(share),
    name === 'elastic distortion' ? `≥ ${percent(GOAL)}` : '',
  ]);
  return { text: table(['<classic', 'samples/s', 'of plain', 'goal'], cells), rows };
}
