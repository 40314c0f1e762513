import { checkInteger, checkOptions } from '../core/checks.js';
import { drawSeed } from '../core/random.js';
import type { Engine } from '../engine/engine.js';
import { selectEngine } from '../engine/select.js';
import { buildArchitecture, resolveLoss, resolveRegularizers, type Architecture } from '../network/index.js';
import type { NetworkOptions } from './network-options.js';

/** All that a network begins with. */
export interface Parts {
  readonly architecture: Architecture;
  readonly engine: Engine;
  readonly seed: number;
  readonly step: number;
  readonly values?: ReadonlyMap<string, Float32Array>;
  readonly classNames?: readonly string[] | undefined;
}

/** What a network is made of where it is not described: from a file, or from another network. */
export class Made {
  constructor(readonly parts: Parts) {}
}

/**
 * What a description stands for.
 *
 * @throws OptionError, ShapeError for one that makes no sense
 */
export function partsOf(options: NetworkOptions): Parts {
  const known = ['inputs', 'layers', 'loss', 'regularizer', 'seed', 'engine', 'threads'] as const;
  const given = checkOptions<NetworkOptions>('Network', options, known);
  const inputs = checkInteger('inputs', given.inputs, { min: 1, max: 2 ** 24 });
  const loss = resolveLoss('loss', given.loss ?? 'softmaxCrossEntropy');
  const seed = given.seed === undefined ? drawSeed() : checkInteger('seed', given.seed);
  const regularizers = resolveRegularizers('regularizer', given.regularizer);
  const architecture = buildArchitecture(inputs, given.layers, loss, regularizers);
  return { architecture, engine: selectEngine({ engine: given.engine, threads: given.threads }), seed, step: 0 };
}
