import { readFile } from 'node:fs/promises';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { types } from 'node:util';
import { checkOptions, checkString, expected } from '../../core/checks.js';
import { BlasnetError, FileError, FormatError, OptionError, ShapeError } from '../../core/errors.js';
import { reasonOf } from '../../core/files.js';
import type { LossLike } from '../../network/index.js';
import { Network, type LayerInfo, type NetworkOptions } from '../../training/index.js';
import { ChainReader } from './chain.js';
import { GraphReader } from './graph.js';
import { layersOf } from './layers.js';
import { decodeOnnx, type ReadExternal } from './model.js';
import type { ReadLayer } from './operators.js';

export interface FromOnnxOptions extends Pick<NetworkOptions, 'seed' | 'engine' | 'threads'> {
  /** Which value of the graph the network is to predict; default: its first output of floating-point numbers. */
  output?: string;
  /** What further training makes small; default: what fits the last operator, see {@link fromOnnx}. */
  loss?: LossLike;
}

const LEAST_OPSET = 7;
/** The newest whose operators were read for this; a newer one may mean something else by the same name. */
const MOST_OPSET = 28;

/**
 * A network from an ONNX model of a multilayer perceptron, as PyTorch, Keras and scikit-learn export them. It predicts what
 * the model does (to 1e-5) and can be trained on.
 *
 * Operators: Gemm, MatMul with Add, BatchNormalization, LayerNormalization, PRelu, Softmax, Identity, Dropout, Flatten, Cast,
 * Reshape that keeps rows; Relu, LeakyRelu, Elu, Selu, Gelu, Sigmoid, Tanh, Softplus, Softsign, Mish, Swish, HardSwish,
 * HardSigmoid with 1/6, Clip to [0, 6]; Gelu, SiLU and Mish written out; constants added, subtracted, multiplied and
 * divided by, also behind Identity, Cast or Transpose; Add around a block; Scaler of `ai.onnx.ml`. Opset 7 to 28.
 *
 * @param source a path, or the bytes of a file. Tensors in files beside the model are read when it is a path
 * @param options `output`: which value of the graph to predict, default its first output of floating-point numbers; `loss`
 *   for further training, by default `softmaxCrossEntropy` behind a Softmax, `binaryCrossEntropy` behind a Sigmoid, else
 *   `meanSquaredError`; `seed`, `engine`, `threads` as of {@link Network}
 * @throws FileError when a file cannot be read; FormatError when it is no such model, naming an operator that is not
 *   supported and its node
 *
 * @example
 * const network = await fromOnnx('model.onnx');
 * const predictions = await network.predict(samples);
 */
export async function fromOnnx(source: string | Uint8Array, options?: FromOnnxOptions): Promise<Network> {
  const known = ['output', 'loss', 'seed', 'engine', 'threads'] as const;
  const { output, loss, ...rest } = checkOptions<FromOnnxOptions>('fromOnnx', options, known);
  if (output !== undefined) checkString('output', output);
  const bytes = await bytesOf(source);
  const folder = typeof source === 'string' ? dirname(source) : undefined;
  const graph = decodeOnnx(bytes, externalReader(folder));
  const opset = graph.opsets.get('') ?? graph.opsets.get('ai.onnx') ?? 0;
  if (opset < LEAST_OPSET || opset > MOST_OPSET) {
    throw new FormatError(`Expected an ONNX model of opset ${LEAST_OPSET} to ${MOST_OPSET}, received opset ${opset}`);
  }
  const reader = new GraphReader(graph);
  const target = output ?? graph.outputs.find(({ elementType }) => [0, 1, 11].includes(elementType))?.name;
  if (target === undefined) throw new FormatError('The ONNX graph has no output of floating-point numbers');
  const links = new ChainReader(reader).between(reader.input, target);
  const layers = layersOf(links, reader, reader.width, true);
  return networkOf(layers, reader.width, loss, rest);
}

