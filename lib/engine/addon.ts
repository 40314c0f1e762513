/** The functions of the native addon, as `native/addon/addon.cc` exports them. Handles are opaque objects. */
export interface Addon {
  contract(): string;
  info(): { blas: string; blasCore: string; simd: string; cores: number };
  createData(
    length: number,
    width: number,
    features: Uint8Array | Float32Array,
    scale: number,
    labels: Int32Array | undefined,
    targets: Float32Array | undefined,
    targetWidth: number,
    weights?: Float32Array,
  ): DataHandle;
  /** `undefined` where a feature is not finite. */
  createSamples(features: Float32Array, width: number): DataHandle | undefined;
  readShards(
    paths: readonly string[],
    lengths: Float64Array,
    /** width, bytes, labels, targetWidth, scale, classes */
    layout: Float64Array,
    ranges: Float64Array,
  ): Promise<DataHandle>;
  createStore(parameters: number, slots: number): StoreHandle;
  readStore(store: StoreHandle, arena: number, slot: number, offset: number, into: Float32Array): void;
  writeStore(store: StoreHandle, arena: number, slot: number, offset: number, values: Float32Array): void;
  dropKept(store: StoreHandle): void;
  compile(code: Float64Array, simdLevel: number | undefined): ProgramHandle;
  run(
    program: ProgramHandle,
    store: StoreHandle,
    data: DataHandle,
    stop: StopHandle | undefined,
    order: Uint32Array | undefined,
    firstSample: number,
    count: number,
    scalars: Float64Array,
    seed: number,
    firstStep: number,
    threads: number,
    timed?: boolean,
    /** 0 here, 1 keep, 2 restore */
    begin?: number,
  ): Promise<{
    steps: number;
    nonFinite: number;
    seconds: number;
    totals: Float64Array;
    output?: Float32Array;
    callSeconds?: Float64Array;
  }>;
  runSync(program: ProgramHandle, store: StoreHandle, input: Float32Array, rows: number, output: Float32Array): void;
  runKernel(
    simdLevel: number,
    kernel: number,
    operands: readonly (Float32Array | undefined)[],
    dimensions: Float64Array,
    attributes: Float64Array,
    first: number,
    count: number,
    rows: number,
    step: number,
    seed: number,
    scalars: Float64Array,
    totals?: Float64Array,
  ): number;
  createStop(): StopHandle;
  raiseStop(stop: StopHandle): void;
  dispose(handle: object): boolean;
  measurePeak(seconds: number, threads: number): { gflops: number; gigabytesPerSecond: number };
  /**
   * The rest exists only with BLASNET_TESTING in the environment, see native/engine/faults.h. The allocation that `after`
   * others precede fails, once or from then on; -1 takes it back.
   */
  failAllocation?(after: number, forever?: boolean): void;
  fault?(site: number, kind: number, after: number, forever?: boolean): void;
  /** The machine has no more than so many bytes. */
  limitMemory?(bytes: number): void;
  /** Bytes in native arrays now, in the whole process. */
  allocatedBytes?(): number;
}

declare const kind: unique symbol;
export type DataHandle = object & { [kind]: 'data' };
export type StoreHandle = object & { [kind]: 'store' };
export type ProgramHandle = object & { [kind]: 'program' };
export type StopHandle = object & { [kind]: 'stop' };

/** SIMD levels by number, as `SimdLevel` in native/kernels/contract.h. */
export const simdLevels = ['baseline', 'avx2', 'avx512'] as const;
