import { activations, type Activation } from '../../lib/activations/index.js';
import { OptionError } from '../../lib/core/errors.js';
import { initializers, type Initializer } from '../../lib/initializers/index.js';
import { losses, type Loss } from '../../lib/losses/index.js';
import { optimizers, type Optimizer } from '../../lib/optimizers/index.js';
import { regularizers } from '../../lib/regularizers/index.js';
import type { Regularizer } from '../../lib/program/parameters.js';
import type { TorchOptions } from './files.js';

/*
 * The names and options of the golden files in ours. Everything here gives undefined for what the catalogue does not have
 * yet; `pending.ts` lists those cases, and a test holds the list to the truth.
 */

type Options = Readonly<Record<string, unknown>>;
type Maker<T> = (options?: Options) => T;
type Catalogue<T> = Readonly<Record<string, (...given: never[]) => T>>;

/** A thing of the catalogue with options, or undefined where it has no such name or does not know such an option. */
function made<T>(catalogue: Catalogue<T>, name: string, options: Options = {}): T | undefined {
  const make = Object.hasOwn(catalogue, name) ? (catalogue[name] as Maker<T>) : undefined;
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const some = Object.keys(given).length > 0;
  // A maker without parameters would not even look at the options.
  if (make === undefined || (some && make.length === 0)) return undefined;
  try {
    return some ? make(given) : make();
  } catch (error) {
    if (error instanceof OptionError && error.code === 'ERR_OPTION_UNKNOWN') return undefined;
    throw error;
  }
}

