import { expected } from '../core/checks.js';
import { OptionError, ShapeError } from '../core/errors.js';
import type { ParameterClaims } from '../program/parameters.js';
import type { Layer, LayerDescription } from './layer.js';

/** Parameters of a network, at most: 2³³ floats are 32 GiB. */
const MOST_PARAMETERS = 2 ** 33;

/** Where a chain of layers begins. */
export interface BuildStart {
  readonly claims: ParameterClaims;
  readonly inputs: number;
  /** Layers built so far in the whole network, inner ones included. */
  readonly count: { value: number };
  /** Name of the layer that the chain stands in; empty for the network itself. */
  readonly within: string;
  /** For the last layer of the chain, see {@link LayerContext}. */
  readonly absorbed?: string | undefined;
}

/** Builds layers one after the other, each on the width that the one before it leaves. */
export function buildLayers(descriptions: readonly LayerDescription[], start: BuildStart): Layer[] {
  const names = nameLayers(descriptions).map((name) => (start.within === '' ? name : `${start.within}.${name}`));
  let { inputs } = start;
  return descriptions.map((description, place) => {
    const absorbed = place === descriptions.length - 1 ? start.absorbed : undefined;
    const layer = buildLayer(description, names[place], { ...start, inputs, absorbed });
    inputs = layer.outputs;
    return layer;
  });
}

function buildLayer(description: LayerDescription, name: string, start: BuildStart): Layer {
  const { claims, inputs, count, absorbed } = start;
  claims.enter(name, description.updates);
  const inner = (descriptions: readonly LayerDescription[], width = inputs) =>
    buildLayers(descriptions, { claims, inputs: width, count, within: name });
  const layer = description.build({ claims, name, inputs, index: count.value++, absorbed, inner });
  if (claims.size > MOST_PARAMETERS) {
    throw new ShapeError(`Expected at most ${MOST_PARAMETERS} parameters, received more at layer ${name}`);
  }
  return layer;
}

/** Whether a value is a list of at least one layer. */
export function checkLayers(name: string, layers: unknown): asserts layers is readonly LayerDescription[] {
  if (!Array.isArray(layers)) throw new OptionError('ERR_OPTION_TYPE', expected('an array of layers', name, layers));
  if (layers.length === 0) {
    throw new OptionError('ERR_OPTION_RANGE', `Expected at least one layer for ${name}, received none`);
  }
  layers.forEach((entry: unknown, place) => {
    const isLayer = typeof entry === 'object' && entry !== null && 'build' in entry && 'type' in entry;
    if (isLayer) return;
    throw new OptionError('ERR_OPTION_TYPE', expected('a layer such as dense(10)', `${name}[${place}]`, entry));
  });
}

/** `dense1`, `dense2`, `batchNorm1`, …; names given by the user must be unique and free of dots. */
export function nameLayers(descriptions: readonly LayerDescription[]): string[] {
  const counts = new Map<string, number>();
  const names = descriptions.map(({ type, name }) => {
    const count = (counts.get(type) ?? 0) + 1;
    counts.set(type, count);
    return name ?? `${type}${count}`;
  });
  names.forEach((name, index) => {
    if (names.indexOf(name) !== index) {
      throw new OptionError('ERR_OPTION_RANGE', `Expected unique layer names, received "${name}" twice`);
    }
    if (!/^[\w-]{1,100}$/.test(name)) {
      throw new OptionError(
        'ERR_OPTION_RANGE',
        expected('letters, digits, _ and - only', `name of layers[${index}]`, name),
      );
    }
  });
  return names;
}

/** A chain of layers and everything that stands inside them, in order. */
export function everyLayer(layers: readonly Layer[]): Layer[] {
  return layers.flatMap((layer) => [layer, ...everyLayer(layer.layers ?? [])]);
}
