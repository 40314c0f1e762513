import { EngineError, FormatError, StateError } from '../core/errors.js';
import type { ShardFiles } from '../core/shard-files.js';
import type { DataSource, FloatArray } from '../kernels/call.js';
import type { Program } from '../program/program.js';
import type { Addon, DataHandle, ProgramHandle, StoreHandle } from './addon.js';
import { encodeProgram } from './encode.js';
import {
  Stop,
  type Arena,
  type CompiledProgram,
  type Engine,
  type EngineData,
  type Outcome,
  type Slice,
  type Store,
} from './engine.js';

const arenas: readonly Arena[] = ['parameters', 'gradients', 'slots'];
/** As `Begin` in native/engine/slice.h. */
const begins = ['here', 'keep', 'restore'];
/** Numbers that are copied or narrowed to float32 at a time. */
const COPIED_AT_ONCE = 2 ** 16;

/** Runs programs with C++ kernels over BLAS, on threads of its own. */
export class NativeEngine implements Engine {
  readonly name = 'native';
  readonly threads: number;
  readonly #addon: Addon;
  readonly #simdLevel: number | undefined;

  constructor(addon: Addon, threads: number, simdLevel?: number) {
    this.#addon = addon;
    this.threads = threads;
    this.#simdLevel = simdLevel;
  }

  createData(source: DataSource): EngineData {
    const features = source.features instanceof Float64Array ? Float32Array.from(source.features) : source.features;
    const targets = source.targets instanceof Float64Array ? Float32Array.from(source.targets) : source.targets;
    const weights = source.weights instanceof Float64Array ? Float32Array.from(source.weights) : source.weights;
    const handle = rethrow(() =>
      this.#addon.createData(
        source.length,
        source.width,
        features,
        source.scale,
        source.labels,
        targets,
        source.targetWidth,
        weights,
      ),
    );
    return new NativeData(this.#addon, handle, source.length);
  }

  createSamples(features: Float32Array, width: number): EngineData | undefined {
    const handle = rethrow(() => this.#addon.createSamples(features, width));
    return handle === undefined ? undefined : new NativeData(this.#addon, handle, features.length / width);
  }

  async readShards(files: ShardFiles, ranges: Float64Array): Promise<EngineData> {
    const { width, bytes, labelled, targetWidth, scale, classes } = files;
    const layout = Float64Array.of(width, Number(bytes), Number(labelled), targetWidth, scale, classes);
    let length = 0;
    for (let i = 2; i < ranges.length; i += 3) length += ranges[i];
    try {
      const handle = await this.#addon.readShards(files.paths, Float64Array.from(files.lengths), layout, ranges);
      return new NativeData(this.#addon, handle, length);
    } catch (error) {
      throw toEngineError(error);
    }
  }

  createStore(parameters: number, slots: number): Store {
    const handle = rethrow(() => this.#addon.createStore(parameters, slots));
    return new NativeStore(this.#addon, handle, parameters, slots);
  }

  compile(program: Program): CompiledProgram {
    const handle = rethrow(() => this.#addon.compile(encodeProgram(program), this.#simdLevel));
    return new NativeProgram(this.#addon, handle, program, this.threads);
  }
}

/** The addon's errors as ours. Its codes begin with ERR_ENGINE; anything else is a bug and stays as it is. */
function toEngineError(error: unknown): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  if (!(error instanceof Error) || typeof code !== 'string' || !code.startsWith('ERR_ENGINE')) return error;
  if (code === 'ERR_ENGINE_SHARD') return new FormatError(error.message, { cause: error });
  if (error.message.includes('under way')) return new StateError(error.message);
  return new EngineError(code, error.message, { cause: error });
}

function rethrow<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw toEngineError(error);
  }
}

/** What lives in native memory until it is disposed of or collected. */
class NativeObject<Handle extends object> {
  constructor(
    readonly addon: Addon,
    readonly handle: Handle,
  ) {}

  dispose(): void {
    rethrow(() => this.addon.dispose(this.handle));
  }
}

class NativeData extends NativeObject<DataHandle> implements EngineData {
  constructor(
    addon: Addon,
    handle: DataHandle,
    readonly length: number,
  ) {
    super(addon, handle);
  }
}

class NativeStore extends NativeObject<StoreHandle> implements Store {
  constructor(
    addon: Addon,
    handle: StoreHandle,
    readonly parameters: number,
    readonly slots: number,
  ) {
    super(addon, handle);
  }

  read(arena: Arena, offset: number, length: number, slot = 0): FloatArray {
    const values = new Float32Array(length);
    rethrow(() => {
      this.addon.readStore(this.handle, arenas.indexOf(arena), slot, offset, values);
    });
    return values;
  }

  write(arena: Arena, offset: number, values: FloatArray, slot = 0): void {
    const id = arenas.indexOf(arena);
    rethrow(() => {
      if (values instanceof Float32Array) return this.addon.writeStore(this.handle, id, slot, offset, values);
      // In parts, so that the narrower copy is never a whole network.
      const memory = new Float32Array(Math.min(values.length, COPIED_AT_ONCE));
      for (let start = 0; start < values.length; start += COPIED_AT_ONCE) {
        const part = values.subarray(start, start + COPIED_AT_ONCE);
        memory.set(part);
        this.addon.writeStore(this.handle, id, slot, offset + start, memory.subarray(0, part.length));
      }
    });
  }

  copyParameters(from: Store): void {
    const { handle } = from as NativeStore;
    const id = arenas.indexOf('parameters');
    const memory = new Float32Array(Math.min(this.parameters, COPIED_AT_ONCE));
    rethrow(() => {
      for (let start = 0; start < this.parameters; start += COPIED_AT_ONCE) {
        const part = memory.subarray(0, this.parameters - start);
        this.addon.readStore(handle, id, 0, start, part);
        this.addon.writeStore(this.handle, id, 0, start, part);
      }
    });
  }

  dropKept(): void {
    rethrow(() => {
      this.addon.dropKept(this.handle);
    });
  }
}

class NativeProgram extends NativeObject<ProgramHandle> implements CompiledProgram {
  constructor(
    addon: Addon,
    handle: ProgramHandle,
    readonly program: Program,
    readonly threads: number,
  ) {
    super(addon, handle);
  }

  async run(store: Store, slice: Slice): Promise<Outcome> {
    const { handle, addon } = this;
    const native = { store: store as NativeStore, data: slice.data as NativeData };
    const flag = slice.stop === undefined ? undefined : rethrow(() => addon.createStop());
    const raise = () => {
      if (flag !== undefined) rethrow(() => addon.raiseStop(flag));
    };
    if (slice.stop?.stopped === true) raise();
    const release = slice.stop instanceof Stop ? slice.stop.onStop(raise) : undefined;
    try {
      const result = await addon.run(
        handle,
        native.store.handle,
        native.data.handle,
        flag,
        slice.order,
        slice.firstSample,
        slice.count,
        slice.scalars,
        slice.seed,
        slice.firstStep,
        this.threads,
        slice.timed,
        slice.begin === undefined ? undefined : begins.indexOf(slice.begin),
      );
      return { ...result, output: result.output };
    } catch (error) {
      throw toEngineError(error);
    } finally {
      release?.();
    }
  }

  runSync(store: Store, input: FloatArray, rows: number, output: FloatArray): void {
    rethrow(() => {
      this.addon.runSync(
        this.handle,
        (store as NativeStore).handle,
        input as Float32Array,
        rows,
        output as Float32Array,
      );
    });
  }
}
