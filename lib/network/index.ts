export { buildArchitecture, type Architecture } from './architecture.js';
export { gatherActivations, gradientNorms, type LayerActivations, type StatisticsOptions } from './activations.js';
export { compilePrediction, EVALUATION_BATCH, compileTraining } from './compile.js';
export { compileBackward, compileForward, compileStep } from './compile-loop.js';
export { findNonFinite, type FailedStep, type FoundNonFinite } from './find-non-finite.js';
export { layerNeedingRows, type LayerReference } from './freeze.js';
export { fuseArchitecture } from './fuse.js';
export { checkGradients, type GradientReport, type LayerGradients } from './gradient-check.js';
export { Model } from './model.js';
export { withHead } from './replace-head.js';
export {
  BESIDE_THE_MODEL,
  decodeModel,
  describeArchitecture,
  encodeModel,
  modelParts,
  parameterValues,
  readModel,
  saveModel,
  type SavedModel,
} from './save.js';
export type { LayerInfo } from './summary.js';
export type { LayerDescription } from '../layers/index.js';
export { resolveLoss, type LossLike } from '../losses/index.js';
export { resolveRegularizers, type RegularizerLike } from '../regularizers/index.js';
