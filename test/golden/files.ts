import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the golden files: ours, or the one that BLASNET_GOLDEN names, with other seeds and shapes. */
export const goldenFolder = process.env['BLASNET_GOLDEN'] ?? fileURLToPath(new URL('./data/', import.meta.url));

export type Matrix = readonly (readonly number[])[];
type Cases<T> = Readonly<Record<string, T>>;

interface Activations {
  readonly x: readonly number[];
  readonly cases: Cases<{ readonly y: readonly number[]; readonly dx: readonly number[] }>;
  readonly softmax: { readonly x: Matrix; readonly dy: Matrix; readonly y: Matrix; readonly dx: Matrix };
  readonly prelu: Activations['softmax'] & { readonly alpha: readonly number[]; readonly dalpha: readonly number[] };
}

/** A pass forward and back; gradients by parameter name with a `d` in front. */
export interface GoldenPass {
  readonly x: Matrix;
  readonly dy?: Matrix;
  readonly y: Matrix;
  readonly dx?: Matrix;
  readonly [name: string]: unknown;
}

export interface GoldenLayer extends GoldenPass {
  readonly training?: readonly GoldenPass[];
  readonly inference?: GoldenPass;
}

interface Losses {
  readonly logits: Matrix;
  readonly labels: readonly number[];
  readonly cases: Cases<{
    readonly loss: number;
    readonly gradient: Matrix;
    readonly targets?: Matrix;
    readonly classWeights?: readonly number[];
  }>;
}

interface Optimizers {
  readonly start: readonly number[];
  readonly gradients: Matrix;
  readonly cases: Cases<{ readonly options: TorchOptions; readonly parameters: Matrix }>;
}

export type TorchOptions = Readonly<Record<string, number | boolean | readonly number[]>>;

export interface GoldenNetworkLayer {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface GoldenNetwork {
  readonly layers: readonly GoldenNetworkLayer[];
  readonly optimizer: string;
  readonly options: TorchOptions;
  readonly clipNorm: number | null;
  readonly l1: number;
  readonly l2: number;
  readonly maxNormPerUnit: number | null;
  readonly inputs: readonly Matrix[];
  readonly labels: Matrix;
  readonly gradientNorms: readonly number[];
  readonly history: readonly { readonly dataLoss: number; readonly penalty: number }[];
  readonly final: readonly Readonly<Record<string, Matrix | readonly number[]>>[];
  readonly probe: Matrix;
  readonly probeLogitsInference: Matrix;
}

interface Initializers {
  readonly fanIn: number;
  readonly fanOut: number;
  readonly cases: Cases<{ readonly std?: number; readonly bound?: number }>;
}

interface Files {
  readonly activations: Activations;
  readonly layers: Cases<GoldenLayer>;
  readonly losses: Losses;
  readonly optimizers: Optimizers;
  readonly networks: { readonly cases: Cases<GoldenNetwork> };
  readonly schedules: { readonly cases: Cases<readonly number[]> };
  readonly initializers: Initializers;
}

export function readGolden<K extends keyof Files>(name: K): Files[K] {
  const { source: _source, ...content } = JSON.parse(
    readFileSync(join(goldenFolder, `${name}.json`), 'utf8'),
  ) as Files[K] & {
    source: string;
  };
  return content as unknown as Files[K];
}

/** Lists in lists as one list. */
export function flat(values: unknown): number[] {
  return Array.isArray(values) ? values.flatMap(flat) : [values as number];
}
