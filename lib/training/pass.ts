import { readRecords } from '../data/shard-records.js';
import type { ShardPlan } from '../data/shard-plan.js';
import type { ShardedDataset } from '../data/index.js';
import type { Engine, EngineData } from '../engine/engine.js';

/** Samples of an epoch that are in the engine together: places [begin, end) of the epoch. */
export interface Part {
  readonly data: EngineData;
  readonly begin: number;
  readonly end: number;
  /** Which sample of the data stands at each place of the part; undefined for their own order. */
  readonly order: Uint32Array | undefined;
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
    return { data, begin, end, order };
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
