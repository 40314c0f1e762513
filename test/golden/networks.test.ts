import { describe, expect, it } from 'vitest';
import { batchNorm, activation, dense, layerNorm, type LayerDescription } from '../../lib/layers/index.js';
import { Network } from '../../lib/training/index.js';
import { maxNorm } from '../../lib/constraints/index.js';
import { expectClose, tolerances } from '../support/compare.js';
import { engineRows } from '../support/engines.js';
import { fitModel, modelOn, preciseDataset, rawOutputs, valuesOf } from '../support/networks.js';
import { flat, readGolden, type GoldenNetwork, type GoldenNetworkLayer } from './files.js';
import { activationFor, optimizerFor, regularizersFor } from './names.js';
import { runnable } from './pending.js';

const { cases } = readGolden('networks');

/** What each type of layer becomes; anything else is looked for among the activations. */
const makers: Record<
  string,
  ((layer: GoldenNetworkLayer, name: string, given: GoldenNetwork) => LayerDescription) | undefined
> = {
  dense: ({ kernel, bias }, name, given) => {
    const units = (kernel as number[][])[0].length;
    return dense(units, {
      bias: bias !== undefined && bias !== null,
      regularizer: regularizersFor(given),
      constraint: constraintFor(given),
      name,
    });
  },
  'batch-norm': ({ epsilon, runningUpdateWeightOfNewBatch: share }, name) =>
    batchNorm({ epsilon: epsilon as number, momentum: 1 - (share as number), name }),
  'layer-norm': ({ epsilon }, name) => layerNorm({ epsilon: epsilon as number, name }),
};

const constraintFor = ({ maxNormPerUnit }: GoldenNetwork) =>
  maxNormPerUnit === null ? undefined : maxNorm(maxNormPerUnit);

function layersOf(given: GoldenNetwork): LayerDescription[] | undefined {
  const layers = given.layers.map((layer, index) => {
    const name = nameOf(index);
    const kind = activationFor(layer.type);
    return makers[layer.type]?.(layer, name, given) ?? (kind && activation(kind, { name }));
  });
  return layers.every((layer) => layer !== undefined) ? layers : undefined;
}

const nameOf = (index: number) => `layer${index}`;

/** Everything that a case asks for has to be there: layers, optimizer, penalties, clipping, constraints. */
function canRun(name: string): boolean {
  const given = cases[name];
  const parts = [layersOf(given), optimizerFor(given.optimizer, given.options, given.clipNorm), regularizersFor(given)];
  return parts.every((part) => part !== undefined);
}

const names = runnable('networks', Object.keys(cases), canRun);

/**
 * The bias before a BatchNorm has a true gradient of zero, and an optimizer that divides by the size of the gradient makes
 * steps out of its rounding noise, in PyTorch as here. Training does not see them, as the batch's mean takes them out
 * again; inference does, because the running mean follows late. So these two are held to the file in float64 only, and
 * loosely, and the logits are those of the file's values of them.
 */
function isNoise({ layers }: GoldenNetwork, index: number, parameter: string): boolean {
  if (parameter === 'bias') return layers[index + 1]?.type === 'batch-norm';
  return parameter === 'runningMean' && layers[index - 1]?.type === 'dense';
}

/** A share of the learning rate of 0.01 that noise of 1e-17 against an epsilon of 1e-8 can make in a few steps. */
const noiseTolerance = { rtol: 0, atol: 1e-8 };

/** What the file says of the parameters that are noise. */
function noiseOf(given: GoldenNetwork): [string, number[]][] {
  return given.final.flatMap((layer, index) =>
    Object.entries(layer)
      .filter(([parameter]) => isNoise(given, index, parameter))
      .map(([parameter, values]): [string, number[]] => [`${nameOf(index)}.${parameter}`, flat(values)]),
  );
}

/** Start values by parameter name: what a layer of the file holds besides its options. */
function startOf({ layers, final }: GoldenNetwork): [string, number[]][] {
  return layers.flatMap((layer, index) =>
    Object.keys(final[index])
      .filter((parameter) => Array.isArray(layer[parameter]))
      .map((parameter): [string, number[]] => [`${nameOf(index)}.${parameter}`, flat(layer[parameter])]),
  );
}

const setOf = (given: GoldenNetwork) =>
  preciseDataset(given.inputs.flat(), flat(given.labels), given.probeLogitsInference[0].length);

const fitOptions = (given: GoldenNetwork) => {
  const { optimizer, weightDecay } = optimizerFor(given.optimizer, given.options, given.clipNorm)!;
  expect(weightDecay, 'networks put their penalties into l1 and l2').toBe(0);
  return { optimizer, shuffle: false, batchSize: given.inputs[0].length, epochs: 1 };
};

describe.each(engineRows)('$name', ({ make, networkTolerance: tolerance, numbers }) => {
  it.each(names)('%s: history, final parameters and logits', async (name) => {
    const given = cases[name];
    const model = modelOn(make(), { inputs: given.inputs[0][0].length, layers: layersOf(given)! });
    const { parameters } = model.architecture;
    for (const [parameter, values] of startOf(given)) {
      const { offset } = parameters.find((entry) => entry.name === parameter)!;
      model.store.write('parameters', offset, Float64Array.from(values));
    }
    const history = await fitModel(model, setOf(given), fitOptions(given));
    const wanted = given.history.map(({ dataLoss }) => dataLoss);
    expectClose(history.stepDataLoss, wanted, tolerance, 'data loss');
    const cost = given.history.map(({ dataLoss, penalty }) => dataLoss + penalty);
    expectClose(history.stepLoss, cost, tolerance, 'loss with penalties');
    if (given.gradientNorms.length > 0) {
      expectClose(history.stepGradientNorm ?? [], given.gradientNorms, tolerance, 'gradient norms');
    }
    given.final.forEach((layer, index) => {
      for (const [parameter, values] of Object.entries(layer)) {
        const full = `${nameOf(index)}.${parameter}`;
        const noise = isNoise(given, index, parameter);
        if (noise && numbers === 'float32') continue;
        expectClose(valuesOf(model, full), flat(values), noise ? noiseTolerance : tolerance, `final ${full}`);
      }
    });
    for (const [parameter, values] of noiseOf(given)) model.writeParameter(parameter, values);
    expectClose(await rawOutputs(model, given.probe), flat(given.probeLogitsInference), tolerance, 'logits');
  });
});

describe('as users write it', () => {
  it.each(names)('%s', async (name) => {
    const given = cases[name];
    const network = new Network({ inputs: given.inputs[0][0].length, layers: layersOf(given)! });
    for (const [parameter, values] of startOf(given)) network.writeParameter(parameter, values);
    const data = { features: given.inputs.flat() as number[][], labels: flat(given.labels) };
    const history = await network.fit(data, fitOptions(given));
    const wanted = given.history.map(({ dataLoss }) => dataLoss);
    expectClose(history.stepDataLoss, wanted, tolerances.network, 'data loss');
    for (const [parameter, values] of noiseOf(given)) network.writeParameter(parameter, values);
    const logits = await network.predict(given.probe, { raw: true });
    expectClose(logits, flat(given.probeLogitsInference), tolerances.network, 'logits');
  });
});
