/**
 * ending.mjs <way> <milliseconds>: ends in the middle of fits, after some time. It says `now` when it does, or when it is
 * ready to be killed.
 */
import { writeSync } from 'node:fs';
import { isMainThread, Worker } from 'node:worker_threads';
import { endlessFit, network, samples, sleep, train } from './work.mjs';

const [, , way, milliseconds] = process.argv;
const say = () => writeSync(1, 'now\n');

async function fitUntilTheEnd() {
  const { trained, fit } = endlessFit({ threads: 3 });
  fit.catch(() => undefined);
  await sleep(20); // past the first slices
  return trained;
}

const ways = {
  async exit() {
    await fitUntilTheEnd();
    await sleep(Number(milliseconds));
    say();
    process.exit(3);
  },
  async throw() {
    await fitUntilTheEnd();
    setTimeout(() => {
      say();
      throw new Error('nobody catches this');
    }, Number(milliseconds));
  },
  async reject() {
    await fitUntilTheEnd();
    await sleep(Number(milliseconds));
    say();
    void Promise.reject(new Error('nobody catches this'));
  },
  async signal() {
    await fitUntilTheEnd();
    await sleep(Number(milliseconds));
    say();
  },
  /** The end comes by itself when the last promise is settled; the addon's own handles must not hold it up. */
  async natural() {
    await train({ epochs: 1, data: samples(200 + 10 * Number(milliseconds)) });
    say();
  },
  /** Predictions that nobody waits for: the process waits for them, then ends. */
  async unwatched() {
    const predicting = network();
    for (let i = 0; i < 10; i++) void predicting.predict(samples(500).features);
    say();
  },
  async workers() {
    for (let i = 0; i < 3; i++) new Worker(new URL(import.meta.url), { argv: ['inWorker', '0'] });
    await fitUntilTheEnd();
    await sleep(Number(milliseconds) + 60);
    say();
    process.exit(3);
  },
  async exitInExitHandler() {
    const trained = await fitUntilTheEnd();
    process.on('exit', () => {
      trained.predictSync(new Float32Array(48));
      void trained.predict(new Float32Array(48)).catch(() => undefined);
    });
    await sleep(Number(milliseconds));
    say();
    process.exit(3);
  },
  async inWorker() {
    if (!isMainThread) await fitUntilTheEnd();
  },
};

await ways[way]();
