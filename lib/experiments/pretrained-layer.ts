import type { ActivationName } from '../activations/index.js';
import { OptionError } from '../core/errors.js';
import { checkInteger, checkOptions, expected } from '../core/checks.js';
import { dense, type LayerDescription } from '../layers/index.js';
import type { LossLike } from '../losses/index.js';
import { Network } from '../training/index.js';
import type { EngineName } from '../engine/engine.js';

/** A dense layer that has learned without labels. */
export interface PretrainedLayer {
  readonly inputs: number;
  readonly units: number;
  readonly activation: ActivationName;
  /** `[inputs, units]` row-major. */
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
}

/** Something with layers to stack: a pretrained autoencoder, or a machine that is one layer. */
export interface PretrainedPart {
  readonly pretrainedLayers: readonly PretrainedLayer[];
}

export interface StackOptions {
  /** Default `softmaxCrossEntropy`. */
  loss?: LossLike;
  /** Seed of the head and of training; default drawn. */
  seed?: number;
  engine?: EngineName;
  threads?: number;
  /** Layers put behind each pretrained one, such as `[dropout(0.2)]`; default none. */
  between?: readonly LayerDescription[];
}

/**
 * A network whose lower layers are those that learned without labels, with a head on top, ready to be trained with labels.
 *
 * @param parts from `pretrainAutoencoder`, `Rbm`s, or several of them, the lowest first; each must take what the one below
 *   gives
 * @param head the layers above, such as `[dense(10)]`
 * @param options see {@link StackOptions}
 * @returns a network whose pretrained layers are named `pretrained1`, `pretrained2`, …, to freeze them if wanted
 * @throws OptionError for parts that do not fit on each other
 *
 * @example
 * const network = stack(await pretrainAutoencoder(unlabelled, { units: [256, 64] }), [dense(10)], { seed: 1 });
 * await network.fit(labelled, { epochs: 50 });
 */
export function stack(
  parts: PretrainedPart | readonly PretrainedPart[],
  head: readonly LayerDescription[],
  options?: StackOptions,
): Network {
  const given = checkOptions<StackOptions>('stack', options, ['loss', 'seed', 'engine', 'threads', 'between']);
  const layers = layersOf(parts);
  if (given.seed !== undefined) checkInteger('seed', given.seed);
  const { between = [], ...rest } = given;
  const described = layers.flatMap(({ units, activation }, i) => [
    dense(units, { activation, name: `pretrained${i + 1}` }),
    ...between,
  ]);
  const network = new Network({ ...rest, inputs: layers[0].inputs, layers: [...described, ...head] });
  writeLayers(network, layers, (i) => `pretrained${i + 1}`);
  return network;
}

function layersOf(parts: unknown): PretrainedLayer[] {
  const list = (Array.isArray(parts) ? parts : [parts]) as (Partial<PretrainedPart> | null | undefined)[];
  const layers = list.flatMap((part) => {
    if (Array.isArray(part?.pretrainedLayers)) return part.pretrainedLayers as PretrainedLayer[];
    throw new OptionError('ERR_OPTION_TYPE', expected('what pretrainAutoencoder gives, or an Rbm', 'parts', part));
  });
  if (layers.length === 0) throw new OptionError('ERR_OPTION_TYPE', expected('at least one part', 'parts', parts));
  layers.slice(1).forEach(({ inputs }, i) => {
    if (inputs === layers[i].units) return;
    const message = `Expected a part with ${layers[i].units} inputs (the units of the one below) for parts, received ${inputs}`;
    throw new OptionError('ERR_OPTION_RANGE', message);
  });
  return layers;
}

/** Puts the numbers of layers into a network's layers of the names given. */
export function writeLayers(network: Network, layers: readonly PretrainedLayer[], nameOf: (i: number) => string): void {
  layers.forEach(({ kernel, bias }, i) => {
    network.writeParameter(`${nameOf(i)}.kernel`, kernel);
    network.writeParameter(`${nameOf(i)}.bias`, bias);
  });
}
