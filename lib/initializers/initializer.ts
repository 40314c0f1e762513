import type { InitializeFunction } from '../program/parameters.js';

/** How the values of a kernel begin. Make one with {@link heNormal} and the others, or by its name. */
export interface Initializer {
  readonly name: string;
  readonly fill: InitializeFunction;
  /** Everything needed to make it again. */
  readonly config: { readonly name: string; readonly [option: string]: string | number };
}

/** Independent normal numbers with mean 0. */
export function fillNormal(standardDeviation: (fanIn: number, fanOut: number) => number): InitializeFunction {
  return (values, { fanIn, fanOut }, random) => {
    const scale = standardDeviation(fanIn, fanOut);
    for (let i = 0; i < values.length; i++) values[i] = scale * random.normal();
  };
}

/** Independent numbers, uniform in [-bound, bound). */
export function fillUniform(bound: (fanIn: number, fanOut: number) => number): InitializeFunction {
  return (values, { fanIn, fanOut }, random) => {
    const limit = bound(fanIn, fanOut);
    for (let i = 0; i < values.length; i++) values[i] = limit * (2 * random.uniform() - 1);
  };
}
