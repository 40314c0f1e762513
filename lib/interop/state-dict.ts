import { readFile, stat } from 'node:fs/promises';
import { types } from 'node:util';
import { checkOptions, checkString, expected } from '../core/checks.js';
import { BlasnetError, FileError, FormatError, OptionError } from '../core/errors.js';
import { reasonOf } from '../core/files.js';
import { decodeSafetensors } from '../core/safetensors.js';
import type { LayerDescription } from '../layers/index.js';
import type { LossLike } from '../network/index.js';
import { Network, type LayerInfo, type NetworkOptions } from '../training/index.js';
import { groupTensors, modulesInOrder, readModule, type Module, type StateTensor } from './state-modules.js';

/** Tensors by name, as they stand in a state_dict: numbers row-major with their shape. */
export type StateDict = Readonly<
  Record<string, { readonly shape: readonly number[]; readonly data: ArrayLike<number> }>
>;

export interface FromStateDictOptions extends Pick<NetworkOptions, 'seed' | 'engine' | 'threads'> {
  /** The network's layers in order; a state_dict holds numbers and says nothing of activations. */
  layers: readonly LayerDescription[];
  /** Numbers per sample; default: what the first kernel takes. */
  inputs?: number;
  /** Default `softmaxCrossEntropy`. */
  loss?: LossLike;
  /** Names of the modules, such as `['fc1', 'bn1', 'fc2']`, one for each layer that has parameters, in order. */
  modules?: readonly string[];
}

const optionNames = ['layers', 'inputs', 'loss', 'modules', 'seed', 'engine', 'threads'] as const;
const LARGEST_FILE = 2 ** 31 - 1;

/**
 * A network with the weights of a PyTorch `state_dict`, or of a Keras model, saved as safetensors.
 *
 * | layer here   | PyTorch module | its tensors                                                                    |
 * | ------------ | -------------- | ------------------------------------------------------------------------------ |
 * | `dense`      | `Linear`       | `weight` `[units, inputs]`, transposed into the kernel `[inputs, units]`; `bias` |
 * | `batchNorm`  | `BatchNorm1d`  | `weight`, `bias`, `running_mean`, `running_var`; `num_batches_tracked` is not used |
 * | `layerNorm`  | `LayerNorm`    | `weight`, `bias`                                                               |
 * | `prelu`      | `PReLU`        | `weight`, one slope or one for each feature                                    |
 *
 * Names of Keras are understood as well: `kernel` (not transposed), `bias`, `gamma`, `beta`, `moving_mean`,
 * `moving_variance`. Epsilon is not in such files: Keras' BatchNorm is `batchNorm({ epsilon: 1e-3 })`.
 *
 * Modules and layers of a kind are matched in order where names say what the order is: by numbers in otherwise equal names
 * (`0`, `3`, `10`; `fc1`, `fc2`). Where they do not, and for `residual` blocks, `modules` says it.
 *
 * @param source a path, the bytes of a safetensors file, or tensors by name
 * @param options `layers`; `inputs`, default what the first kernel takes; `loss`, default `softmaxCrossEntropy`; `modules`;
 *   `seed`, `engine`, `threads` as of {@link Network}
 * @throws FileError when the file cannot be read, FormatError with every tensor that is missing, left over or of a wrong
 *   shape, and where the order of the modules cannot be told; OptionError for wrong options
 *
 * @example
 * // Python: safetensors.torch.save_file(model.state_dict(), "model.safetensors")
 * const network = await fromStateDict('model.safetensors', {
 *   layers: [dense(128), batchNorm(), activation('relu'), dense(10)],
 * });
 */
export async function fromStateDict(
  source: string | Uint8Array | StateDict,
  options: FromStateDictOptions,
): Promise<Network> {
  const given = checkOptions<FromStateDictOptions>('fromStateDict', options, optionNames);
  const { modules, inputs, layers, loss, ...rest } = given;
  const groups = groupTensors(await tensorsOf(source));
  const names = modules === undefined ? undefined : checkModules(modules, groups);
  const network = new Network({ inputs: inputs ?? inputsOf(groups, names), layers, loss, ...rest });
  const wanted = withParameters(network.layers);
  const chosen = modulesInOrder(
    wanted.map(({ type }) => type),
    groups,
    names,
  );
  load(network, wanted, chosen, groups);
  return network;
}

