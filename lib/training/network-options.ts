import type { EngineName } from '../engine/engine.js';
import type { EngineOptions } from '../engine/select.js';
import type { Dataset } from '../data/index.js';
import type { MetricLike, MetricValues } from '../metrics/index.js';
import type { LayerDescription, LayerReference, LossLike, RegularizerLike } from '../network/index.js';

export interface NetworkOptions extends EngineOptions {
  /** Numbers per sample, 1 to 2²⁴. */
  inputs: number;
  /** Layers in order, at least one. */
  layers: readonly LayerDescription[];
  /** What training makes small; default `softmaxCrossEntropy`. */
  loss?: LossLike;
  /** Penalties on the kernels of all layers that have none of their own, such as `l2(1e-4)`; default none. */
  regularizer?: RegularizerLike;
  /** Seed of everything random, a whole number in [0, 2⁵³); without it one is drawn and recorded. */
  seed?: number;
  /** Default: native where its addon loads. */
  engine?: EngineName;
  /** Most threads of the native engine; default: one for each core. Never more than there are cores. */
  threads?: number;
}

export interface PredictOptions {
  /** The network's plain outputs (logits) instead of probabilities; default false. */
  raw?: boolean;
}

export interface ReplaceHeadOptions {
  /** Name or place of the first layer replaced; default: the last one with a kernel. */
  from?: LayerReference;
  /** Default: the loss of the network that the lower layers come from. */
  loss?: LossLike;
  /** Seed of the new layers and of training, a whole number in [0, 2⁵³); default: that network's. */
  seed?: number;
}

export interface FuseOptions {
  /** Layers that only act in training: `remove` (default), or `keep` for a network that is to train on. */
  dropout?: 'remove' | 'keep';
}

export interface EvaluateOptions {
  /** Names, or metrics such as `topK(3)`; default none. */
  metrics?: readonly MetricLike[];
}

/**
 * What `evaluate` finds. `loss` is without penalties, and a weighted mean where samples or classes have weights; `accuracy`
 * is there for classification; `metrics` holds what was asked for.
 */
export interface Evaluation {
  readonly loss: number;
  readonly accuracy?: number;
  readonly metrics?: MetricValues;
}

/** Samples to predict: flat numbers row after row, rows, or a data set. Bytes are scaled by 1/255, as in training. */
export type Samples = Float32Array | Uint8Array | readonly (readonly number[])[] | Dataset;
