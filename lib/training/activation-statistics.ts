import { checkInteger, checkNumber, checkOptions } from '../core/checks.js';
import { ShapeError } from '../core/errors.js';
import { toDataset, type Dataset } from '../data/index.js';
import { gatherActivations, gradientNorms, layerNeedingRows, type LayerActivations } from '../network/index.js';
import type { Network } from './network.js';
import { checkData } from './fit-checks.js';
import type { Data } from './fit-options.js';

export interface ActivationStatisticsOptions {
  /** How many samples are looked at, from the first; at least 1, default 1024 or all there are. */
  samples?: number;
  /** A value is saturated where its activation's derivative is smaller than this; in (0, 1), default 0.05. */
  saturation?: number;
  /** Bins of each histogram, 1 to 1000; default 20. */
  bins?: number;
}

/** What a layer gives, and how large its gradient is. */
export interface ActivationStatistics extends LayerActivations {
  /**
   * Length of the gradient of all its parameters, for one batch of the samples; undefined where the layer learns nothing,
   * and for all layers where the data has no labels or targets.
   */
  readonly gradientNorm: number | undefined;
}

/**
 * What goes on inside a network: for each layer the mean and standard deviation of what it gives, how much of it is
 * saturated, how many units are dead, a histogram, and the norm of its gradient. Shows why a network does not train:
 * values that shrink or grow from layer to layer, units that never fire, gradients that vanish.
 *
 * Values are those of prediction (no dropout, running statistics); gradients are those of one training step on all the
 * samples at once. A value is saturated where |activation′| < `saturation`: for ReLU where it is 0, for sigmoid below 0.053
 * and above 0.947, for tanh beyond ±0.975. A unit is dead when it is saturated on every sample. Blocks count as one layer. A final
 * activation that the loss applies itself is left out: the last layer is seen with its logits.
 * The network is left as it is; a network that trains is seen as after its last slice of steps.
 *
 * @param options `samples` at least 1, default 1024; `saturation` in (0, 1), default 0.05; `bins` from 1 to 1000, default 20
 * @throws OptionError, ShapeError, DataError for options or data that do not fit
 *
 * @example
 * for (const { layer, standardDeviation, deadUnits, gradientNorm } of await activationStatistics(network, train))
 *   console.log(layer, standardDeviation, deadUnits, gradientNorm);
 *
 * Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010,
 * whose figures show these numbers.
 */
export async function activationStatistics(
  network: Network,
  data: Data,
  options?: ActivationStatisticsOptions,
): Promise<ActivationStatistics[]> {
  const known = ['samples', 'saturation', 'bins'] as const;
  const given = checkOptions<ActivationStatisticsOptions>('activationStatistics', options, known);
  const whole = toDataset(data, 'data');
  const samples = checkInteger('samples', given.samples ?? Math.min(1024, whole.length), { min: 1, max: whole.length });
  const settings = {
    saturation: checkNumber('saturation', given.saturation ?? 0.05, { above: 0, below: 1 }),
    bins: checkInteger('bins', given.bins ?? 20, { min: 1, max: 1000 }),
  };
  const chosen = whole.take(samples);
  const withGradients = hasAnswers(network, chosen);
  const copied = network.engine.createData(chosen);
  try {
    const layers = await gatherActivations(network, copied, settings);
    const norms = withGradients ? await gradientNorms(network, copied) : new Map<string, number>();
    return layers.map((layer) => ({ ...layer, gradientNorm: norms.get(layer.layer) }));
  } finally {
    copied.dispose();
  }
}

/** Whether there is something to compare outputs with, in a batch large enough; data of a wrong shape is an error. */
function hasAnswers(network: Network, data: Dataset): boolean {
  const { inputs, architecture } = network;
  if (data.width !== inputs) {
    throw new ShapeError(
      `Expected ${inputs} features per sample (the network's inputs) for data, received ${data.width}`,
    );
  }
  const answers = architecture.loss.compares === 'labels' ? data.labels : data.targets;
  if (answers === undefined) return false;
  checkData(network, data, 'data');
  return layerNeedingRows(architecture, data.length) === undefined;
}
