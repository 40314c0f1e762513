/** The reference kernels are generic over both: float32 to train, float64 to check gradients. */
export type FloatArray = Float32Array | Float64Array;

/** A kernel call whose operands are bound to memory. An absent optional operand is an empty array. */
export interface BoundCall {
  readonly operands: readonly FloatArray[];
  /** Extents of the signature's symbols (all but `rows`), in order of first appearance. */
  readonly dimensions: readonly number[];
  readonly attributes: readonly number[];
}

/** Where samples come from. Bytes stay bytes; the network sees `value * scale`. */
export interface DataSource {
  readonly length: number;
  readonly width: number;
  readonly features: Uint8Array | FloatArray;
  readonly scale: number;
  readonly labels?: Int32Array;
  readonly targets?: FloatArray;
  readonly targetWidth: number;
  /** One per sample, at least 0; absent means 1 for each. */
  readonly weights?: FloatArray;
}

/** What changes from step to step: everything else of a call is fixed when its program is compiled. */
export interface Run {
  /** Samples in the batch at hand; at most the batch size of the program. */
  rows: number;
  /** Steps since the network was made; addresses the random streams. */
  step: number;
  seed: number;
  /** Scalars of this step: 0 is the learning rate, the rest is the optimizer's. */
  scalars: Float64Array;
  /** What the earlier stages of this step have summed up, in the order of the program's totals. */
  totals: Float64Array;
  data: DataSource | undefined;
  /** Which samples, in order; absent means `0, 1, 2, …`. */
  indices: Uint32Array | undefined;
  /** Place of the batch's first sample in `indices`. */
  firstSample: number;
  /** Where `emit` writes, one row a sample of the run. */
  output: FloatArray | undefined;
}

/**
 * Runs a kernel on one tile: elements `start` to `end` of the axis that the contract names. Returns its partial sum;
 * where it has none 0, or NaN to stop a training run.
 */
export type ReferenceKernel = (call: BoundCall, start: number, end: number, run: Run) => number;
