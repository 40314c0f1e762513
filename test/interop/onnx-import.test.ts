import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { dense, fromOnnx, residual, toOnnx, type LayerDescription, type Network } from '../../lib/index.js';
import { MessageWriter } from '../../lib/interop/onnx/wire.js';
import { encodeOnnx, type OnnxNode, type OnnxTensor } from '../../lib/interop/onnx/model.js';
import { activationRows, firstLayerRows, layerRows } from '../layers/table.js';
import { rejectionOf } from '../support/errors.js';
import { fixture, expectation } from '../support/interop-fixtures.js';
import { Mutator } from '../support/mutator.js';
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

/** A graph of one input of 2 features unless `width` says otherwise, with tensors of these shapes. */
function graphOf(
  nodes: Partial<OnnxNode>[],
  tensors: Record<string, number[]> = {},
  opset = 17,
  width = 2,
): Uint8Array {
  const filled = Object.entries(tensors).map(([name, shape]): [string, OnnxTensor] => {
    return [name, { shape, values: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.5) }];
  });
  const complete = nodes.map((node, i): OnnxNode => ({
    name: `node${i}`,
    operator: 'Relu',
    domain: '',
    inputs: [i === 0 ? 'input' : `v${i - 1}`],
    outputs: [i === nodes.length - 1 ? 'output' : `v${i}`],
    attributes: new Map(),
    ...node,
  }));
  const info = (name: string) => [{ name, elementType: 1, shape: [-1, width] }];
  return encodeOnnx(
    {
      nodes: complete,
      tensors: new Map(filled),
      inputs: info('input'),
      outputs: info('output'),
      opsets: new Map([['', opset]]),
    },
    { name: 'test', version: '1' },
  );
}

