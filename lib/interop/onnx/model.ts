import { readItems, swapItems } from '../../core/byte-order.js';
import { FormatError } from '../../core/errors.js';
import { endianness } from 'node:os';
import {
  floatsOf,
  integerOf,
  integersOf,
  MessageWriter,
  messagesOf,
  readMessage,
  textOf,
  textsOf,
  type Fields,
} from './wire.js';

/** An attribute of a node: a number, a list of numbers, a text, or a tensor. */
export type OnnxAttribute = number | readonly number[] | string | OnnxTensor;

export interface OnnxNode {
  readonly name: string;
  readonly operator: string;
  /** Empty for the operators of ONNX itself, `ai.onnx.ml` for those of scikit-learn and its like. */
  readonly domain: string;
  /** Names of values; an empty name stands for an input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

export interface OnnxTensor {
  readonly shape: readonly number[];
  /** float32 whatever the file has; whole numbers beyond 2²⁴ in it are rounded, and none of ours are. */
  readonly values: Float32Array;
}

/** An input or output of a graph; -1 stands for an extent that is free or unknown. */
export interface OnnxValueInfo {
  readonly name: string;
  readonly elementType: number;
  readonly shape: readonly number[] | undefined;
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly tensors: ReadonlyMap<string, OnnxTensor>;
  readonly inputs: readonly OnnxValueInfo[];
  readonly outputs: readonly OnnxValueInfo[];
  /** Version of the operators by domain. */
  readonly opsets: ReadonlyMap<string, number>;
}

/** Bytes of a tensor that lies in a file beside the model. */
export type ReadExternal = (location: string, offset: number, length: number | undefined) => Uint8Array;

export const FLOAT = 1;
const IR_VERSION = 8;

/** Writes a model of one graph. `batch` names the free first extent of inputs and outputs. */
export function encodeOnnx(graph: OnnxGraph, producer: { name: string; version: string }): Uint8Array {
  const model = new MessageWriter().integer(1, IR_VERSION).text(2, producer.name).text(3, producer.version);
  model.message(7, (into) => {
    for (const node of graph.nodes) into.message(1, (inner) => writeNode(inner, node));
    into.text(2, 'blasnet');
    for (const [name, tensor] of graph.tensors) into.message(5, (inner) => writeTensor(inner, name, tensor));
    for (const info of graph.inputs) into.message(11, (inner) => writeInfo(inner, info));
    for (const info of graph.outputs) into.message(12, (inner) => writeInfo(inner, info));
  });
  for (const [domain, version] of graph.opsets) {
    model.message(8, (into) => into.text(1, domain).integer(2, version));
  }
  return model.finish();
}

function writeNode(into: MessageWriter, { name, operator, domain, inputs, outputs, attributes }: OnnxNode): void {
  for (const input of inputs) into.text(1, input);
  for (const output of outputs) into.text(2, output);
  into.text(3, name).text(4, operator);
  if (domain !== '') into.text(7, domain);
  for (const [key, value] of attributes) {
    into.message(5, (inner) => {
      inner.text(1, key);
      // The kind says how a number is meant: axes are whole numbers, everything else of ours is a float.
      if (key === 'axis' && typeof value === 'number') inner.integer(3, value).integer(20, 2);
      else if (typeof value === 'number') inner.float(2, value).integer(20, 1);
      else throw new TypeError(`The attribute ${key} is of a kind that is never written`);
    });
  }
}

function writeTensor(into: MessageWriter, name: string, { shape, values }: OnnxTensor): void {
  const bytes = new Uint8Array(values.slice().buffer);
  if (endianness() === 'BE') swapItems(bytes, 4);
  for (const extent of shape) into.integer(1, extent);
  into.integer(2, FLOAT).text(8, name).bytes(9, bytes);
}

function writeInfo(into: MessageWriter, { name, elementType, shape = [] }: OnnxValueInfo): void {
  into.text(1, name).message(2, (type) => {
    type.message(1, (tensor) => {
      tensor.integer(1, elementType).message(2, (dimensions) => {
        for (const extent of shape) {
          dimensions.message(1, (one) => (extent < 0 ? one.text(2, 'batch') : one.integer(1, extent)));
        }
      });
    });
  });
}

/**
 * Reads a model that may come from anywhere.
 *
 * @throws FormatError for bytes that are no ONNX model, and for tensors that are not what they declare
 */
export function decodeOnnx(bytes: Uint8Array, external: ReadExternal): OnnxGraph {
  const model = readMessage(bytes);
  const graphs = messagesOf(model, 7);
  if (graphs.length !== 1) throw new FormatError('Not an ONNX model: it holds no graph');
  const graph = readMessage(graphs[0]);
  const tensors = new Map(
    messagesOf(graph, 5).map((tensor): [string, OnnxTensor] => {
      const fields = readMessage(tensor);
      return [textOf(fields, 8), readTensor(fields, textOf(fields, 8), external)];
    }),
  );
  return {
    nodes: messagesOf(graph, 1).map((node) => readNode(readMessage(node), external)),
    tensors,
    inputs: messagesOf(graph, 11).map((info) => readInfo(readMessage(info))),
    outputs: messagesOf(graph, 12).map((info) => readInfo(readMessage(info))),
    opsets: new Map(
      messagesOf(model, 8).map((entry) => {
        const fields = readMessage(entry);
        return [textOf(fields, 1), integerOf(fields, 2) ?? 0];
      }),
    ),
  };
}

