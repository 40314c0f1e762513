import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { dense, fromOnnx, residual, toOnnx, type LayerDescription, type Network } from '../../lib/index.js';
import { activationRows, firstLayerRows, layerRows } from '../layers/table.js';
import { rejectionOf } from '../support/errors.js';
import { fixture, expectation } from '../support/interop-fixtures.js';
import { graphOf } from '../support/onnx-graph.js';
import { openOnnx, runSession } from '../support/onnxruntime.js';
import { largestDifference, randomizedNetwork, randomNumbers } from '../support/randomized.js';

const folder = mkdtempSync(join(tmpdir(), 'blasnet-onnx-'));
afterAll(() => rmSync(folder, { recursive: true }));

const typesOf = (network: Network) => network.layers.map(({ type }) => type);

describe('a model of another library predicts the same here', () => {
  it.each([
    'torch-mlp',
    'torch-activations',
    'torch-residual',
    'keras-mlp',
    'keras-activations',
    'sklearn-scaled',
    'sklearn-names',
    'sklearn-regressor',
  ])('%s', async (name) => {
    const network = await fromOnnx(fixture(`${name}.onnx`));
    const { samples, predictions } = expectation(name);
    expect(largestDifference(await network.predict(samples), predictions)).toBeLessThan(1e-5);
    // The onnxruntime of the tests reads no opset newer than 19, and Keras writes 20.
    if (name.startsWith('keras')) return;
    // The file says so itself, by another way.
    const session = await openOnnx(readFileSync(fixture(`${name}.onnx`)));
    const output = session.outputNames.find((value) => value !== 'label')!;
    const many = randomNumbers(40 * network.inputs, 9);
    const { data } = await runSession(session, many, network.inputs, output);
    expect(largestDifference(await network.predict(many), data)).toBeLessThan(1e-5);
  });

  it('with the layers that were written, not with what they were taken apart into', async () => {
    const mlp = await fromOnnx(fixture('torch-mlp.onnx'));
    const types = mlp.layers.map(({ type }) => type);
    // PyTorch's exporter folds BatchNorm into the layer before it.
    expect(types.filter((type) => type !== 'batchNorm')).toEqual([
      'dense',
      'activation',
      'dense',
      'layerNorm',
      'activation',
      'dense',
      'prelu',
      'dense',
      'activation',
      'dense',
      'activation',
      'dense',
    ]);
    expect(typesOf(await fromOnnx(fixture('torch-residual.onnx')))).toEqual([
      'dense',
      'residual',
      'residual',
      'activation',
      'dense',
      'activation',
    ]);
    expect(typesOf(await fromOnnx(fixture('sklearn-scaled.onnx')))[0]).toBe('inputNormalization');
  });

  it('and can be trained on', async () => {
    const network = await fromOnnx(fixture('sklearn-scaled.onnx'), { seed: 1 });
    const features = randomNumbers(200 * 6, 3, 4);
    const labels = Array.from({ length: 200 }, (_, i) => (features[i * 6] > 0 ? 1 : 0));
    const before = await network.evaluate({ features, labels });
    await network.fit({ features, labels }, { epochs: 30, batchSize: 16 });
    expect((await network.evaluate({ features, labels })).loss).toBeLessThan(before.loss / 2);
  });
});

describe('our own models come back', () => {
  const rows = Object.entries(layerRows).flatMap(([type, list]) =>
    list.map(([what, make]) => [`${type} ${what}`, () => [dense(6), ...make()]] as const),
  );
  const first = firstLayerRows.map(([type, what, make]) => [`${type} ${what}`, make] as const);
  const kinds = activationRows.map(
    ([what, activation]) => [`activation ${what}`, () => [dense(6, { activation })]] as const,
  );
  it.each([...rows, ...first, ...kinds] as [string, () => LayerDescription[]][])('%s', async (_, make) => {
    const network = randomizedNetwork({ inputs: 5, layers: [...make(), dense(3)] });
    const back = await fromOnnx(toOnnx(network));
    const samples = randomNumbers(20 * 5, 2);
    expect(largestDifference(await back.predict(samples), await network.predict(samples))).toBeLessThan(1e-5);
    expect(back.lossName).toBe('softmaxCrossEntropy');
  });
});

describe('what exporters do to a graph', () => {
  it('constants that are handed on and kernels that are turned around', async () => {
    const model = graphOf(
      [
        { operator: 'Identity', inputs: ['w'], outputs: ['same'] },
        { operator: 'Cast', inputs: ['same'], outputs: ['cast'], attributes: new Map([['to', 1]]) },
        { operator: 'Transpose', inputs: ['cast'], outputs: ['turned'] },
        { operator: 'MatMul', inputs: ['input', 'turned'], outputs: ['output'] },
      ],
      { w: [3, 2] },
    );
    const network = await fromOnnx(model);
    expect([network.inputs, network.outputs]).toEqual([2, 3]);
    expect([...(await network.predict([[1, 2]]))]).toEqual([1.5, 1.5, 1.5]);
  });

  it('what is computed of constants alone, and not needed', async () => {
    const model = graphOf(
      [
        { operator: 'MatMul', inputs: ['input', 'w'], outputs: ['output'] },
        { operator: 'Shape', inputs: ['w'], outputs: ['extents'] },
        { operator: 'Mul', inputs: ['output', 'extents'], outputs: ['other'] },
        { operator: 'Mul', inputs: ['other', 'extents'], outputs: ['another'] },
      ],
      { w: [2, 2] },
    );
    expect([...(await (await fromOnnx(model)).predict([[1, 2]]))]).toEqual([1.5, 1.5]);
    expect((await rejectionOf(fromOnnx(model, { output: 'other' }))).message).toContain('is not supported');
  });

  it('any number of blocks one behind the other, in time that grows with their number', async () => {
    const blocks = Array.from({ length: 200 }, () => residual([dense(3, { activation: 'gelu' })]));
    const network = randomizedNetwork({ inputs: 3, layers: [...blocks, dense(2)] });
    const back = await fromOnnx(toOnnx(network));
    const samples = randomNumbers(6, 2, 0.01);
    expect(typesOf(back).filter((type) => type === 'residual').length).toBe(200);
    expect(largestDifference(await back.predict(samples), await network.predict(samples))).toBeLessThan(1e-5);
  });
});

it('tensors in a file beside the model are read from there, and from nowhere else', async () => {
  for (const name of ['external.onnx', 'external.onnx.data']) copyFileSync(fixture(name), join(folder, name));
  const network = await fromOnnx(join(folder, 'external.onnx'));
  const { samples, predictions } = expectation('torch-mlp');
  expect(largestDifference(await network.predict(samples), predictions)).toBeLessThan(1e-5);

  const bytes = readFileSync(fixture('external.onnx'));
  expect((await rejectionOf(fromOnnx(bytes))).message).toContain(
    'in the file external.onnx.data: give its path instead',
  );
  rmSync(join(folder, 'external.onnx.data'));
  const missing = await rejectionOf(fromOnnx(join(folder, 'external.onnx')));
  expect(missing.message).toBe(
    'Cannot read external.onnx.data beside the ONNX model: ENOENT: no such file or directory',
  );
  expect(missing.code).toBe('ERR_FILE_READ');
});
