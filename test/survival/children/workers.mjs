/** workers.mjs <rounds> <width>: worker threads that are ended in the middle of native work, and what they leave behind. */
import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { addon, endlessFit, network, report, samples, sleep, threadCount, train, width } from './work.mjs';

const start = (task) => new Worker(new URL(import.meta.url), { workerData: task });

const tasks = {
  /** Native work of every kind until somebody ends this thread. */
  async busy() {
    endlessFit({ threads: 2 }).fit.catch(() => undefined);
    endlessFit({ threads: 1 }).fit.catch(() => undefined);
    const predicting = network();
    const { features } = samples(400);
    for (;;) {
      void predicting.predict(features);
      for (let i = 0; i < 20; i++) predicting.predictSync(features.subarray(0, width * 8));
      await sleep(1);
    }
  },
  async exiting() {
    endlessFit().fit.catch(() => undefined);
    await sleep(10);
    process.exit(0);
  },
  async throwing() {
    endlessFit().fit.catch(() => undefined);
    await sleep(10);
    throw new Error('in the worker');
  },
  async train() {
    parentPort.postMessage(await train({ epochs: 3 }));
  },
  allocated() {
    globalThis.gc?.();
    parentPort.postMessage(addon().allocatedBytes());
  },
};

async function answerOf(task) {
  const worker = start(task);
  // Listened for from the start: both events may be there before the first is awaited.
  const exited = once(worker, 'exit');
  const [answer] = await once(worker, 'message');
  await exited;
  return answer;
}

async function endInTheMiddle(task) {
  const worker = start(task);
  worker.on('error', () => undefined);
  const ended = new Promise((resolve) => worker.on('exit', resolve));
  if (task !== 'busy') return ended;
  await once(worker, 'online');
  await sleep(Math.random() * 80);
  await worker.terminate();
  return ended;
}

async function round(count) {
  await Promise.all(
    Array.from({ length: count }, (_, i) =>
      endInTheMiddle(['busy', 'busy', 'exiting', 'busy', 'throwing', 'busy'][i % 6]),
    ),
  );
}

if (isMainThread) {
  const [, , rounds, count] = process.argv;
  // The first round starts what Node.js and BLAS keep: pools, and the addon itself, here in workers only.
  await round(Number(count));
  await sleep(100);
  const before = {
    threads: threadCount(),
    bytes: await answerOf('allocated'),
    handles: process.getActiveResourcesInfo(),
  };
  for (let i = 0; i < Number(rounds); i++) await round(Number(count));
  await sleep(100);
  const after = {
    threads: threadCount(),
    bytes: await answerOf('allocated'),
    handles: process.getActiveResourcesInfo(),
  };
  // And now everybody at once.
  const alone = await train({ epochs: 3 });
  const together = await Promise.all([
    answerOf('train'),
    answerOf('train'),
    train({ epochs: 3 }),
    train({ epochs: 3 }),
  ]);
  report({ before, after, different: together.filter((hash) => hash !== alone).length });
} else {
  await tasks[workerData]();
}
