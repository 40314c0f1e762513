import type { ProgramBuilder, Value } from '../program/builder.js';

/** Rows and columns of an image. */
export type ImageShape = readonly [height: number, width: number];

interface Described {
  readonly name: string;
  /** What it was made with, for records of a run. */
  readonly config: Readonly<Record<string, number | readonly number[]>>;
}

/** Moves pixels by an affine transform, drawn anew for every image. Neighbours in a list are one resampling. */
export interface AffineAugmentation extends Described {
  readonly kind: 'affine';
  /** A code of `warpOperations` and its two numbers, for images of that shape. */
  readonly operation: readonly [code: number, first: number, second: number];
}

/** Moves pixels by a smooth random field, in the same resampling as the affine ones beside it. */
export interface ElasticAugmentation extends Described {
  readonly kind: 'elastic';
  readonly sigma: number;
  readonly alpha: number;
}

/** Changes values where they stand. */
export interface PixelAugmentation extends Described {
  readonly kind: 'pixels';
  /** Without it, any features will do. */
  readonly needsImage: boolean;
  /** Writes its kernel call; `stream` is its random stream. */
  write(program: ProgramBuilder, input: Value, stream: number, shape: ImageShape | undefined): Value;
}

/** One way to make another image of the same class. Made by `shift`, `rotation`, `elasticDistortion` and their like. */
export type Augmentation = AffineAugmentation | ElasticAugmentation | PixelAugmentation;