function readNode(fields: Fields, external: ReadExternal): OnnxNode {
  const attributes = messagesOf(fields, 5).map((bytes): [string, OnnxAttribute] => {
    const attribute = readMessage(bytes);
    return [textOf(attribute, 1), readAttribute(attribute, external)];
  });
  const domain = textOf(fields, 7);
  return {
    name: textOf(fields, 3),
    operator: textOf(fields, 4),
    domain: domain === 'ai.onnx' ? '' : domain,
    inputs: textsOf(fields, 1),
    outputs: textsOf(fields, 2),
    attributes: new Map(attributes),
  };
}

/** By the kind that field 20 states: float 1, integer 2, text 3, tensor 4, floats 6, integers 7. */
function readAttribute(fields: Fields, external: ReadExternal): OnnxAttribute {
  const kind = integerOf(fields, 20);
  if (kind === 1) return floatsOf(fields, 2).at(-1) ?? 0;
  if (kind === 2) return integerOf(fields, 3) ?? 0;
  if (kind === 4) return readTensor(readMessage(messagesOf(fields, 5)[0] ?? new Uint8Array()), 'value', external);
  if (kind === 6) return floatsOf(fields, 7);
  if (kind === 7) return integersOf(fields, 8);
  return textOf(fields, 4);
}

function readInfo(fields: Fields): OnnxValueInfo {
  const type = readMessage(messagesOf(fields, 2)[0] ?? new Uint8Array());
  const tensor = readMessage(messagesOf(type, 1)[0] ?? new Uint8Array());
  const shape = messagesOf(tensor, 2)[0];
  const extents = shape && messagesOf(readMessage(shape), 1).map((one) => integerOf(readMessage(one), 1) ?? -1);
  return { name: textOf(fields, 1), elementType: integerOf(tensor, 1) ?? 0, shape: extents };
}

/** Bytes of an item by the number of its type: float, uint8, int32, int64, double. */
const itemSizes: Readonly<Record<number, number>> = { [FLOAT]: 4, 2: 1, 6: 4, 7: 8, 11: 8 };

function readTensor(fields: Fields, name: string, external: ReadExternal): OnnxTensor {
  const shape = integersOf(fields, 1);
  const type = integerOf(fields, 2) ?? 0;
  const size = itemSizes[type];
  if (size === undefined) return unreadable(shape, name, type);
  const count = shape.reduce((product, extent) => product * extent, 1);
  if (shape.some((extent) => !(extent >= 0)) || !Number.isSafeInteger(count)) {
    throw new FormatError(`The tensor ${name} has the impossible shape [${shape.join(', ')}]`);
  }
  const values = rawValues(fields, type, count * size, external) ?? typedValues(fields, type);
  if (values.length !== count) {
    throw new FormatError(
      `The tensor ${name} of shape [${shape.join(', ')}] should hold ${count} numbers and holds ${values.length}`,
    );
  }
  return { shape, values: values instanceof Float32Array ? values : Float32Array.from(values) };
}

/** A tensor of another type, such as the names of classes: an error only where its numbers are needed. */
function unreadable(shape: readonly number[], name: string, type: number): OnnxTensor {
  return {
    shape,
    get values(): never {
      throw new FormatError(
        `Expected float32, float64, int32, int64 or uint8 for the tensor ${name}, received ONNX type ${type}`,
      );
    },
  };
}

/** Numbers that lie in the model as they are in memory, or in a file beside it. */
function rawValues(
  fields: Fields,
  type: number,
  length: number,
  external: ReadExternal,
): Float32Array | ArrayLike<number> | undefined {
  let bytes: Uint8Array | undefined = messagesOf(fields, 9).at(-1);
  if (integerOf(fields, 14) === 1) {
    const entries = messagesOf(fields, 13).map((entry): [string, string] => {
      const pair = readMessage(entry);
      return [textOf(pair, 1), textOf(pair, 2)];
    });
    const { location = '', offset = '0', length: declared } = Object.fromEntries(entries);
    bytes = external(location, Number(offset), declared === undefined ? length : Number(declared));
  }
  if (bytes === undefined) return undefined;
  const size = itemSizes[type];
  const buffer = readItems(bytes, 0, Math.floor(bytes.length / size), size, 'LE');
  if (type === FLOAT) return new Float32Array(buffer);
  if (type === 2) return new Uint8Array(buffer);
  if (type === 6) return new Int32Array(buffer);
  if (type === 11) return new Float64Array(buffer);
  return Array.from(new BigInt64Array(buffer), Number);
}

/** Numbers written one by one, in the field of their type. */
function typedValues(fields: Fields, type: number): ArrayLike<number> {
  if (type === FLOAT) return floatsOf(fields, 4);
  if (type === 7) return integersOf(fields, 7);
  if (type !== 11) return integersOf(fields, 5);
  return messagesOf(fields, 10).flatMap((bytes) => {
    return [...new Float64Array(readItems(bytes, 0, Math.floor(bytes.length / 8), 8, 'LE'))];
  });
}
