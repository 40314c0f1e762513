import { checkInteger, checkNumber, checkOptions } from '../core/checks.js';
import { DataError, StateError } from '../core/errors.js';
import { toDataset } from '../data/index.js';
import { checkGradients, layerNeedingRows, type GradientReport } from '../network/index.js';
import type { Network } from './network.js';
import { checkData } from './fit-checks.js';
import type { Data } from './fit-options.js';

export interface GradientCheckOptions {
  /** How far a parameter is moved to each side; above 0 and at most 0.01, default 1e-6. */
  epsilon?: number;
  /** The most elements of one parameter that are checked, at least 1; default 50. */
  elements?: number;
  /** Of dropout, of noise and of the choice of elements; default the network's. */
  seed?: number;
}

/**
 * Compares the network's gradients with finite differences of its cost, in float64: whether a layer, a loss or a whole
 * network differentiates rightly.
 *
 *     numeric = (cost(p + epsilon) - cost(p - epsilon)) / (2 · epsilon)
 *     relativeError = |analytic - numeric| / max(|analytic|, |numeric|, 1e-5 · max(1, cost))
 *
 * The batch goes through one training step's forward and backward pass: dropout and noise are on, with the same masks
 * throughout, BatchNorm takes the batch's statistics, and penalties count. A right gradient has errors below 1e-4, in most
 * networks far below; an error near 1 is a wrong one. A single large error in a ReLU network may be a kink between the two
 * sides: another seed or epsilon tells. Runs on the reference engine, whatever the network's own; the network is left as
 * it is. Two passes over the batch for each element: give it a few samples.
 *
 * @param network to be checked; layers that are frozen are left out
 * @param batch samples with labels or targets, a handful
 * @param options `epsilon` in (0, 0.01], default 1e-6; `elements` of each parameter, at least 1, default 50, the largest
 *   gradient always among them; `seed`
 * @returns the cost, the worst element of each layer with its relative error, and the worst of all
 * @throws OptionError, ShapeError, DataError for a batch that does not fit; StateError when every layer is frozen
 *
 * @example
 * const { worst } = await gradientCheck(network, train.take(8));
 * console.log(`${worst.parameter}[${worst.index}] differs by ${worst.relativeError}`);
 *
 * PyTorch's `gradcheck` takes functions; Keras has none.
 */
export async function gradientCheck(
  network: Network,
  batch: Data,
  options?: GradientCheckOptions,
): Promise<GradientReport> {
  const given = checkOptions<GradientCheckOptions>('gradientCheck', options, ['epsilon', 'elements', 'seed']);
  const settings = {
    epsilon: checkNumber('epsilon', given.epsilon ?? 1e-6, { above: 0, max: 0.01 }),
    elements: checkInteger('elements', given.elements ?? 50, { min: 1 }),
    seed: checkInteger('seed', given.seed ?? network.seed),
  };
  const data = toDataset(batch, 'batch');
  checkData(network, data, 'batch');
  const { parameters, frozen } = network.architecture;
  if (parameters.every(({ role, layer }) => role === 'state' || frozen.has(layer))) {
    throw new StateError(
      'Expected a network with a layer that learns for gradientCheck: all are frozen or have nothing to learn',
    );
  }
  const needing = layerNeedingRows(network.architecture, data.length);
  if (needing !== undefined) {
    throw new DataError(
      'ERR_DATA_LENGTH',
      `Expected at least ${needing.leastRows} samples in batch for layer ${needing.name}, received ${data.length}`,
    );
  }
  return checkGradients(network, data, settings);
}
