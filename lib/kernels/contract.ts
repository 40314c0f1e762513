import { dataKernels } from './contract/data.js';
import { layerKernels } from './contract/layers.js';
import { lossKernels } from './contract/losses.js';
import { updateKernels } from './contract/updates.js';

/**
 * The kernel contract: the one table that both engines implement.
 *
 * A signature reads `inputs -> outputs`. Each operand names its shape; equal symbols are equal extents, and `rows` is the
 * number of samples of the batch at hand. `name?` may be absent; an output marked `&` is read before it is written.
 * Everything is row-major.
 *
 * `axis` says how the kernel may be cut into tiles that run at the same time, `split` which symbol is cut:
 *
 * - `rows`: samples. Consecutive `rows` kernels run one after the other on a tile of samples while it is in cache.
 * - `columns`: features, with all rows of the batch at hand (BatchNorm's statistics).
 * - `parameters`: the leading extent of one parameter, with all rows of the batch at hand (weight gradients, updates).
 *
 * A kernel may return a partial sum (a loss, a count, a squared norm). The engine adds the partial sums of its tiles in
 * tile order, so that totals do not depend on the number of threads. Kernels that write parameters return 0, or NaN where
 * what they wrote is not finite: a training run stops at a step in which any sum is not.
 *
 * `native/kernels/contract.cc` puts the same table together in C++, in the same order; the addon is refused when the two
 * differ.
 */
export const contract = { ...dataKernels, ...layerKernels, ...lossKernels, ...updateKernels } as const;

export type { Axis, KernelContract } from './contract/kernel-contract.js';

export type KernelName = keyof typeof contract;

type Split<Text extends string, On extends string> = Text extends `${infer Head}${On}${infer Tail}`
  ? Head | Split<Tail, On>
  : Text;
type NameOf<Token extends string> = Token extends `&${infer Rest}`
  ? NameOf<Rest>
  : Token extends `${infer Name}[${string}`
    ? Name
    : never;
type Names<K extends KernelName> = NameOf<Split<(typeof contract)[K]['signature'], ' '>>;
type Optional<Name extends string> = Name extends `${infer Plain}?` ? Plain : never;
type Required<Name extends string> = Name extends `${string}?` ? never : Name;

/** The operands of kernel K by name, as its signature lists them. */
export type OperandsOf<K extends KernelName, Value> = { [Name in Required<Names<K>>]: Value } & {
  [Name in Optional<Names<K>>]?: Value;
};

/** The attributes of kernel K by name. */
export type AttributesOf<K extends KernelName> = { [Name in (typeof contract)[K]['attributes'][number]]: number };
