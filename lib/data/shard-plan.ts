import { RandomStream, streams } from '../core/random.js';

/** One pass over sharded data. */
export interface PassOptions {
  readonly shuffle: boolean;
  readonly seed: number;
  readonly epoch: number;
  readonly batchSize: number;
}

export interface PlanOptions extends PassOptions {
  /** Samples of each shard. */
  readonly lengths: readonly number[];
  /** Samples that are in memory and shuffled together; a segment is as many whole batches as fit. */
  readonly window: number;
  /** Samples that are read in one go. */
  readonly block: number;
}

/** Samples that are in memory together: places [begin, end) of the epoch. */
export interface Segment {
  readonly begin: number;
  readonly end: number;
  /** Threes of shard, first record and count, to be read one after the other. */
  readonly ranges: Float64Array;
  /** Which of the samples read stands at each place of the segment; undefined for their own order. */
  readonly order: Uint32Array | undefined;
}

/** A shuffle has at most so many segments in each epoch; their random streams are told apart by it. */
const SEGMENTS = 2 ** 24;

/**
 * The order of one epoch, known before anything is read: a pure function of its arguments. Blocks of neighbouring samples
 * are shuffled over the whole epoch and cut into segments of whole batches; within a segment single samples are shuffled.
 */
export class ShardPlan {
  readonly #options: PlanOptions;
  readonly #size: number;
  readonly #length: number;
  /** Threes of shard, first record and count, in the order of the epoch. */
  readonly #blocks: Float64Array;
  /** The place in the epoch at which each block begins. */
  readonly #starts: Float64Array;

  constructor(options: PlanOptions) {
    this.#options = options;
    const { lengths, window, batchSize } = options;
    this.#length = lengths.reduce((sum, length) => sum + length, 0);
    this.#size = Math.max(1, Math.floor(window / batchSize)) * batchSize;
    this.#blocks = blocksOf(options);
    this.#starts = new Float64Array(this.#blocks.length / 3);
    for (let i = 1; i < this.#starts.length; i++) this.#starts[i] = this.#starts[i - 1] + this.#blocks[3 * i - 1];
  }

  get segments(): number {
    return Math.ceil(this.#length / this.#size);
  }

  /** The segment that holds a place of the epoch. */
  indexOf(place: number): number {
    return Math.floor(place / this.#size);
  }

  segment(index: number): Segment {
    const { shuffle, seed, epoch } = this.#options;
    const begin = index * this.#size;
    const end = Math.min(this.#length, begin + this.#size);
    const stream = streams.shuffle + 2;
    const order = shuffle
      ? new RandomStream(seed, stream, epoch * SEGMENTS + index).permutation(end - begin)
      : undefined;
    return { begin, end, ranges: this.#ranges(begin, end), order };
  }

  /** What to read for places [begin, end): parts of blocks, in the order of the files, as the samples are shuffled anyway. */
  #ranges(begin: number, end: number): Float64Array {
    const ranges: [shard: number, first: number, count: number][] = [];
    for (let i = lastNotAbove(this.#starts, begin); i < this.#starts.length && this.#starts[i] < end; i++) {
      const [shard, first, count] = this.#blocks.subarray(3 * i, 3 * i + 3);
      const from = Math.max(0, begin - this.#starts[i]);
      const to = Math.min(count, end - this.#starts[i]);
      ranges.push([shard, first + from, to - from]);
    }
    ranges.sort(([a, first], [b, other]) => a - b || first - other);
    return Float64Array.from(ranges.flat());
  }
}

function blocksOf({ lengths, block, shuffle, seed, epoch }: PlanOptions): Float64Array {
  const count = lengths.reduce((sum, length) => sum + Math.ceil(length / block), 0);
  const natural = new Float64Array(3 * count);
  let at = 0;
  lengths.forEach((length, shard) => {
    for (let first = 0; first < length; first += block) {
      natural.set([shard, first, Math.min(block, length - first)], at);
      at += 3;
    }
  });
  if (!shuffle) return natural;
  const order = new RandomStream(seed, streams.shuffle + 1, epoch).permutation(count);
  const blocks = new Float64Array(3 * count);
  order.forEach((from, to) => {
    blocks.set(natural.subarray(3 * from, 3 * from + 3), 3 * to);
  });
  return blocks;
}

/** The last index whose value is not above `limit`, in a rising array that begins with 0. */
function lastNotAbove(values: Float64Array, limit: number): number {
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (values[middle] <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}
