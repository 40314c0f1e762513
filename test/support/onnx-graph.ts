import { encodeOnnx, type OnnxNode, type OnnxTensor } from '../../lib/interop/onnx/model.js';

/** A graph of one input of 2 features unless `width` says otherwise, with tensors of these shapes. */
export function graphOf(
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
