import { checkChoice, expected } from '../core/checks.js';
import { OptionError } from '../core/errors.js';
import { activation, activationLayerFromConfig } from './activation-layer.js';
import { batchNorm, batchNormFromConfig } from './batch-norm.js';
import { dense, denseFromConfig } from './dense.js';
import { dropout, dropoutFromConfig } from './dropout.js';
import type { LayerDescription } from './layer.js';

/** Every layer by type, made from its config. To add one: its file, a row here, its kernels. */
const makers: Readonly<Record<string, (config: Record<string, unknown>) => LayerDescription>> = {
  dense: denseFromConfig,
  activation: activationLayerFromConfig,
  batchNorm: batchNormFromConfig,
  dropout: dropoutFromConfig,
};

export const layerTypes = Object.keys(makers);

/** A layer from what its `config` says, with `type` and `name` beside; the way back from a file. */
export function layerFromConfig(config: unknown): LayerDescription {
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    throw new OptionError('ERR_OPTION_TYPE', expected('a layer configuration', 'layers', config));
  }
  const { type, ...options } = config as Record<string, unknown>;
  return makers[checkChoice('layer type', type, layerTypes)](options);
}

/** A description as it is stored: its type, name and config in one object. */
export function layerConfig({ type, name, config }: LayerDescription): Record<string, unknown> {
  return { type, ...(name === undefined ? {} : { name }), ...config };
}

export { activation, batchNorm, dense, dropout };
export type { ActivationLayerOptions } from './activation-layer.js';
export type { BatchNormOptions } from './batch-norm.js';
export type { DenseOptions } from './dense.js';
export type { DropoutOptions } from './dropout.js';
export type { Layer, LayerContext, LayerDescription, Trace } from './layer.js';
export type { LayerUpdateOptions } from './update-options.js';
