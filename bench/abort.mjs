// @ts-check
/** How long a fit of the classic net goes on after its signal was aborted, until its promise has rejected. */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { classic } from './classic.mjs';
import { number, table } from './format.mjs';
import { median } from './statistics.mjs';

const GOAL_MILLISECONDS = 50;
const ABORTS = 40;

/** @param {Pick<import('./arguments.mjs').BenchArguments, 'threads' | 'engine' | 'data'>} options */
export async function measure({ threads, engine, data }) {
  const { network, samples } = await classic({ threads, engine, data });
  const times = [];
  for (let i = 0; i < ABORTS; i++) {
    const controller = new AbortController();
    const ended = network.fit(samples, { epochs: 1000, batchSize: 128, signal: controller.signal }).then(
      () => Promise.reject(new Error('The fit ended before it was aborted')),
      () => performance.now(),
    );
    // Anywhere within a slice of the engine.
    await sleep(100 + 7 * i);
    const start = performance.now();
    controller.abort();
    times.push((await ended) - start);
  }
  const row = { engine, medianMilliseconds: median(times), mostMilliseconds: Math.max(...times) };
  const cells = [[engine, number(row.medianMilliseconds), number(row.mostMilliseconds), `≤ ${GOAL_MILLISECONDS}`]];
  return { text: table(['<classic', 'median ms', 'longest ms', 'goal'], cells), rows: [row] };
}
