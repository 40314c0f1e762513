import { parentPort, workerData } from 'node:worker_threads';
import type { Objective } from './trial.js';
import type { FromWorker, ToWorker } from './worker-pool.js';

/** Runs in a worker thread of a search: loads the objective, then a trial for each message. */
const port = parentPort;
if (port !== null) {
  const answers = new Map<number, (goOn: boolean) => void>();
  const say = (message: FromWorker) => port.postMessage(message);
  let number = 0;
  const run = async (message: Extract<ToWorker, { kind: 'run' }>): Promise<void> => {
    let over = false;
    try {
      const { module } = workerData as { module: string };
      const loaded = (await import(module)) as { default?: Objective<unknown> };
      if (typeof loaded.default !== 'function') throw new Error(`${module} has no function as its default export`);
      const report = (step: number, value: number) =>
        new Promise<boolean>((resolve) => {
          // What a trial left running must not report for the next one.
          if (over) return resolve(false);
          answers.set(number, resolve);
          say({ kind: 'report', number: number++, step, value });
        });
      const value = await loaded.default(message.values, {
        ...message.trial,
        signal: new AbortController().signal,
        report,
      });
      over = true;
      say({ kind: 'value', value });
    } catch (error) {
      over = true;
      say({ kind: 'error', error: error instanceof Error ? error.message : String(error) });
    }
  };
  port.on('message', (message: ToWorker) => {
    if (message.kind === 'run') void run(message);
    else {
      answers.get(message.number)?.(message.goOn);
      answers.delete(message.number);
    }
  });
}