async function bytesOf(source: unknown): Promise<Uint8Array> {
  if (types.isUint8Array(source)) return source;
  if (typeof source !== 'string' || source === '') {
    throw new OptionError('ERR_OPTION_TYPE', expected('a path or a Uint8Array', 'source', source));
  }
  try {
    return await readFile(source);
  } catch (error) {
    throw new FileError('ERR_FILE_READ', `Cannot read the model ${source}: ${reasonOf(error)}`, { cause: error });
  }
}

/** Reads from files beside the model, and from nowhere else. */
function externalReader(folder: string | undefined): ReadExternal {
  return (location, offset, length) => {
    if (folder === undefined) {
      throw new FormatError(`The ONNX model keeps tensors in the file ${location}: give its path instead of its bytes`);
    }
    const plain = location !== '' && location === basename(location) && !/[\\/]|^\.{1,2}$/.test(location);
    if (!plain) throw new FormatError(`The ONNX model keeps tensors in "${location}", which is no file beside it`);
    try {
      const file = openSync(join(folder, location), 'r');
      try {
        const { size } = fstatSync(file);
        const wanted = length ?? size - offset;
        if (!(offset >= 0 && wanted >= 0 && offset + wanted <= size)) {
          throw new FormatError(`The file ${location} beside the ONNX model is too short for the tensors in it`);
        }
        const bytes = new Uint8Array(wanted);
        readSync(file, bytes, 0, wanted, offset);
        return bytes;
      } finally {
        closeSync(file);
      }
    } catch (error) {
      if (error instanceof BlasnetError) throw error;
      throw new FileError('ERR_FILE_READ', `Cannot read ${location} beside the ONNX model: ${reasonOf(error)}`, {
        cause: error,
      });
    }
  };
}

function networkOf(
  read: readonly ReadLayer[],
  width: number | undefined,
  loss: LossLike | undefined,
  options: Pick<NetworkOptions, 'seed' | 'engine' | 'threads'>,
): Network {
  if (read.length === 0) throw new FormatError('The ONNX graph hands its input on as it is: there is no layer in it');
  const inputs = width ?? inputsOf(read);
  const last = read[read.length - 1].description;
  const isSigmoid = last.type === 'activation' && (last.config['activation'] as { name: string }).name === 'sigmoid';
  const usual = last.type === 'softmax' ? 'softmaxCrossEntropy' : isSigmoid ? 'binaryCrossEntropy' : 'meanSquaredError';
  try {
    const layers = read.map(({ description }) => description);
    const network = new Network({ inputs, layers, loss: loss ?? usual, ...options });
    fill(network, network.layers, read);
    return network;
  } catch (error) {
    // Widths that do not fit together are a fault of the file; a wrong loss is one of the caller.
    if (error instanceof ShapeError)
      throw new FormatError(`The ONNX graph makes no network: ${error.message}`, { cause: error });
    throw error;
  }
}

/** Inputs where the graph does not state them: those of the first kernel or vector. */
function inputsOf(read: readonly ReadLayer[]): number {
  for (const { values, description, inner } of read) {
    if (inner !== undefined) return inputsOf(inner);
    const { kernel } = values;
    const vector = values['gamma'] ?? values['mean'];
    const count = kernel === undefined ? vector?.length : kernel.length / (description.config['units'] as number);
    if (count !== undefined && count >= 1) return count;
  }
  throw new FormatError('The ONNX graph does not state how many features its input has');
}

function fill(network: Network, layers: readonly LayerInfo[], read: readonly ReadLayer[]): void {
  layers.forEach(({ name, layers: inner }, place) => {
    for (const [parameter, values] of Object.entries(read[place].values)) {
      network.writeParameter(`${name}.${parameter}`, fitted(network, `${name}.${parameter}`, values));
    }
    if (inner !== undefined) fill(network, inner, read[place].inner ?? []);
  });
}

/** A single slope or statistic may stand for all features. */
function fitted(network: Network, name: string, values: Float32Array): Float32Array {
  const { length } = network.readParameter(name);
  return values.length === 1 && length > 1 ? new Float32Array(length).fill(values[0]) : values;
}
