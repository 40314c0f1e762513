import { expected } from '../core/checks.js';
import { OptionError, ShapeError } from '../core/errors.js';
import type { Parameter } from '../program/parameters.js';
import type { Architecture } from './architecture.js';
import { findLayer } from './freeze.js';

/** The parameters of layers that two networks share, in the first one; fails before anything could be copied. */
export function rangesToCopy(own: Architecture, other: unknown, names: unknown): Parameter[] {
  const theirs = architectureOf(other);
  if (!Array.isArray(names) || names.length === 0) {
    throw new OptionError('ERR_OPTION_TYPE', expected('an array of layer names, at least one', 'names', names));
  }
  return names.flatMap((name: unknown) => {
    const [to, from] = [findLayer(own, 'names', name), findLayer(theirs, 'names (in the other network)', name)];
    if (to.type !== from.type) {
      throw new ShapeError(`Expected a layer of type ${to.type} for ${to.name}, received ${from.type}`);
    }
    to.parameters.forEach((parameter, i) => checkShape(parameter, from.parameters[i]));
    if (from.parameters.length > to.parameters.length) {
      const extra = from.parameters[to.parameters.length].name;
      throw new ShapeError(`Expected no parameter ${extra}, which this network does not have`);
    }
    return to.parameters;
  });
}

function architectureOf(network: unknown): Architecture {
  if (typeof network === 'object' && network !== null && 'architecture' in network) {
    return network.architecture as Architecture;
  }
  throw new OptionError('ERR_OPTION_TYPE', expected('a network', 'other', network));
}

function checkShape({ name, shape }: Parameter, from: Parameter | undefined): void {
  const theirs = from?.name === name ? `[${from.shape.join(', ')}]` : 'none';
  const ours = `[${shape.join(', ')}]`;
  if (theirs !== ours) throw new ShapeError(`Expected shape ${ours} for ${name}, received ${theirs}`);
}
