import { Worker } from 'node:worker_threads';
import type { Planned, TrialContext } from './trial.js';

type Run = (planned: Planned, context: TrialContext) => Promise<number>;

/** Worker threads that each run one trial at a time, with the objective loaded from its module. */
export class WorkerPool {
  readonly #module: string;
  readonly #idle: Worker[] = [];
  readonly #all = new Set<Worker>();

  constructor(module: URL) {
    this.#module = module.href;
  }

  /** Runs a trial on a free thread, or on a new one. A thread that dies fails its trial and no other. */
  readonly run: Run = (planned, context) => {
    const worker = this.#idle.pop() ?? this.#start();
    worker.ref();
    return new Promise<number>((resolve, reject) => {
      const settle = (end: () => void) => {
        worker.off('message', onMessage).off('error', onError).off('exit', onExit);
        context.signal.removeEventListener('abort', onAbort);
        end();
      };
      const onMessage = (message: FromWorker) => {
        if (message.kind === 'report') {
          void context.report(message.step, message.value).then((goOn) => {
            worker.postMessage({ kind: 'answer', number: message.number, goOn } satisfies ToWorker);
          });
          return;
        }
        // An idle thread must not keep the process alive.
        worker.unref();
        this.#idle.push(worker);
        if (message.kind === 'value') settle(() => resolve(message.value));
        else settle(() => reject(new Error(message.error)));
      };
      const lose = (error: Error) => {
        this.#forget(worker);
        settle(() => reject(error));
      };
      const onError = (error: unknown) => lose(error instanceof Error ? error : new Error(String(error)));
      const onExit = (code: number) => lose(new Error(`its worker thread ended with code ${code}`));
      const onAbort = () => {
        this.#forget(worker);
        settle(() => reject(context.signal.reason as Error));
        void worker.terminate();
      };
      worker.on('message', onMessage).on('error', onError).on('exit', onExit);
      context.signal.addEventListener('abort', onAbort);
      const { id, seed, budget, threads } = context;
      worker.postMessage({
        kind: 'run',
        values: planned.values,
        trial: { id, seed, budget, threads },
      } satisfies ToWorker);
    });
  };

  async close(): Promise<void> {
    await Promise.all([...this.#all].map((worker) => worker.terminate()));
  }

  #start(): Worker {
    const worker = new Worker(new URL('./search-worker.js', import.meta.url), { workerData: { module: this.#module } });
    // One that dies between trials, of something that a trial left behind, must not end the process, nor be asked again.
    worker.on('error', () => this.#forget(worker)).on('exit', () => this.#forget(worker));
    this.#all.add(worker);
    return worker;
  }

  #forget(worker: Worker): void {
    this.#all.delete(worker);
    const place = this.#idle.indexOf(worker);
    if (place >= 0) this.#idle.splice(place, 1);
  }
}

export type ToWorker =
  | {
      readonly kind: 'run';
      readonly values: Readonly<Record<string, unknown>>;
      readonly trial: {
        readonly id: number;
        readonly seed: number;
        readonly budget: number | undefined;
        readonly threads: number;
      };
    }
  | { readonly kind: 'answer'; readonly number: number; readonly goOn: boolean };

export type FromWorker =
  | { readonly kind: 'report'; readonly number: number; readonly step: number; readonly value: number }
  | { readonly kind: 'value'; readonly value: number }
  | { readonly kind: 'error'; readonly error: string };
