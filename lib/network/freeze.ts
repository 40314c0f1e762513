import { describe, expected, nearest } from '../core/checks.js';
import { OptionError } from '../core/errors.js';
import { everyLayer, type Layer } from '../layers/index.js';
import type { Architecture } from './architecture.js';

/** How a layer of a network is pointed at: by name, `dense1` or `residual1.dense1`, or by its place from 0. */
export type LayerReference = string | number;

/** The layer meant, with the nearest name suggested where there is none. */
export function findLayer({ layers }: Pick<Architecture, 'layers'>, option: string, reference: unknown): Layer {
  if (typeof reference === 'number') {
    const last = layers.length - 1;
    if (Number.isInteger(reference) && reference >= 0 && reference <= last) return layers[reference];
    throw new OptionError('ERR_OPTION_RANGE', expected(`a layer's place from 0 to ${last}`, option, reference));
  }
  if (typeof reference !== 'string') {
    throw new OptionError('ERR_OPTION_TYPE', expected("a layer's name or place", option, reference));
  }
  const all = everyLayer(layers);
  const found = all.find(({ name }) => name === reference);
  if (found !== undefined) return found;
  const names = all.map(({ name }) => name);
  const near = nearest(reference, names);
  const hint = near === undefined ? `there are: ${names.join(', ')}` : `did you mean "${near}"?`;
  throw new OptionError('ERR_OPTION_CHOICE', `There is no layer ${describe(reference)} for ${option}; ${hint}`);
}

/** Names of the layers meant and of everything inside them; every layer of the network where none is named. */
export function namesOf(architecture: Architecture, option: string, references: readonly unknown[]): string[] {
  const chosen =
    references.length === 0
      ? architecture.layers
      : references.flat().map((reference) => findLayer(architecture, option, reference));
  return everyLayer(chosen).map(({ name }) => name);
}

/** Whether anything in a layer can still learn; a layer without parameters follows its own name. */
export function isTrainable({ frozen }: Pick<Architecture, 'frozen'>, layer: Layer): boolean {
  return everyLayer([layer]).some(({ name, layers }) => layers === undefined && !frozen.has(name));
}

/** The first layer for which a training batch is too small; a frozen one takes any. */
export function layerNeedingRows({ layers, frozen }: Architecture, rows: number): Layer | undefined {
  return everyLayer(layers).find(
    (layer) => layer.layers === undefined && layer.leastRows > rows && !frozen.has(layer.name),
  );
}
