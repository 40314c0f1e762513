import { checkChoice, expected } from '../core/checks.js';
import { OptionError } from '../core/errors.js';
import { activation, activationLayerFromConfig } from './activation-layer.js';
import { alphaDropout, alphaDropoutFromConfig } from './alpha-dropout.js';
import { batchNorm, batchNormFromConfig } from './batch-norm.js';
import { dense, denseFromConfig } from './dense.js';
import { dropout, dropoutFromConfig } from './dropout.js';
import { gaussianNoise, gaussianNoiseFromConfig } from './gaussian-noise.js';
import { inputNormalization, inputNormalizationFromConfig } from './input-normalization.js';
import { layerNorm, layerNormFromConfig } from './layer-norm.js';
import type { LayerDescription } from './layer.js';
import { prelu, preluFromConfig } from './prelu.js';
import { DEEPEST_NESTING, residual, residualFromConfig } from './residual.js';
import { softmax, softmaxFromConfig } from './softmax.js';

/** Makes a layer from its config, and from the layers inside it where it is a block. */
type Maker = (config: Record<string, unknown>, layers: readonly LayerDescription[]) => LayerDescription;

/** Every layer by type, made from its config. To add one: its file, a row here, its kernels. */
const makers: Readonly<Record<string, Maker>> = {
  dense: denseFromConfig,
  activation: activationLayerFromConfig,
  batchNorm: batchNormFromConfig,
  dropout: dropoutFromConfig,
  layerNorm: layerNormFromConfig,
  prelu: preluFromConfig,
  softmax: softmaxFromConfig,
  alphaDropout: alphaDropoutFromConfig,
  gaussianNoise: gaussianNoiseFromConfig,
  inputNormalization: inputNormalizationFromConfig,
  residual: residualFromConfig,
};

export const layerTypes = Object.keys(makers);

/** A layer from what its `config` says, with `type` and `name` beside; the way back from a file. */
export function layerFromConfig(config: unknown): LayerDescription {
  return fromConfig(config, 0);
}

function fromConfig(config: unknown, depth: number): LayerDescription {
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    throw new OptionError('ERR_OPTION_TYPE', expected('a layer configuration', 'layers', config));
  }
  const { type, ...options } = config as Record<string, unknown>;
  const make = makers[checkChoice('layer type', type, layerTypes)];
  if (type !== 'residual') return make(options, []);
  const { layers, ...rest } = options;
  if (!Array.isArray(layers)) {
    throw new OptionError('ERR_OPTION_TYPE', expected('an array of layers', 'layers of residual', layers));
  }
  // Checked on the way down: a file may nest deeper than the call stack is.
  if (depth >= DEEPEST_NESTING) {
    throw new OptionError(
      'ERR_OPTION_RANGE',
      `Expected at most ${DEEPEST_NESTING} blocks inside each other for residual`,
    );
  }
  return make(
    rest,
    layers.map((layer: unknown) => fromConfig(layer, depth + 1)),
  );
}

/** A description as it is stored: its type, name and config in one object, and what stands inside it. */
export function layerConfig({ type, name, config, layers }: LayerDescription): Record<string, unknown> {
  return {
    type,
    ...(name === undefined ? {} : { name }),
    ...config,
    ...(layers === undefined ? {} : { layers: layers.map(layerConfig) }),
  };
}

export {
  activation,
  alphaDropout,
  batchNorm,
  dense,
  denseFromConfig,
  dropout,
  gaussianNoise,
  inputNormalization,
  layerNorm,
  prelu,
  residual,
  softmax,
};
export { buildLayers, checkLayers, everyLayer, nameLayers } from './build.js';
export { writeBackwardChain, writeForwardChain } from './chain.js';
export { isTrainingOnly } from './training-only.js';
export type { ActivationLayerOptions } from './activation-layer.js';
export type { AlphaDropoutOptions } from './alpha-dropout.js';
export type { BatchNormOptions } from './batch-norm.js';
export type { DenseOptions } from './dense.js';
export type { DropoutOptions } from './dropout.js';
export type { GaussianNoiseOptions } from './gaussian-noise.js';
export type { InputNormalizationOptions } from './input-normalization.js';
export type { FeatureStatistics, Layer, LayerContext, LayerDescription, LearnedState, Trace } from './layer.js';
export type { LayerNormOptions } from './layer-norm.js';
export type { PreluOptions } from './prelu.js';
export type { ResidualOptions } from './residual.js';
export type { SoftmaxOptions } from './softmax.js';
export type { LayerUpdateOptions } from './update-options.js';
