import { checkChoice, checkInteger, checkNumber, checkOptions } from '../core/checks.js';
import { drawSeed } from '../core/random.js';
import type { EngineName } from '../engine/engine.js';

export interface RbmOptions {
  /** Numbers per sample. */
  visible: number;
  /** Hidden units, always binary. */
  hidden: number;
  /** `binary` (default): values from 0 to 1 are probabilities. `gaussian`: numbers of mean 0 and standard deviation 1. */
  visibleUnits?: 'binary' | 'gaussian';
  seed?: number;
  engine?: EngineName;
  threads?: number;
}

export interface RbmFitOptions {
  /** Passes over the data; at least 1, default 5. */
  epochs?: number;
  /** Default 100, or all where there are fewer. */
  batchSize?: number;
  /** Above 0; default 0.1 for binary, 0.01 for gaussian visible units. */
  learningRate?: number;
  /** Steps of Gibbs sampling of contrastive divergence; at least 1, default 1. */
  k?: number;
  /** In [0, 1), default 0.5. */
  momentum?: number;
  /** λ of λ/2·‖W‖² on the weights; at least 0, default 0.0002. */
  weightDecay?: number;
  /** How often a hidden unit should be on, in (0, 1), and how strongly it is held to that, at least 0; default not at all. */
  sparsity?: { readonly target: number; readonly strength: number };
  signal?: AbortSignal;
  /** Called after each epoch. */
  onEpoch?: (epoch: RbmEpoch) => void;
}

export interface RbmEpoch {
  /** From 1 over the life of the machine. */
  readonly epoch: number;
  /** Mean squared difference of samples and their reconstructions; no objective, but it falls. */
  readonly reconstructionError: number;
  /** Mean probability of hidden units to be on. */
  readonly meanActivation: number;
}

const defaultRates = { binary: 0.1, gaussian: 0.01 };

export function checkRbm(options: unknown) {
  const known = ['visible', 'hidden', 'visibleUnits', 'seed', 'engine', 'threads'] as const;
  const given = checkOptions<RbmOptions>('Rbm', options, known);
  return {
    visible: checkInteger('visible', given.visible, { min: 1, max: 2 ** 24 }),
    hidden: checkInteger('hidden', given.hidden, { min: 1, max: 2 ** 24 }),
    visibleUnits: checkChoice('visibleUnits', given.visibleUnits ?? 'binary', ['binary', 'gaussian']),
    seed: given.seed === undefined ? drawSeed() : checkInteger('seed', given.seed),
    engine: given.engine,
    threads: given.threads,
  };
}

/** @param samples how many there are */
export function checkRbmFit(options: unknown, visibleUnits: 'binary' | 'gaussian', samples: number) {
  const known = [
    'epochs',
    'batchSize',
    'learningRate',
    'k',
    'momentum',
    'weightDecay',
    'sparsity',
    'signal',
    'onEpoch',
  ] as const;
  const given = checkOptions<RbmFitOptions>('fit of Rbm', options, known);
  const { sparsity } = given;
  if (sparsity !== undefined) {
    checkOptions<NonNullable<RbmFitOptions['sparsity']>>('sparsity', sparsity, ['target', 'strength']);
    checkNumber('sparsity.target', sparsity.target, { above: 0, below: 1 });
    checkNumber('sparsity.strength', sparsity.strength, { min: 0 });
  }
  return {
    epochs: checkInteger('epochs', given.epochs ?? 5, { min: 1 }),
    batchSize: checkInteger('batchSize', given.batchSize ?? Math.min(100, samples), { min: 1, max: samples }),
    learningRate: checkNumber('learningRate', given.learningRate ?? defaultRates[visibleUnits], { above: 0 }),
    k: checkInteger('k', given.k ?? 1, { min: 1 }),
    momentum: checkNumber('momentum', given.momentum ?? 0.5, { min: 0, below: 1 }),
    weightDecay: checkNumber('weightDecay', given.weightDecay ?? 0.0002, { min: 0 }),
    sparsity,
    signal: given.signal,
    onEpoch: given.onEpoch,
  };
}
