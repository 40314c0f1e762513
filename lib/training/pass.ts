import { readRecords } from '../data/shard-records.js';
import type { ShardPlan } from '../data/shard-plan.js';
import type { Dataset, ShardedDataset } from '../data/index.js';
import type { Engine, EngineData } from '../engine/engine.js';

/** Samples of one step, and which of all they are. */
export interface Batch {
  readonly data: Dataset;
  readonly samples: Uint32Array;
}

/** Samples of an epoch that are in the engine together: places [begin, end) of the epoch. */
export interface Part {
  readonly data: EngineData;
  readonly begin: number;
  readonly end: number;
  /** Which sample of the data stands at each place of the part; undefined for their own order. */
  readonly order: Uint32Array | undefined;
  /** What stands at places [from, to) of the epoch, to tell what is wrong with it. */
  readonly look: (from: number, to: number) => Promise<Batch> | Batch;
}

/** One pass over the data, a part at a time and in order: the seam between the loop over steps and where samples are. */
export interface Pass {
  /** The part that holds a place of the epoch. What the part before held is freed. */
  at(place: number): Promise<Part> | Part;
  dispose(): void;
}

/** Parts read from shards, each while the network trains on the one before it. */
export class ShardPass implements Pass {
  readonly #engine: Engine;
  readonly #source: ShardedDataset;
  readonly #plan: ShardPlan;
  #current: { readonly index: number; readonly part: Part } | undefined;
  #next: { readonly index: number; readonly part: Promise<Part> } | undefined;

  constructor(engine: Engine, source: ShardedDataset, plan: ShardPlan) {
    this.#engine = engine;
    this.#source = source;
    this.#plan = plan;
  }

  async at(place: number): Promise<Part> {
    const index = this.#plan.indexOf(place);
    if (this.#current?.index === index) return this.#current.part;
    this.#current?.part.data.dispose();
    this.#current = undefined;
    if (this.#next?.index !== index) this.#readAhead(index);
    const part = await this.#next!.part;
    this.#current = { index, part };
    this.#next = undefined;
    if (index + 1 < this.#plan.segments) this.#readAhead(index + 1);
    return part;
  }

  #readAhead(index: number): void {
    void this.#next?.part.then(({ data }) => data.dispose());
    const part = this.#read(index);
    // Who asks for it hears of it; until then it is nobody's.
    part.catch(() => undefined);
    this.#next = { index, part };
  }

  async #read(index: number): Promise<Part> {
    const { begin, end, ranges, order } = this.#plan.segment(index);
    const data =
      (await this.#engine.readShards?.(this.#source, ranges)) ??
      this.#engine.createData(await readRecords(this.#source, ranges));
    const look = async (from: number, to: number): Promise<Batch> => {
      const read = Array.from({ length: to - from }, (_, i) => order?.[from - begin + i] ?? from - begin + i);
      const samples = Uint32Array.from(read, (index) => placeInFiles(this.#source.lengths, ranges, index));
      return { data: await this.#source.select(samples), samples };
    };
    return { data, begin, end, order, look };
  }

  dispose(): void {
    this.#current?.part.data.dispose();
    this.#current = undefined;
    this.#next?.part.then(
      ({ data }) => data.dispose(),
      () => undefined,
    );
    this.#next = undefined;
  }
}

/** Which sample of all shards was read as number `index` of ranges of shard, first record and count. */
function placeInFiles(lengths: readonly number[], ranges: Float64Array, index: number): number {
  let left = index;
  for (let i = 0; i < ranges.length; i += 3) {
    const [shard, first, count] = ranges.subarray(i, i + 3);
    if (left < count) return lengths.slice(0, shard).reduce((sum, length) => sum + length, first + left);
    left -= count;
  }
  throw new RangeError(`There is no sample ${index} in what was read`);
}
