import { checkOptions, checkString } from '../../core/checks.js';
import { writeFileAtomic } from '../../core/files.js';
import type { Network } from '../../training/index.js';
import { forwardOf } from '../forward.js';
import { encodeOnnx, FLOAT, type OnnxNode, type OnnxTensor } from './model.js';
import { NodeWriter, translateStep } from './translate.js';

export interface ToOnnxOptions {
  /** The network's plain outputs (logits) instead of the predictions; default false. */
  raw?: boolean;
}

/** The version of ONNX's operators that models are written in. */
export const ONNX_OPSET = 17;

/**
 * The network as an ONNX model that predicts what `predict` does: opset 17, IR version 8, float32.
 *
 * Shapes: input `input` `[batch, inputs]`, output `output` `[batch, outputs]`; `batch` is free. Inputs are the numbers
 * that the network sees: where samples were bytes, divide them by 255. Parameters keep their names, such as
 * `dense1.kernel`. Dropout and noise, which act in training alone, are left out; `inputNormalization` is part of the model.
 *
 * @param network of any layers
 * @param options `raw`: the network's plain outputs (logits) instead of the predictions; default false
 * @returns the bytes of an `.onnx` file
 * @throws OptionError for anything but a Network and for unknown options
 *
 * @example
 * await writeFile('model.onnx', toOnnx(network));
 *
 * Source: https://onnx.ai/onnx/repo-docs/IR.html. PyTorch has `torch.onnx.export`, Keras `model.export(format="onnx")`.
 */
export function toOnnx(network: Network, options?: ToOnnxOptions): Uint8Array {
  const { raw = false } = checkOptions<ToOnnxOptions>('toOnnx', options, ['raw']);
  const forward = forwardOf(network, raw, 'toOnnx');
  const writer = new NodeWriter();
  for (const step of forward.steps) translateStep(writer, step);
  const ends = new Map([[forward.input, 'input']]);
  // A network that hands its input on as it is still needs a node between the two.
  if (forward.input === forward.output) writer.node('Identity', [forward.input], 'output');
  else ends.set(forward.output, 'output');
  const rename = (name: string) => ends.get(name) ?? name;
  const nodes = writer.nodes.map((node): OnnxNode => ({
    ...node,
    inputs: node.inputs.map(rename),
    outputs: node.outputs.map(rename),
  }));
  const tensors = new Map<string, OnnxTensor>([...forward.parameters, ...writer.constants]);
  return encodeOnnx(
    {
      nodes,
      tensors,
      inputs: [{ name: 'input', elementType: FLOAT, shape: [-1, forward.inputs] }],
      outputs: [{ name: 'output', elementType: FLOAT, shape: [-1, forward.outputs] }],
      opsets: new Map([['', ONNX_OPSET]]),
    },
    { name: 'blasnet', version: '1' },
  );
}

/**
 * Writes {@link toOnnx}'s model to a file; on failure the file that was there stays.
 *
 * @throws FileError when it cannot be written, and all that `toOnnx` throws
 */
export async function saveOnnx(network: Network, path: string, options?: ToOnnxOptions): Promise<void> {
  await writeFileAtomic(checkString('path', path), toOnnx(network, options));
}
