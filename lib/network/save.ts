import { BlasnetError, FileError, FormatError } from '../core/errors.js';
import { readFile, stat } from 'node:fs/promises';
import { reasonOf, writeFileAtomic } from '../core/files.js';
import { decodeSafetensors, encodeSafetensors, type Safetensors, type SafetensorsTensor } from '../core/safetensors.js';
import { everyLayer, layerFromConfig } from '../layers/index.js';
import { lossFromConfig } from '../losses/index.js';
import { regularizersFromConfig } from '../regularizers/index.js';
import { buildArchitecture, type Architecture } from './architecture.js';
import type { Model } from './model.js';

const FORMAT = 'blasnet';
const FORMAT_VERSION = 1;
const MOST_LAYERS = 10_000;
const LARGEST_FILE = 2 ** 31 - 1;

/** What a model file holds, checked: enough to make the network again. */
export interface SavedModel {
  readonly architecture: Architecture;
  readonly values: ReadonlyMap<string, Float32Array>;
  readonly seed: number;
  readonly step: number;
  readonly classNames: readonly string[] | undefined;
}

/** Tensors of a checkpoint that are no parameters begin with this; who only wants the model leaves them. */
export const BESIDE_THE_MODEL = '@';

/** What a model file is made of: parameters by name, and metadata by name. */
export interface ModelParts {
  readonly tensors: Map<string, SafetensorsTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * A model as one safetensors file: parameters by name as F32, and in the metadata `format`, `version` and `network`, a
 * JSON text with the architecture, seed and step.
 */
export function encodeModel(model: Model): Uint8Array {
  const { tensors, metadata } = modelParts(model);
  return encodeSafetensors(tensors, metadata);
}

export function modelParts(model: Model): ModelParts {
  const { architecture, seed, step, classNames } = model;
  const values = model.readAll();
  const tensors = new Map(
    architecture.parameters.map(({ name, shape }): [string, SafetensorsTensor] => {
      return [name, { dtype: 'F32', shape: [...shape], data: values.get(name) ?? new Float32Array(0) }];
    }),
  );
  const named = classNames === undefined ? {} : { classNames };
  const network = JSON.stringify({ ...describeArchitecture(architecture), ...named, seed, step });
  return { tensors, metadata: { format: FORMAT, version: String(FORMAT_VERSION), network } };
}

/** What a file says of the network itself. Frozen layers are written only where there are any. */
export function describeArchitecture({ config, frozen }: Architecture): object {
  return { ...config, ...(frozen.size > 0 ? { frozen: [...frozen] } : {}) };
}

export async function saveModel(model: Model, path: string): Promise<void> {
  await writeFileAtomic(path, encodeModel(model));
}

export async function readModel(path: string): Promise<SavedModel> {
  let bytes: Uint8Array;
  try {
    const { size } = await stat(path);
    if (size > LARGEST_FILE) throw new FormatError(`${path} is no blasnet model: ${size} bytes are too many`);
    bytes = await readFile(path);
  } catch (error) {
    if (error instanceof BlasnetError) throw error;
    throw new FileError('ERR_FILE_READ', `Cannot read the model ${path}: ${reasonOf(error)}`, { cause: error });
  }
  try {
    return decodeModel(bytes);
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(`${path}: ${error.message}`, { cause: error });
    throw error;
  }
}

/**
 * Reads a model that may come from anywhere. Nothing in the file runs, and nothing is allocated for it before its shapes
 * are known to be those of the tensors in it.
 *
 * @throws FormatError naming what is wrong
 */
export function decodeModel(bytes: Uint8Array): SavedModel {
  const file = decodeSafetensors(bytes, { finite: true });
  if (file.metadata.get('format') !== FORMAT) {
    throw new FormatError('This safetensors file is no blasnet model: its metadata has no format "blasnet"');
  }
  const version = file.metadata.get('version') ?? 'none';
  if (version !== String(FORMAT_VERSION)) {
    throw new FormatError(`Expected a model of format version ${FORMAT_VERSION}, received version ${version}`);
  }
  const config = parseConfig(file.metadata.get('network') ?? '');
  const architecture = architectureOf(config);
  return {
    architecture,
    values: parameterValues(architecture, file),
    seed: wholeNumber(config, 'seed'),
    step: wholeNumber(config, 'step'),
    classNames: classNamesOf(config['classNames'], architecture.outputs),
  };
}

function parseConfig(text: string): Record<string, unknown> {
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch (error) {
    throw new FormatError('The model has no readable description of its network', { cause: error });
  }
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    throw new FormatError("The model's description of its network is no object");
  }
  for (const key of Object.keys(config)) {
    if (!['inputs', 'layers', 'loss', 'regularizers', 'frozen', 'classNames', 'seed', 'step'].includes(key))
      throw new FormatError(`The model has an unknown entry "${key}"`);
  }
  return config as Record<string, unknown>;
}

