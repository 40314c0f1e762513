export { pretrainAutoencoder, type Autoencoder, type AutoencoderOptions } from './autoencoder.js';
export { diagnose, type DiagnoseOptions, type Diagnosis, type Errors, type Part } from './diagnose.js';
export { stack, type PretrainedLayer, type PretrainedPart, type StackOptions } from './pretrained-layer.js';
export { Rbm } from './rbm.js';
export type { RbmEpoch, RbmFitOptions, RbmOptions } from './rbm-options.js';
export { gatherResults, type GatherResultsOptions, type Mistake, type Results } from './results.js';
export {
  choice,
  integerRange,
  logUniformRange,
  search,
  uniformRange,
  type Dimension,
  type EarlyStop,
  type HalvingOptions,
  type Method,
  type Objective,
  type SearchOptions,
  type SearchResult,
  type Space,
  type Trial,
  type TrialContext,
  type Values,
} from './search/index.js';
