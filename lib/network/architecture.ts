import { buildLayers, checkLayers, layerConfig, type Layer, type LayerDescription } from '../layers/index.js';
import { checkClassCount, type Loss } from '../losses/index.js';
import { ParameterClaims, type Parameter, type Regularizer } from '../program/parameters.js';
import { regularizerConfig } from '../regularizers/index.js';

/** What a network is made of, without any of its numbers: layers with their places in the parameter arena. */
export interface Architecture {
  readonly inputs: number;
  readonly outputs: number;
  readonly descriptions: readonly LayerDescription[];
  readonly layers: readonly Layer[];
  readonly parameters: readonly Parameter[];
  /** Elements of the parameter arena. */
  readonly arenaSize: number;
  readonly loss: Loss;
  /** Penalties on the kernels of layers that have none of their own. */
  readonly regularizers: readonly Regularizer[];
  /** Names of layers that training leaves as they are; inner layers stand for themselves. */
  readonly frozen: ReadonlySet<string>;
  readonly config: ArchitectureConfig;
}

export interface ArchitectureConfig {
  readonly inputs: number;
  readonly layers: readonly Record<string, unknown>[];
  readonly loss: Loss['config'];
  /** Penalties on the kernels of layers that have none of their own. */
  readonly regularizers?: readonly Record<string, unknown>[];
}

/**
 * Builds the layers one after the other, each on the width that the one before it leaves. `regularizers` act on the kernels
 * of layers that have none of their own.
 */
export function buildArchitecture(
  inputs: number,
  descriptions: readonly LayerDescription[],
  loss: Loss,
  regularizers: readonly Regularizer[] = [],
): Architecture {
  checkLayers('layers', descriptions);
  const claims = new ParameterClaims(regularizers);
  const start = { claims, inputs, count: { value: 0 }, within: '', absorbed: loss.absorbs };
  const layers = buildLayers(descriptions, start);
  checkClassCount(loss.classWeights, layers[layers.length - 1].outputs);
  return {
    inputs,
    outputs: layers[layers.length - 1].outputs,
    descriptions: [...descriptions],
    layers,
    parameters: claims.all,
    arenaSize: claims.size,
    loss,
    regularizers,
    frozen: new Set(),
    config: {
      inputs,
      layers: descriptions.map(layerConfig),
      loss: loss.config,
      ...(regularizers.length === 0 ? {} : { regularizers: regularizers.map(regularizerConfig) }),
    },
  };
}
