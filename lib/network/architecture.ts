import { expected } from '../core/checks.js';
import { OptionError, ShapeError } from '../core/errors.js';
import { layerConfig, type Layer, type LayerDescription } from '../layers/index.js';
import { checkClassCount, type Loss } from '../losses/index.js';
import { ParameterClaims, type Parameter } from '../program/parameters.js';

/** Parameters of a network, at most: 2³³ floats are 32 GiB. */
const MOST_PARAMETERS = 2 ** 33;

/** What a network is made of, without any of its numbers: layers with their places in the parameter arena. */
export interface Architecture {
  readonly inputs: number;
  readonly outputs: number;
  readonly layers: readonly Layer[];
  readonly parameters: readonly Parameter[];
  /** Elements of the parameter arena. */
  readonly arenaSize: number;
  readonly loss: Loss;
  readonly config: ArchitectureConfig;
}

export interface ArchitectureConfig {
  readonly inputs: number;
  readonly layers: readonly Record<string, unknown>[];
  readonly loss: Loss['config'];
}

/** Builds the layers one after the other, each on the width that the one before it leaves. */
export function buildArchitecture(inputs: number, descriptions: readonly LayerDescription[], loss: Loss): Architecture {
  checkDescriptions(descriptions);
  const names = nameLayers(descriptions);
  const claims = new ParameterClaims();
  const layers: Layer[] = [];
  let width = inputs;
  descriptions.forEach((description, index) => {
    claims.enter(names[index]);
    const absorbed = index === descriptions.length - 1 ? loss.absorbs : undefined;
    const layer = description.build({ claims, name: names[index], inputs: width, index, absorbed });
    if (claims.size > MOST_PARAMETERS) {
      throw new ShapeError(`Expected at most ${MOST_PARAMETERS} parameters, received more at layer ${names[index]}`);
    }
    layers.push(layer);
    width = layer.outputs;
  });
  checkClassCount(loss.classWeights, width);
  return {
    inputs,
    outputs: width,
    layers,
    parameters: claims.all,
    arenaSize: claims.size,
    loss,
    config: { inputs, layers: descriptions.map(layerConfig), loss: loss.config },
  };
}

function checkDescriptions(descriptions: unknown): asserts descriptions is readonly LayerDescription[] {
  if (!Array.isArray(descriptions)) {
    throw new OptionError('ERR_OPTION_TYPE', expected('an array of layers', 'layers', descriptions));
  }
  if (descriptions.length === 0) {
    throw new OptionError('ERR_OPTION_RANGE', 'Expected at least one layer for layers, received none');
  }
  descriptions.forEach((entry: unknown, index) => {
    const isLayer = typeof entry === 'object' && entry !== null && 'build' in entry && 'type' in entry;
    if (!isLayer)
      throw new OptionError('ERR_OPTION_TYPE', expected('a layer such as dense(10)', `layers[${index}]`, entry));
  });
}

/** `dense1`, `dense2`, `batchNorm1`, …; names given by the user must be unique and free of dots. */
function nameLayers(descriptions: readonly LayerDescription[]): string[] {
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