describe('what is not supported is named', () => {
  const cases: [what: string, model: Uint8Array, message: string][] = [
    [
      'operator',
      graphOf([{}, { operator: 'Conv', name: 'features.0' }]),
      'The ONNX operator Conv "features.0" is not supported',
    ],
    [
      'domain',
      graphOf([{ operator: 'Relu', domain: 'com.example' }]),
      'The ONNX operator Relu "node0" is not supported',
    ],
    ['without a name', graphOf([{ operator: 'Conv', name: '' }]), 'The ONNX operator Conv "output" is not supported'],
    [
      'a product of two values',
      graphOf([{ outputs: ['a'] }, { operator: 'Mul', inputs: ['a', 'input'] }]),
      'Mul "node1" is not supported: it joins two values that depend on the samples',
    ],
    [
      'a sum that is no block',
      graphOf([
        { operator: 'Tanh', outputs: ['a'] },
        { outputs: ['b'], inputs: ['input'] },
        { operator: 'Add', inputs: ['a', 'b'] },
      ]),
      'Add "node2" is not supported: neither of its two values',
    ],
    [
      'a kernel with three extents',
      graphOf([{ operator: 'MatMul', inputs: ['input', 'w'] }], { w: [1, 2, 2] }),
      'MatMul "node0" is not supported: its second factor has the shape [1, 2, 2]',
    ],
    [
      'a slope out of range',
      graphOf([{ operator: 'LeakyRelu', attributes: new Map([['alpha', 2]]) }]),
      'LeakyRelu "node0" is not supported: Expected a finite number',
    ],
    [
      'another Selu',
      graphOf([{ operator: 'Selu', attributes: new Map([['alpha', 2]]) }]),
      'Selu "node0" is not supported: its alpha and gamma',
    ],
    [
      'softmax over the batch',
      graphOf([{ operator: 'Softmax', attributes: new Map([['axis', 0]]) }]),
      'Softmax "node0" is not supported: its axis is not the last',
    ],
    [
      'a reshape that mixes samples',
      graphOf([{ operator: 'Reshape', inputs: ['input', 'to'] }], { to: [2] }),
      'Reshape "node0" is not supported: it reshapes to [0.5, 0.5]',
    ],
    [
      'widths that do not fit',
      graphOf([{ operator: 'MatMul', inputs: ['input', 'w'] }], { w: [3, 2] }),
      'Expected 4 values',
    ],
    ['an opset of the future', graphOf([{}], {}, 99), 'Expected an ONNX model of opset 7 to 28, received opset 99'],
    ['nothing at all', graphOf([{ operator: 'Identity' }]), 'there is no layer in it'],
    [
      'a node that nothing feeds',
      graphOf([{ inputs: ['other'] }]),
      'Relu "node0" reads "other", which nothing before it computes',
    ],
    ['a circle', graphOf([{ inputs: ['output'] }]), 'reads "output", which nothing before it computes'],
    [
      'a value computed twice, and so a circle',
      graphOf([
        { outputs: ['a'] },
        { inputs: ['a'], outputs: ['b'] },
        { inputs: ['b'], outputs: ['a'] },
        { inputs: ['a'] },
      ]),
      'Relu "node2" computes "a" a second time',
    ],
    [
      'a kernel that takes nothing',
      graphOf([{ operator: 'MatMul', inputs: ['input', 'w'] }], { w: [0, 2] }, 17, -1),
      'does not state how many features',
    ],
    ['no model', new Uint8Array(), 'Not an ONNX model: it holds no graph'],
    ['a text', Buffer.from('not an ONNX model at all'), 'Not an ONNX model'],
    ['a file elsewhere', outside('../secret'), 'keeps tensors in'],
  ];
  it.each(cases)('%s', async (_, model, message) => {
    const error = await rejectionOf(fromOnnx(model));
    expect(error.message).toContain(message);
    expect(error.code).toBe('ERR_FORMAT');
  });

  it('a kernel of texts', async () => {
    const model = Buffer.from(graphOf([{ operator: 'MatMul', inputs: ['input', 'w'] }], { w: [2, 2] }));
    // Field 2 of a tensor is its type: float32, and now text.
    const place = model.indexOf(Buffer.from([0x08, 2, 0x08, 2, 0x10, 1]));
    expect(place).toBeGreaterThan(0);
    model[place + 5] = 8;
    const error = await rejectionOf(fromOnnx(model));
    expect([error.code, error.message]).toEqual([
      'ERR_FORMAT',
      'Expected float32, float64, int32, int64 or uint8 for the tensor w, received ONNX type 8',
    ]);
  });

  it('an output that is not there', async () => {
    const error = await rejectionOf(fromOnnx(graphOf([{}]), { output: 'logits' }));
    expect(error.message).toBe('The ONNX graph has no node that computes "logits"');
  });

  it('options', async () => {
    expect((await rejectionOf(fromOnnx(7 as never))).message).toBe(
      'Expected a path or a Uint8Array for source, received 7',
    );
    expect((await rejectionOf(fromOnnx('/nowhere/model.onnx'))).code).toBe('ERR_FILE_READ');
    expect((await rejectionOf(fromOnnx(graphOf([{}]), { outputs: 'x' } as never))).message).toContain(
      'did you mean output?',
    );
  });
});

it('a path in a model that leads elsewhere is not followed', async () => {
  const path = join(folder, 'elsewhere.onnx');
  for (const location of ['../secret', '/etc/passwd', '..', 'a\\b']) {
    writeFileSync(path, outside(location));
    expect((await rejectionOf(fromOnnx(path))).message).toContain('which is no file beside it');
  }
});

/** A model with a tensor in another file. */
function outside(location: string): Uint8Array {
  const entry = (key: string, value: string) => (into: MessageWriter) => into.text(1, key).text(2, value);
  return new MessageWriter()
    .integer(1, 8)
    .message(7, (graph) =>
      graph.message(5, (tensor) =>
        tensor.integer(1, 2).integer(2, 1).text(8, 'w').message(13, entry('location', location)).integer(14, 1),
      ),
    )
    .message(8, (opset) => opset.integer(2, 17))
    .finish();
}

it('damaged models are errors of ours, never anything else', async () => {
  const whole = ['torch-residual.onnx', 'keras-mlp.onnx'].map((name) => readFileSync(fixture(name)));
  const mutator = new Mutator(7, whole);
  for (let count = 0; count < 3000; count++) {
    await fromOnnx(mutator.next(), { engine: 'reference' }).then(
      (network) => expect(network.inputs).toBeGreaterThan(0),
      (error: unknown) => expect((error as { code?: string }).code, (error as Error).stack).toMatch(/^ERR_/),
    );
  }
});
