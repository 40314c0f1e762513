export type { EarlyStop } from './hopeless.js';
export type { HalvingOptions, Method } from './methods.js';
export { search, type SearchOptions, type SearchResult } from './search.js';
export {
  choice,
  integerRange,
  logUniformRange,
  uniformRange,
  type Dimension,
  type Space,
  type Values,
} from './space.js';
export type { Objective, Trial, TrialContext } from './trial.js';
