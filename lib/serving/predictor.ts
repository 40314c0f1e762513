import { checkInteger, checkNumber, checkOptions, expected } from '../core/checks.js';
import { BlasnetError, OptionError, ShapeError, StateError } from '../core/errors.js';
import { Network } from '../training/index.js';
import { answer, checkSamples, together, type Request } from './requests.js';

export interface PredictorOptions {
  /** Most samples predicted together, 1 to 65,536; default 64. */
  maxBatch?: number;
  /** Milliseconds that a request may wait for others, 0 to 1000; default 0: for those of the same turn of the event loop. */
  maxDelay?: number;
  /** Samples that may wait, at least `maxBatch`; default 16,384. */
  maxQueue?: number;
  /** The network's plain outputs (logits) instead of predictions; default false. */
  raw?: boolean;
}

export interface PredictorRequestOptions {
  /** Takes a request back that still waits; it rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** What a predictor has done so far. */
export interface PredictorStatistics {
  readonly requests: number;
  readonly samples: number;
  readonly batches: number;
  /** Samples waiting now. */
  readonly waiting: number;
}

const optionNames = ['maxBatch', 'maxDelay', 'maxQueue', 'raw'] as const;

/**
 * Operations of a batch that is done on the calling thread: a millisecond at most. Starting threads takes about as long, so only
 * larger batches gain by it.
 */
const DIRECT_OPERATIONS = { native: 5e7, reference: 1e6 } as const;

/**
 * Predicts for many callers at once: single requests that come together are put into one batch, which costs hardly more
 * than one of them alone. Make one with {@link createPredictor}.
 */
export class Predictor {
  readonly #maxBatch: number;
  readonly #maxDelay: number;
  readonly #maxQueue: number;
  readonly #raw: boolean;
  readonly #queue = new Set<Request>();
  #network: Network;
  /** Of one sample. */
  #operations: number;
  #waiting = 0;
  #counts = { requests: 0, samples: 0, batches: 0 };
  #timer: { cancel: () => void } | undefined;
  #running: Promise<void> | undefined;
  #closed = false;

  /** @internal Use `createPredictor`. */
  constructor(network: Network, options: Required<PredictorOptions>) {
    this.#network = network;
    this.#operations = operationsOf(network);
    this.#maxBatch = options.maxBatch;
    this.#maxDelay = options.maxDelay;
    this.#maxQueue = options.maxQueue;
    this.#raw = options.raw;
  }

  /** The network that requests from now on are predicted by. */
  get network(): Network {
    return this.#network;
  }

