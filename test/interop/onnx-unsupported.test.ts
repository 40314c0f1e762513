import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fromOnnx } from '../../lib/index.js';
import { MessageWriter } from '../../lib/interop/onnx/wire.js';
import { rejectionOf } from '../support/errors.js';
import { fixture } from '../support/interop-fixtures.js';
import { Mutator } from '../support/mutator.js';
import { graphOf } from '../support/onnx-graph.js';

const folder = mkdtempSync(join(tmpdir(), 'blasnet-onnx-'));
afterAll(() => rmSync(folder, { recursive: true }));

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

  it('more joins, each far from where its values part, than are followed', async () => {
    const long = Array.from({ length: 4000 }, (_, i) => ({
      inputs: [i === 0 ? 'input' : `a${i - 1}`],
      outputs: [`a${i}`],
    }));
    const joins = Array.from({ length: 3000 }, (_, i) => ({
      operator: 'Add',
      inputs: ['a3999', 'input'],
      outputs: [i === 2999 ? 'output' : `b${i}`],
    }));
    const error = await rejectionOf(fromOnnx(graphOf([...long, ...joins])));
    expect([error.code, error.message]).toEqual([
      'ERR_FORMAT',
      'The ONNX graph is too entangled: at Add "node6500" it takes more than 10000000 steps back to where values part that ' +
        'are joined again. Expected layers in a row and residual blocks: have the graph simplified, or export the layers ' +
        'without what surrounds them',
    ]);
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