/** Reads every module for its layer; writes only when all fit, and otherwise says everything that does not. */
function load(
  network: Network,
  wanted: readonly LayerInfo[],
  chosen: readonly (Module | undefined)[],
  groups: ReadonlyMap<string, Module>,
): void {
  const problems: string[] = [];
  const values: [string, Float32Array][] = [];
  wanted.forEach((layer, place) => {
    const module = chosen[place];
    if (module === undefined) problems.push(`missing: the tensors of ${layer.name}`);
    else values.push(...readModule(layer, module, problems));
  });
  for (const module of groups.values()) {
    if (chosen.includes(module)) continue;
    for (const { name } of module.tensors.values()) problems.push(`left over: ${name}`);
  }
  if (problems.length > 0) {
    throw new FormatError(`The state_dict does not fit the layers: ${problems.join('; ')}`);
  }
  for (const [name, numbers] of values) network.writeParameter(name, numbers);
}

/** Layers with parameters of their own, those inside of blocks included. */
function withParameters(layers: readonly LayerInfo[]): LayerInfo[] {
  return layers.flatMap((layer) => {
    if (layer.layers !== undefined) return withParameters(layer.layers);
    return layer.parameters.length > 0 ? [layer] : [];
  });
}

/** Inputs of the first kernel: of the first module named, or of the first in order. */
function inputsOf(groups: ReadonlyMap<string, Module>, names: readonly string[] | undefined): number {
  const first = names === undefined ? modulesInOrder(['dense'], groups, undefined, true)[0] : groups.get(names[0]);
  const inputs = first?.inputs;
  if (inputs !== undefined) return inputs;
  throw new OptionError(
    'ERR_OPTION_TYPE',
    'Expected inputs for fromStateDict: the first module has no kernel to tell it',
  );
}

function checkModules(modules: unknown, groups: ReadonlyMap<string, Module>): readonly string[] {
  if (!Array.isArray(modules) || modules.length === 0) {
    throw new OptionError('ERR_OPTION_TYPE', expected('an array of names', 'modules', modules));
  }
  const names = modules.map((name: unknown, place) => checkString(`modules[${place}]`, name));
  const absent = names.filter((name) => !groups.has(name));
  if (absent.length === 0) return names;
  const there = [...groups.keys()].join(', ');
  throw new FormatError(`The state_dict has no modules ${absent.join(', ')}; it has ${there}`);
}

async function tensorsOf(source: unknown): Promise<StateTensor[]> {
  if (typeof source === 'string' || types.isUint8Array(source)) {
    const bytes = typeof source === 'string' ? await bytesOf(source) : source;
    const { tensors } = decodeSafetensors(bytes, { finite: true });
    return [...tensors].map(([name, { shape, data }]) => ({
      name,
      shape,
      data: Float32Array.from(data as ArrayLike<number>, Number),
    }));
  }
  if (typeof source !== 'object' || source === null || Array.isArray(source)) {
    throw new OptionError('ERR_OPTION_TYPE', expected('a path, a Uint8Array or tensors by name', 'source', source));
  }
  return Object.entries(source as StateDict).map(([name, tensor]) => {
    const { shape, data } = checkOptions<StateDict[string]>(`tensor ${name}`, tensor, ['shape', 'data']);
    const count = Array.isArray(shape) ? (shape as number[]).reduce((product, extent) => product * extent, 1) : NaN;
    if (!(count === data?.length)) {
      throw new FormatError(`Expected data that fills its shape for the tensor ${name}`);
    }
    return { name, shape, data: Float32Array.from(data) };
  });
}

async function bytesOf(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(checkString('source', path));
    if (size > LARGEST_FILE) throw new FormatError(`${path}: ${size} bytes are too many`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof BlasnetError) throw error;
    throw new FileError('ERR_FILE_READ', `Cannot read ${path}: ${reasonOf(error)}`, { cause: error });
  }
}
