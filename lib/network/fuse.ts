import { OptionError } from '../core/errors.js';
import { denseFromConfig, isTrainingOnly, type Layer, type LayerDescription } from '../layers/index.js';
import { buildArchitecture, type Architecture } from './architecture.js';

type Values = Map<string, Float32Array>;

/** A layer on its way into the fused network; `name` is its full name, `values` those of its parameters by full name. */
interface Part {
  readonly name: string;
  readonly description: LayerDescription;
  readonly values: Values;
}

interface Fusing {
  readonly values: ReadonlyMap<string, Float32Array>;
  readonly keepDropout: boolean;
  /** Stays in any case: without it, the activation before it would become the final one, which the loss absorbs. */
  readonly last?: LayerDescription | undefined;
}

/**
 * The network for prediction: BatchNorm and activation layers behind a plain dense layer become part of it, and layers
 * that act in training alone vanish unless they are to be kept.
 */
export function fuseArchitecture(
  architecture: Architecture,
  fusing: Fusing,
): { architecture: Architecture; values: Values } {
  const { inputs, loss, layers, descriptions, regularizers } = architecture;
  const last = loss.absorbs === undefined ? undefined : descriptions.at(-1);
  const parts = fuseChain(layers, descriptions, { ...fusing, last });
  const fused = buildArchitecture(inputs, descriptionsOf(parts), loss, regularizers);
  const values: Values = new Map(parts.flatMap((part) => [...part.values]));
  const frozen = [...architecture.frozen].filter((name) => fused.parameters.some(({ layer }) => layer === name));
  return { architecture: { ...fused, frozen: new Set(frozen) }, values };
}

function descriptionsOf(parts: readonly Part[]): LayerDescription[] {
  return parts.map(({ name, description }) => ({ ...description, name: name.slice(name.lastIndexOf('.') + 1) }));
}

function fuseChain(layers: readonly Layer[], descriptions: readonly LayerDescription[], fusing: Fusing): Part[] {
  const parts: Part[] = [];
  descriptions.forEach((description, i) => {
    const part = partOf(layers[i], description, fusing);
    const before = parts.at(-1);
    const vanishes = isTrainingOnly(description) && description !== fusing.last;
    if (vanishes && !fusing.keepDropout) return;
    if (description.type === 'batchNorm') checkNothingBetween(parts, part);
    const fused = before !== undefined && isPlain(before.description) ? fusedPair(before, part) : undefined;
    if (fused === undefined) parts.push(part);
    else parts[parts.length - 1] = fused;
  });
  // A chain must not become empty: one of dropout alone stays as it was.
  return parts.length > 0 ? parts : layers.map((layer, i) => partOf(layer, descriptions[i], fusing));
}

function partOf(layer: Layer, description: LayerDescription, fusing: Fusing): Part {
  const { name, layers, parameters } = layer;
  const read = (of: readonly { name: string }[]): [string, Float32Array][] =>
    of.map((parameter) => [parameter.name, fusing.values.get(parameter.name) ?? new Float32Array(0)]);
  if (description.layers === undefined || layers === undefined) {
    return { name, description, values: new Map(read(parameters)) };
  }
  const inner = fuseChain(layers, description.layers, fusing);
  // The projection stands behind the block's own layers.
  const rest = layers.slice(description.layers.length).flatMap((projection) => read(projection.parameters));
  const values: Values = new Map([...inner.flatMap((part) => [...part.values]), ...rest]);
  return { name, description: description.rebuild?.(descriptionsOf(inner)) ?? description, values };
}

/** Whether a layer is dense without an activation. */
function isPlain({ type, config }: LayerDescription): boolean {
  return type === 'dense' && (config['activation'] as { name?: unknown }).name === 'identity';
}

/** A dense layer that does what it and the layer behind it did; undefined where the two cannot be one. */
function fusedPair(plain: Part, behind: Part): Part | undefined {
  if (behind.description.type === 'batchNorm') return withBatchNorm(plain, behind);
  if (behind.description.type !== 'activation') return undefined;
  const { config } = plain.description;
  const { activation } = behind.description.config;
  return { ...plain, description: denseFromConfig({ ...config, activation }) };
}

/** scale = gamma / √(runningVariance + ε): kernel ← kernel · scale, bias ← (bias - runningMean) · scale + beta. */
function withBatchNorm(plain: Part, norm: Part): Part {
  const { config } = plain.description;
  const of = (part: Part, name: string) => part.values.get(`${part.name}.${name}`) ?? new Float32Array(0);
  const [gamma, beta] = [of(norm, 'gamma'), of(norm, 'beta')];
  const [mean, variance] = [of(norm, 'runningMean'), of(norm, 'runningVariance')];
  const epsilon = norm.description.config['epsilon'] as number;
  const units = gamma.length;
  const scale = Float64Array.from(gamma, (value, unit) => value / Math.sqrt(variance[unit] + epsilon));
  const kernel = of(plain, 'kernel').map((weight, i) => weight * scale[i % units]);
  const old = config['bias'] === true ? of(plain, 'bias') : new Float32Array(units);
  const bias = old.map((value, unit) => (value - mean[unit]) * scale[unit] + beta[unit]);
  const values: Values = new Map([
    [`${plain.name}.kernel`, kernel],
    [`${plain.name}.bias`, bias],
  ]);
  return { name: plain.name, description: denseFromConfig({ ...config, bias: true }), values };
}

/** Where dropout is kept, the network is to train on, and a BatchNorm behind it cannot move to the other side. */
function checkNothingBetween(parts: readonly Part[], norm: Part): void {
  const between = parts.at(-1);
  if (between === undefined || !isTrainingOnly(between.description)) return;
  const plain = parts.findLast(({ description }) => !isTrainingOnly(description));
  if (plain === undefined || !isPlain(plain.description)) return;
  throw new OptionError(
    'ERR_OPTION_RANGE',
    `Expected "remove" for dropout, received "keep": ${norm.name} cannot be fused into ${plain.name} across ` +
      `${between.name}, which acts in training`,
  );
}
