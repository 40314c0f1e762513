/**
 * A network compiled for one purpose: a flat list of kernel calls over one memory plan. It holds numbers only, no
 * functions and no objects of the network, so that native code can run it without coming back.
 */
export interface Program {
  readonly purpose: Purpose;
  /** The most rows that one step can take. */
  readonly batchSize: number;
  readonly buffers: readonly BufferPlan[];
  readonly calls: readonly CallPlan[];
  readonly groups: readonly Group[];
  /** A stage ends where every tile must be done before the next kernel may start: a barrier between threads. */
  readonly stages: readonly Stage[];
  /** Buffers of the `fixed` space that hold numbers from the start. No call writes them. */
  readonly constants: readonly { readonly buffer: number; readonly values: readonly number[] }[];
  /** Elements of each memory space that belongs to one run. */
  readonly sizes: Readonly<Record<RunSpace, number>>;
  /** Names of the sums that a step reports, such as `loss`. */
  readonly totals: readonly string[];
  /** Scalars a step is given, see `Optimizer.scalars`. */
  readonly scalars: number;
  /** Slot arenas the store must hold. */
  readonly slots: number;
  /** Elements of the parameter arena the program was planned for. */
  readonly parameters: number;
  /** Columns that `emit` hands out per sample; 0 when the program has none. */
  readonly outputs: number;
  /** The gather kernels need these of the data. */
  readonly needs: { readonly width: number; readonly labels: boolean; readonly targets: number };
}

export type Purpose = 'train' | 'evaluate' | 'predict';

/**
 * Where a buffer lives.
 *
 * - `batch`: one row per sample, seen by every stage.
 * - `tile`: one row per sample, but dead outside one stage: each thread has its own, hot in its cache.
 * - `fixed`: not per sample, seen by every stage (BatchNorm's mean).
 * - `block`: a part of a gradient that dies in the group that made it: each thread has its own.
 * - `parameters`, `gradients`, `slots`: ranges of the network's arenas.
 */
export const spaces = ['batch', 'tile', 'fixed', 'block', 'parameters', 'gradients', 'slots'] as const;
export type Space = (typeof spaces)[number];
export type RunSpace = 'batch' | 'tile' | 'fixed' | 'block';

export interface BufferPlan {
  readonly space: Space;
  /** Which slot arena, for `slots`. */
  readonly slot: number;
  readonly offset: number;
  /** Extents; -1 stands for the rows of the batch. A vector has a second extent of 1. */
  readonly first: number;
  readonly second: number;
}

export interface CallPlan {
  readonly kernel: number;
  /** Buffer numbers in the order of the signature; -1 where an optional operand is absent. */
  readonly operands: readonly number[];
  readonly dimensions: readonly number[];
  readonly attributes: readonly number[];
  /** Which total takes the partial sums; -1 for none. */
  readonly total: number;
  /** The layer that wrote it, for those who ask where time goes. */
  readonly layer: string;
}

/** Calls that run one after the other on one tile. */
export interface Group {
  readonly callStart: number;
  readonly callEnd: number;
  /** Extent of the axis that is cut; -1 stands for the rows of the batch. */
  readonly extent: number;
  /** The most elements of the axis in one tile. */
  readonly tile: number;
}

export interface Stage {
  readonly groupStart: number;
  readonly groupEnd: number;
}

/** How an extent is cut: `count` tiles of at most `size`, as even as can be. Shapes alone decide, never the threads. */
export function tiles(extent: number, largest: number): { count: number; size: number } {
  const count = Math.ceil(extent / largest);
  return { count, size: count === 0 ? 0 : Math.ceil(extent / count) };
}
