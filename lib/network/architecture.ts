import { buildLayers, checkLayers, layerConfig, type Layer, type LayerDescription } from '../layers/index.js';
import { checkClassCount, type Loss } from '../losses/index.js';
import { ParameterClaims, type Parameter } from '../program/parameters.js';

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
  /** Names of layers that training leaves as they are; inner layers stand for themselves. */
  readonly frozen: ReadonlySet<string>;
  readonly config: ArchitectureConfig;
}

export interface ArchitectureConfig {
  readonly inputs: number;
  readonly layers: readonly Record<string, unknown>[];
  readonly loss: Loss['config'];
}

/** Builds the layers one after the other, each on the width that the one before it leaves. */
export function buildArchitecture(inputs: number, descriptions: readonly LayerDescription[], loss: Loss): Architecture {
  checkLayers('layers', descriptions);
  const claims = new ParameterClaims();
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
    frozen: new Set(),
    config: { inputs, layers: descriptions.map(layerConfig), loss: loss.config },
  };
}