function wholeNumber(config: Record<string, unknown>, key: string): number {
  const value = config[key];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new FormatError(`Expected a whole number for "${key}" in the model`);
  }
  return value;
}

function architectureOf(config: Record<string, unknown>): Architecture {
  const { layers } = config;
  if (!Array.isArray(layers)) throw new FormatError('The model has no list of layers');
  if (countLayers(layers) > MOST_LAYERS) throw new FormatError(`Expected at most ${MOST_LAYERS} layers in the model`);
  const inputs = wholeNumber(config, 'inputs');
  if (inputs < 1 || inputs > 2 ** 24)
    throw new FormatError(`Expected 1 to 2^24 inputs in the model, received ${inputs}`);
  try {
    const regularizers = regularizersFromConfig(config['regularizers']);
    const loss = lossFromConfig(config['loss']);
    const architecture = buildArchitecture(inputs, layers.map(layerFromConfig), loss, regularizers);
    return { ...architecture, frozen: frozenOf(architecture, config['frozen'] ?? []) };
  } catch (error) {
    // Options out of range, in a file, are a fault of the file.
    if (error instanceof BlasnetError)
      throw new FormatError(`The model cannot be built: ${error.message}`, { cause: error });
    throw error;
  }
}

/** Different names, at most one for each output: predictions are called by them. */
function classNamesOf(names: unknown, outputs: number): readonly string[] | undefined {
  if (names === undefined) return undefined;
  const fits =
    Array.isArray(names) &&
    names.length > 0 &&
    names.length <= Math.max(2, outputs) &&
    names.every((name) => typeof name === 'string' && name !== '') &&
    new Set(names).size === names.length;
  if (!fits) throw new FormatError(`Expected at most ${outputs} different names for "classNames" in the model`);
  return Object.freeze([...(names as string[])]);
}

/** Layers in a list and inside its blocks; without recursion, as a file may nest deeper than the call stack is. */
function countLayers(layers: readonly unknown[]): number {
  const waiting = [...layers];
  let count = 0;
  while (waiting.length > 0 && count <= MOST_LAYERS) {
    const layer = waiting.pop();
    count++;
    const inner = typeof layer === 'object' && layer !== null && 'layers' in layer ? layer.layers : undefined;
    if (Array.isArray(inner)) for (const entry of inner.slice(0, MOST_LAYERS + 1)) waiting.push(entry);
  }
  return count;
}

function frozenOf({ layers }: Architecture, names: unknown): Set<string> {
  const known = new Set(everyLayer(layers).map(({ name }) => name));
  const fits = Array.isArray(names) && names.every((name) => typeof name === 'string' && known.has(name));
  if (!fits) throw new FormatError('The model names frozen layers that it does not have');
  return new Set(names as string[]);
}

/** The parameters in a file, which must be those of the architecture. */
export function parameterValues({ parameters }: Architecture, { tensors }: Safetensors): Map<string, Float32Array> {
  const values = new Map<string, Float32Array>();
  for (const { name, shape } of parameters) {
    const tensor = tensors.get(name);
    if (tensor === undefined) throw new FormatError(`The model lacks the tensor ${name}`);
    if (tensor.dtype !== 'F32') throw new FormatError(`Expected F32 for the tensor ${name}, received ${tensor.dtype}`);
    if (tensor.shape.length !== shape.length || tensor.shape.some((extent, i) => extent !== shape[i])) {
      throw new FormatError(
        `Expected shape [${shape.join(', ')}] for the tensor ${name}, received [${tensor.shape.join(', ')}]`,
      );
    }
    values.set(name, tensor.data);
  }
  const extra = [...tensors.keys()].find((name) => !values.has(name) && !name.startsWith(BESIDE_THE_MODEL));
  if (extra !== undefined) throw new FormatError(`The model has a tensor that its network does not: ${extra}`);
  return values;
}