/** `hard-sigmoid` as `hardSigmoid`. */
export function camel(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** `softmax-cross-entropy-label-smoothing-0.1` ends in a number that is an option. */
function numberAfter(name: string, prefix: string): number | undefined {
  const match = new RegExp(`^${prefix}-(-?[\\d.]+(?:e-?\\d+)?)$`).exec(name);
  return match === null ? undefined : Number(match[1]);
}

export function activationFor(name: string): Activation | undefined {
  const slope = numberAfter(name, 'leaky-relu');
  if (slope !== undefined) return made(activations, 'leakyRelu', { slope });
  const alpha = numberAfter(name, 'elu');
  if (alpha !== undefined) return made(activations, 'elu', { alpha });
  if (name === 'gelu-tanh') return made(activations, 'gelu', { approximation: 'tanh' });
  return made(activations, camel(name));
}

export function lossFor(name: string, extras: { classWeights?: readonly number[] } = {}): Loss | undefined {
  const labelSmoothing = numberAfter(name, 'softmax-cross-entropy-label-smoothing');
  if (labelSmoothing !== undefined) return made(losses, 'softmaxCrossEntropy', { labelSmoothing });
  if (name === 'softmax-cross-entropy-class-weights') {
    const { classWeights } = extras;
    return made(losses, 'softmaxCrossEntropy', { classWeights });
  }
  if (name === 'softmax-cross-entropy-soft-targets') return made(losses, 'softmaxCrossEntropy', { targets: 'soft' });
  if (name === 'sigmoid-binary-cross-entropy') return made(losses, 'binaryCrossEntropy');
  const delta = numberAfter(name, 'huber-delta');
  if (delta !== undefined) return made(losses, 'huber', { delta });
  const margin = numberAfter(name, 'multiclass-hinge-margin');
  if (margin !== undefined) return made(losses, 'multiclassHinge', { margin });
  return made(losses, camel(name));
}

export function initializerFor(name: string): Initializer | undefined {
  return made(initializers, camel(name));
}

/** PyTorch's optimizer of a case of optimizers.json, which is named after it. */
export function torchClass(name: string): string {
  const classes: Record<string, string> = {
    sgd: 'SGD',
    momentum: 'SGD',
    nesterov: 'SGD',
    adagrad: 'Adagrad',
    adadelta: 'Adadelta',
    rmsprop: 'RMSprop',
    adam: 'Adam',
    adamw: 'AdamW',
    adamax: 'Adamax',
    nadam: 'NAdam',
    radam: 'RAdam',
  };
  return classes[name.split('-')[0]] ?? name;
}

interface TorchRule {
  /** PyTorch's defaults where they are not ours. */
  readonly defaults?: TorchOptions;
  /** Our options that it has no name for. */
  readonly always?: Readonly<Record<string, string>>;
  /** Our names of its options; `betas` and a coupled `weight_decay` go their own ways. */
  readonly options: Readonly<Record<string, string>>;
  /** Our name, by the options given. */
  readonly name: string | ((options: TorchOptions) => string);
}

const shared = { lr: 'learningRate', eps: 'epsilon' };

const rules: Readonly<Record<string, TorchRule>> = {
  SGD: {
    name: ({ momentum, nesterov }) => (nesterov === true ? 'nesterov' : momentum === undefined ? 'sgd' : 'momentum'),
    options: { lr: 'learningRate', momentum: 'momentum', dampening: 'dampening', nesterov: '' },
  },
  Adagrad: { name: 'adaGrad', defaults: { eps: 1e-10 }, options: shared },
  Adadelta: { name: 'adaDelta', defaults: { lr: 1, eps: 1e-6 }, options: { ...shared, rho: 'decay' } },
  RMSprop: {
    name: 'rmsProp',
    defaults: { alpha: 0.99, eps: 1e-8 },
    options: { ...shared, alpha: 'decay', momentum: 'momentum', centered: 'centered' },
  },
  Adam: { name: 'adam', options: { ...shared, amsgrad: 'amsgrad' } },
  AdamW: {
    name: 'adamW',
    defaults: { weight_decay: 0.01 },
    options: { ...shared, weight_decay: 'weightDecay' },
    always: { decays: 'all' },
  },
  Adamax: { name: 'adaMax', options: shared },
  NAdam: { name: 'nadam', options: { ...shared, momentum_decay: 'momentumDecay' } },
  RAdam: { name: 'radam', options: shared },
};

/** Our optimizer with a golden case's options; its coupled weight decay is our `l2` on the kernel. */
export function optimizerFor(
  torch: string,
  options: TorchOptions,
  clipNorm?: number | null,
): { optimizer: Optimizer; weightDecay: number } | undefined {
  const rule = rules[torch] as TorchRule | undefined;
  if (rule === undefined) throw new Error(`No rule for PyTorch's optimizer ${torch} in test/golden/names.ts`);
  const ours: Record<string, unknown> = { ...rule.always };
  let weightDecay = 0;
  for (const [name, value] of Object.entries({ ...rule.defaults, ...options })) {
    if (name === 'betas') [ours['beta1'], ours['beta2']] = value as readonly number[];
    else if (name === 'weight_decay' && rule.options[name] === undefined) weightDecay = value as number;
    else if (rule.options[name] === undefined) throw new Error(`No rule for the option ${name} of ${torch}`);
    else if (rule.options[name] !== '') ours[rule.options[name]] = value;
  }
  if (typeof clipNorm === 'number') ours['clipNorm'] = clipNorm;
  const name = typeof rule.name === 'string' ? rule.name : rule.name(options);
  const optimizer = made<Optimizer>(optimizers, name, ours);
  return optimizer === undefined ? undefined : { optimizer, weightDecay };
}

/** Penalties of a network, `l2Form` being ours; undefined where one is not in the catalogue. */
export function regularizersFor({ l1, l2 }: { l1: number; l2: number }): Regularizer[] | undefined {
  const list: Regularizer[] = [];
  for (const [name, lambda] of Object.entries({ l1, l2 })) {
    if (lambda === 0) continue;
    const make = (regularizers as Record<string, ((lambda: number) => Regularizer) | undefined>)[name];
    if (make === undefined) return undefined;
    list.push(make(lambda));
  }
  return list;
}
