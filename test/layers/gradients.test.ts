import { describe, expect, it } from 'vitest';
import { activations } from '../../lib/activations/index.js';
import { ReferenceEngine } from '../../lib/engine/reference.js';
import { activationKernels } from '../../lib/kernels/activation.js';
import { activation, batchNorm, dense, dropout, layerTypes } from '../../lib/layers/index.js';
import { lossNames } from '../../lib/losses/index.js';
import { regularizers } from '../../lib/regularizers/index.js';
import { expectClose, tolerances } from '../support/compare.js';
import { nativeRows, reference32 } from '../support/engines.js';
import { OneStep, type StepOptions } from '../support/one-step.js';
import { activationRows, firstLayerRows, layerRows, lossRows } from './table.js';

/** More rows than one tile takes, and not a multiple of it. */
const rows = 13;
const inputs = 3;
const small = { inputs, rows, loss: 'softmaxCrossEntropy' } as const;

async function checkGradients(options: StepOptions): Promise<OneStep> {
  const step = new OneStep(new ReferenceEngine({ numbers: 'float64' }), options);
  await step.cost();
  const analytic = step.trained.map((parameter) => Float64Array.from(step.gradientOf(parameter)));
  for (const [i, parameter] of step.trained.entries()) {
    const numeric = await step.numericGradient(parameter);
    expectClose(analytic[i], numeric, tolerances.gradient, `gradient of ${parameter.name}`);
  }
  return step;
}

/** The same gradients in float32, on every engine: what the float64 check says must hold where networks train. */
async function agreeInFloat32(options: StepOptions): Promise<void> {
  const truth = new OneStep(new ReferenceEngine({ numbers: 'float64' }), options);
  const cost = await truth.cost();
  for (const { name, make } of [reference32, ...nativeRows]) {
    const step = new OneStep(make(), options);
    expectClose([await step.cost()], [cost], tolerances.network, `${name}: cost`);
    for (const parameter of step.trained) {
      const wanted = truth.gradientOf(parameter);
      expectClose(step.gradientOf(parameter), wanted, tolerances.network, `${name}: gradient of ${parameter.name}`);
    }
  }
}

async function check(options: StepOptions): Promise<void> {
  const { trained } = await checkGradients(options);
  expect(trained.length).toBeGreaterThan(0);
  await agreeInFloat32(options);
}

describe('every layer between two dense ones, so that its input gradient counts too', () => {
  it('has rows for every type of layer', () => {
    expect(Object.keys(layerRows).sort()).toEqual([...layerTypes].sort());
  });

  const cases = Object.entries(layerRows).flatMap(([type, list]) =>
    list.map(([what, make]) => [type, what, make] as const),
  );
  it.each(cases)('%s %s', async (_type, _what, make) => {
    await check({ ...small, layers: [dense(5, { activation: 'tanh' }), ...make(), dense(4)] });
  });

  it.each([...cases, ...firstLayerRows])('%s %s as the first layer', async (_type, _what, make) => {
    await check({ ...small, layers: [...make(), dense(4)] });
  });
});

describe('every activation', () => {
  it.each(activationRows)('%s fused into dense', async (_what, kind) => {
    await check({ ...small, layers: [dense(5, { activation: kind }), dense(4, { activation: kind }), dense(3)] });
  });

  it.each(activationRows)('%s as a layer of its own', async (_what, kind) => {
    await check({ ...small, layers: [dense(5), activation(kind), dense(4), batchNorm(), activation(kind), dense(3)] });
  });

  it.each(activationRows)('%s: derivative against differences of the value', (_what, kind) => {
    const { id, parameter } = typeof kind === 'string' ? activations[kind]() : kind;
    const { value, derivative, saves } = activationKernels[id];
    const points = Array.from({ length: 161 }, (_, i) => (i - 80) / 10 + 0.0371);
    const analytic = points.map((x) => derivative(saves === 'output' ? value(x, parameter) : x, parameter));
    const numeric = points.map((x) => (value(x + 1e-6, parameter) - value(x - 1e-6, parameter)) / 2e-6);
    expectClose(analytic, numeric, { rtol: 1e-6, atol: 1e-8 });
  });
});

describe('every loss', () => {
  it('has a row', () => {
    expect(lossRows.map(([, loss]) => (typeof loss === 'string' ? loss : loss.name))).toEqual(
      expect.arrayContaining(lossNames),
    );
  });

  it.each(lossRows)('%s', async (_what, loss) => {
    await check({ inputs, rows, loss, layers: [dense(5, { activation: 'tanh' }), dense(4)] });
  });

  it.each(lossRows)('%s of one output and one row', async (_what, loss) => {
    await check({ inputs, rows: 1, loss, layers: [dense(4, { activation: 'tanh' }), dense(1)] });
  });
});

it.each(Object.keys(regularizers))('penalty %s stands in the cost and in the kernel, not in the bias', async (name) => {
  const make = regularizers[name as keyof typeof regularizers];
  const plain = await checkGradients({ ...small, layers: [dense(4)] });
  const penalized = await checkGradients({ ...small, layers: [dense(4, { regularizer: make(0.5) })] });
  const [kernel, bias] = penalized.trained;
  expectClose(penalized.gradientOf(bias), plain.gradientOf(bias), tolerances.float64);
  expect(Array.from(penalized.gradientOf(kernel))).not.toEqual(Array.from(plain.gradientOf(kernel)));
  expect(await penalized.cost()).toBeGreaterThan((await plain.cost()) + 0.01);
});

it('everything at once, over many row tiles', async () => {
  const layers = [
    dropout(0.1),
    dense(6, { regularizer: regularizers.l2(0.01) }),
    batchNorm(),
    activation('selu'),
    dropout(0.4),
    dense(4, { activation: 'sigmoid' }),
    dense(3),
  ];
  await check({ ...small, rows: 150, layers });
});

it('masks follow the seed and the step: the same gradients for the same ones, others for others', async () => {
  const layers = [dense(8), dropout(0.5), dense(3)];
  const costs: number[] = [];
  for (const [seed, step] of [
    [1, 3],
    [1, 3],
    [1, 4],
  ]) {
    costs.push(await new OneStep(new ReferenceEngine({ numbers: 'float64' }), { ...small, layers, seed, step }).cost());
  }
  expect(costs[1]).toBe(costs[0]);
  expect(costs[2]).not.toBe(costs[0]);
});
