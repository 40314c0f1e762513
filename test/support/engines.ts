import { simdLevels, type Addon } from '../../lib/engine/addon.js';
import type { Engine } from '../../lib/engine/engine.js';
import { loadAddon } from '../../lib/engine/load.js';
import { NativeEngine } from '../../lib/engine/native.js';
import { ReferenceEngine } from '../../lib/engine/reference.js';
import { tolerances, type Tolerance } from './compare.js';

const { addon: loaded, attempts } = loadAddon();

/** Tests without the addon prove half of it: only those who say so get a run without it. */
if (loaded === undefined && process.env['BLASNET_ENGINE'] !== 'reference') {
  const why = attempts.map(({ path, error }) => `${path}: ${error ?? ''}`).join('; ');
  throw new Error(`The addon does not load (${why}). Build it, or set BLASNET_ENGINE=reference to test without it`);
}

export const addon: Addon | undefined = loaded;

/** Numbers of the SIMD levels that this processor has, lowest first; none without the addon. */
export const levels: readonly number[] = loaded === undefined ? [] : simdLevels.flatMap(levelIfSupported);

function levelIfSupported(_name: string, level: number): number[] {
  try {
    // An empty program asks for nothing but the level.
    const program = Float64Array.of(1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    (loaded as Addon).compile(program, level);
    return [level];
  } catch (error) {
    if (error instanceof Error && error.message.includes('SIMD level')) return [];
    throw error;
  }
}

/** An engine as a test's row. */
export interface EngineRow {
  readonly name: string;
  readonly native: boolean;
  readonly numbers: 'float32' | 'float64';
  /** For single operations and optimizer paths. */
  readonly tolerance: Tolerance;
  /** For whole networks. */
  readonly networkTolerance: Tolerance;
  make(threads?: number): Engine;
}

const float32 = { numbers: 'float32', tolerance: tolerances.float32, networkTolerance: tolerances.network } as const;
const float64 = { numbers: 'float64', tolerance: tolerances.float64, networkTolerance: tolerances.float64 } as const;

export const reference64: EngineRow = {
  name: 'reference float64',
  native: false,
  ...float64,
  make: () => new ReferenceEngine({ numbers: 'float64' }),
};

export const reference32: EngineRow = {
  name: 'reference float32',
  native: false,
  ...float32,
  make: () => new ReferenceEngine(),
};

export const nativeRows: readonly EngineRow[] = levels.map((level) => ({
  name: `native ${simdLevels[level]}`,
  native: true,
  ...float32,
  make: (threads = 2) => new NativeEngine(loaded as Addon, threads, level),
}));

/** Every engine in every form it has here. */
export const engineRows: readonly EngineRow[] = [reference64, reference32, ...nativeRows];

/** The engine that users get where the addon loads; the reference engine otherwise. */
export const bestRow: EngineRow = nativeRows.at(-1) ?? reference32;
