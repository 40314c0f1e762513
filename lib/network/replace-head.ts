import { OptionError } from '../core/errors.js';
import { checkLayers, nameLayers, type LayerDescription } from '../layers/index.js';
import type { Loss } from '../losses/index.js';
import { buildArchitecture, type Architecture } from './architecture.js';
import { findLayer, type LayerReference } from './freeze.js';

/** Another head on the layers below it, which keep their names, and stay frozen where they were. */
export function withHead(
  architecture: Architecture,
  head: readonly LayerDescription[],
  from: LayerReference | undefined,
  loss: Loss,
): { architecture: Architecture; kept: ReadonlySet<string> } {
  checkLayers('layers of replaceHead', head);
  const first = headOf(architecture, from);
  const lower = architecture.layers.slice(0, first).map(({ name }, i) => ({ ...architecture.descriptions[i], name }));
  const built = buildArchitecture(
    architecture.inputs,
    [...lower, ...distinct(lower, head)],
    loss,
    architecture.regularizers,
  );
  const isKept = (name: string) => lower.some((layer) => name === layer.name || name.startsWith(`${layer.name}.`));
  const frozen = new Set([...architecture.frozen].filter(isKept));
  const kept = new Set(built.parameters.map(({ name }) => name).filter(isKept));
  return { architecture: { ...built, frozen }, kept };
}

/** Where the head begins: where it is said, or at the last layer with a kernel. */
function headOf({ layers }: Architecture, from: LayerReference | undefined): number {
  if (from === undefined) {
    const last = layers.findLastIndex(({ parameters }) => parameters.some(({ role }) => role === 'kernel'));
    return Math.max(0, last);
  }
  const place = layers.indexOf(findLayer({ layers }, 'from', from));
  if (place >= 0) return place;
  throw new OptionError('ERR_OPTION_RANGE', `Expected a layer outside of blocks for from, received "${from}"`);
}

/** New layers without a name get numbers that the lower ones, named for good now, do not have. */
function distinct(lower: readonly LayerDescription[], head: readonly LayerDescription[]): LayerDescription[] {
  const taken = new Set([...lower, ...head].map(({ name }) => name));
  const counts = new Map<string, number>();
  const named = head.map((description) => {
    if (description.name !== undefined) return description;
    let count = counts.get(description.type) ?? 0;
    do count++;
    while (taken.has(`${description.type}${count}`));
    counts.set(description.type, count);
    return { ...description, name: `${description.type}${count}` };
  });
  nameLayers([...lower, ...named]);
  return named;
}
