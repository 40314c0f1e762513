import { FormatError } from '../core/errors.js';
import type { LayerInfo } from '../training/index.js';
import { transpose } from './onnx/transpose.js';

export interface StateTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** The tensors of one module, by the last part of their names. */
export interface Module {
  readonly name: string;
  readonly tensors: ReadonlyMap<string, StateTensor>;
  /** What its kernel takes, where it has one. */
  readonly inputs: number | undefined;
}

/** Names of a parameter of ours in PyTorch and in Keras. */
const foreignNames: Readonly<Record<string, readonly string[]>> = {
  kernel: ['weight', 'kernel'],
  bias: ['bias'],
  gamma: ['weight', 'gamma'],
  beta: ['bias', 'beta'],
  runningMean: ['running_mean', 'moving_mean'],
  runningVariance: ['running_var', 'moving_variance'],
  slope: ['weight', 'alpha'],
};
/** Said in files, and of no use here. */
const unused = ['num_batches_tracked'];

/** Tensors by module: `net.0.weight` and `net.0.bias` are those of `net.0`; Keras separates by `/`. */
export function groupTensors(tensors: readonly StateTensor[]): Map<string, Module> {
  const modules = new Map<string, Map<string, StateTensor>>();
  for (const tensor of tensors) {
    const [, name = '', last] = /^(?:(.*)[./])?([^./]+)$/s.exec(tensor.name) ?? ['', '', tensor.name];
    const known = modules.get(name) ?? new Map<string, StateTensor>();
    modules.set(name, known.set(last, tensor));
  }
  return new Map([...modules].map(([name, own]) => [name, { name, tensors: own, inputs: inputsOf(own) }]));
}

function inputsOf(tensors: ReadonlyMap<string, StateTensor>): number | undefined {
  const kernel = tensors.get('kernel');
  if (kernel?.shape.length === 2) return kernel.shape[0];
  const weight = tensors.get('weight');
  return weight?.shape.length === 2 ? weight.shape[1] : undefined;
}

/** Whether a module's tensors are those of a layer of this type. */
function isOfType(type: string, { tensors, inputs }: Module): boolean {
  if (inputs !== undefined) return type === 'dense';
  const running = tensors.has('running_mean') || tensors.has('moving_mean');
  if (type === 'batchNorm') return running;
  const shifted = tensors.has('bias') || tensors.has('beta');
  if (type === 'layerNorm') return !running && shifted;
  return type === 'prelu' && !running && !shifted;
}

/**
 * The module of each layer: those that are named, or for each type those that fit, in the order that their names state.
 *
 * @throws FormatError where the names state no order, or are not as many as the layers
 */
export function modulesInOrder(
  wanted: readonly string[],
  groups: ReadonlyMap<string, Module>,
  names: readonly string[] | undefined,
  firstOnly = false,
): (Module | undefined)[] {
  if (names !== undefined) {
    if (names.length !== wanted.length) {
      throw new FormatError(
        `Expected ${wanted.length} modules, one for each layer with parameters, received ${names.length}`,
      );
    }
    return names.map((name) => groups.get(name));
  }
  const waiting = new Map(
    [...new Set(wanted)].map((type) => [
      type,
      ordered([...groups.values()].filter((module) => isOfType(type, module))),
    ]),
  );
  return wanted.map((type) => (firstOnly ? waiting.get(type)?.[0] : waiting.get(type)?.shift()));
}

/** Modules by the numbers in their names, where nothing else in the names differs. Keras leaves the first one out. */
function ordered(modules: readonly Module[]): Module[] {
  if (modules.length < 2) return [...modules];
  const parts = modules.map(({ name }) => name.replace(/[./]/g, '.').split(/(\d+)/));
  const pattern = (at: readonly string[]) => at.map((part, i) => (i % 2 === 1 ? '#' : part)).join('');
  const patterns = parts.map((at) => pattern(at));
  const [most] = [...patterns].sort((a, b) => b.length - a.length);
  const bare = most.replace(/_#$/, '');
  if (patterns.some((own) => own !== most && own !== bare)) {
    const list = modules.map(({ name }) => name).join(', ');
    throw new FormatError(`The order of the modules ${list} cannot be told from their names: give it as modules`);
  }
  const numbers = parts.map((at) => at.filter((_, i) => i % 2 === 1).map(Number));
  return modules
    .map((module, place) => ({ module, key: numbers[place] }))
    .sort((a, b) => compare(a.key, b.key))
    .map(({ module }) => module);
}

function compare(a: readonly number[], b: readonly number[]): number {
  const place = a.findIndex((value, i) => value !== b[i]);
  if (place < 0) return a.length - b.length;
  return a[place] - (b[place] ?? -1);
}

/** The values of a layer's parameters from its module; what is wrong is added to `problems`. */
export function readModule(layer: LayerInfo, module: Module, problems: string[]): [string, Float32Array][] {
  const used = new Set(unused);
  const values = layer.parameters.flatMap((full): [string, Float32Array][] => {
    const parameter = full.slice(full.lastIndexOf('.') + 1);
    const names = foreignNames[parameter] ?? [];
    const found = names.find((name) => module.tensors.has(name));
    if (found === undefined) {
      problems.push(`missing: ${within(module, names[0] ?? parameter)} for ${full}`);
      return [];
    }
    used.add(found);
    const { name, shape, data } = module.tensors.get(found)!;
    const transposed = parameter === 'kernel' && found === 'weight';
    const wanted = shapeOf(layer, parameter, transposed);
    if (shape.length === wanted.length && shape.every((extent, i) => extent === wanted[i])) {
      return [[full, transposed ? transpose(data, shape[0], shape[1]) : data]];
    }
    // One slope for all features is how PReLU is by default.
    if (parameter === 'slope' && data.length === 1) return [[full, new Float32Array(layer.inputs).fill(data[0])]];
    problems.push(`expected shape [${wanted.join(', ')}] for ${name} (${full}), received [${shape.join(', ')}]`);
    return [];
  });
  for (const [last, { name }] of module.tensors) if (!used.has(last)) problems.push(`left over: ${name}`);
  return values;
}

function within(module: Module, last: string): string {
  if (module.name === '') return last;
  const [tensor] = module.tensors.values();
  return `${module.name}${tensor.name.charAt(module.name.length)}${last}`;
}

function shapeOf({ inputs, outputs }: LayerInfo, parameter: string, transposed: boolean): number[] {
  if (parameter !== 'kernel') return [outputs];
  return transposed ? [outputs, inputs] : [inputs, outputs];
}