  get statistics(): PredictorStatistics {
    return { ...this.#counts, waiting: this.#waiting };
  }

  /**
   * Predictions for one sample or several, `[rows, outputs]` row-major. The values are copied at the call. What is wrong with
   * one request never reaches another.
   *
   * @param samples numbers as the network sees them, a multiple of its inputs, at most `maxBatch` rows
   * @throws (rejects) OptionError, ShapeError, DataError for samples that cannot be; BlasnetError `ERR_PREDICTOR_BUSY` where
   *   more than `maxQueue` samples would wait; StateError after `close`; the signal's reason where it was aborted
   */
  async predict(samples: ArrayLike<number>, options?: PredictorRequestOptions): Promise<Float32Array> {
    const { signal } = checkOptions<PredictorRequestOptions>('predict', options, ['signal']);
    if (signal !== undefined && !(signal instanceof AbortSignal)) {
      throw new OptionError('ERR_OPTION_TYPE', expected('an AbortSignal', 'signal', signal));
    }
    if (this.#closed) throw new StateError('The predictor is closed');
    signal?.throwIfAborted();
    const { inputs } = this.#network;
    const checked = checkSamples(samples, inputs, this.#maxBatch);
    const rows = checked.length / inputs;
    if (this.#waiting + rows > this.#maxQueue) {
      throw new BlasnetError(
        'ERR_PREDICTOR_BUSY',
        `Expected at most ${this.#maxQueue} samples to wait, ${this.#waiting} do`,
      );
    }
    this.#counts.requests++;
    let abort: (() => void) | undefined;
    const answer = new Promise<Float32Array>((resolve, reject) => {
      const request: Request = { samples: checked, rows, resolve, reject };
      this.#queue.add(request);
      this.#waiting += rows;
      abort = () => this.#takeBack(request, signal?.reason);
      signal?.addEventListener('abort', abort, { once: true });
      this.#schedule();
    });
    if (signal === undefined || abort === undefined) return answer;
    const remove = abort;
    return answer.finally(() => signal.removeEventListener('abort', remove));
  }

  /**
   * Puts another network in the place of this one, between two batches: no request sees a mixture.
   *
   * @throws ShapeError for a network of other inputs or outputs
   */
  use(network: Network): void {
    checkNetwork(network, 'use');
    for (const side of ['inputs', 'outputs'] as const) {
      if (network[side] === this.#network[side]) continue;
      throw new ShapeError(`Expected a network of ${this.#network[side]} ${side} for use, received ${network[side]}`);
    }
    this.#network = network;
    this.#operations = operationsOf(network);
  }

  /** Answers what waits, and takes nothing more. */
  async close(): Promise<void> {
    this.#closed = true;
    while (this.#queue.size > 0 || this.#running !== undefined) {
      this.#start();
      await this.#running;
    }
    this.#cancelTimer();
  }

  #takeBack(request: Request, reason: unknown): void {
    if (!this.#queue.delete(request)) return;
    this.#waiting -= request.rows;
    // A timer that nobody waits for would keep the process alive.
    if (this.#queue.size === 0) this.#cancelTimer();
    request.reject(reason);
  }

  /** A full batch starts at once, another when its time has come. */
  #schedule(): void {
    if (this.#running !== undefined) return;
    if (this.#waiting >= this.#maxBatch) this.#start();
    else if (this.#timer === undefined) {
      const due = () => this.#start();
      const immediate = this.#maxDelay === 0;
      const handle = immediate ? setImmediate(due) : setTimeout(due, this.#maxDelay);
      const cancel = () => {
        clearImmediate(handle as NodeJS.Immediate);
        clearTimeout(handle as NodeJS.Timeout);
      };
      this.#timer = { cancel };
    }
  }

  #cancelTimer(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #start(): void {
    this.#cancelTimer();
    if (this.#running !== undefined || this.#queue.size === 0) return;
    const batch = this.#take();
    const result = this.#predictBatch(batch);
    if (result === undefined) {
      if (this.#queue.size > 0) this.#schedule();
      return;
    }
    this.#running = result.finally(() => {
      this.#running = undefined;
      if (this.#queue.size > 0) this.#schedule();
    });
  }

  /** The requests of the next batch, in the order they came. */
  #take(): Request[] {
    const batch: Request[] = [];
    let rows = 0;
    for (const request of this.#queue) {
      if (rows + request.rows > this.#maxBatch) break;
      rows += request.rows;
      batch.push(request);
      this.#queue.delete(request);
    }
    this.#waiting -= rows;
    this.#counts.samples += rows;
    this.#counts.batches++;
    return batch;
  }

  /** Predicts and answers a batch: at once where it is small, else on threads. Never rejects. */
  #predictBatch(batch: readonly Request[]): Promise<void> | undefined {
    const network = this.#network;
    const options = { raw: this.#raw };
    const fail = (error: unknown) => {
      for (const { reject } of batch) reject(error);
    };
    const succeed = (predictions: Float32Array) => answer(batch, predictions, network.outputs);
    try {
      const rows = batch.reduce((sum, request) => sum + request.rows, 0);
      const samples = together(batch, rows * network.inputs);
      if (rows * this.#operations > DIRECT_OPERATIONS[network.engine.name]) {
        return network.predict(samples, options).then(succeed).catch(fail);
      }
      succeed(network.predictSync(samples, options));
    } catch (error) {
      fail(error);
    }
    return undefined;
  }
}

function operationsOf({ layers }: Network): number {
  return layers.reduce((sum, { flops }) => sum + flops, 0);
}

function checkNetwork(network: unknown, owner: string): Network {
  if (network instanceof Network) return network;
  throw new OptionError('ERR_OPTION_TYPE', expected('a Network', `network of ${owner}`, network));
}

/**
 * A predictor that puts requests which come together into one batch, for servers.
 *
 * @param network predictions during a fit of it are those of the last completed slice of steps
 * @param options `maxBatch`: most samples together, 1 to 65,536, default 64; `maxDelay`: milliseconds that a request may
 *   wait for others, 0 to 1000, default 0, for those of one turn of the event loop; `maxQueue`: samples that may wait, default
 *   16,384; `raw`: plain outputs (logits), default false
 * @throws OptionError for anything but a Network and for options out of range
 *
 * @example
 * const predictor = createPredictor(network, { maxBatch: 64 });
 * const probabilities = await predictor.predict(sample); // of any number of callers at once
 */
export function createPredictor(network: Network, options?: PredictorOptions): Predictor {
  const given = checkOptions<PredictorOptions>('createPredictor', options, optionNames);
  const maxBatch = checkInteger('maxBatch', given.maxBatch ?? 64, { min: 1, max: 65_536 });
  const maxDelay = checkNumber('maxDelay', given.maxDelay ?? 0, { min: 0, max: 1000 });
  const maxQueue = checkInteger('maxQueue', given.maxQueue ?? Math.max(16_384, maxBatch), { min: maxBatch });
  const raw = given.raw ?? false;
  if (typeof raw !== 'boolean') throw new OptionError('ERR_OPTION_TYPE', expected('true or false', 'raw', raw));
  return new Predictor(checkNetwork(network, 'createPredictor'), { maxBatch, maxDelay, maxQueue, raw });
}
