export { buildArchitecture, type Architecture } from './architecture.js';
export { compileTraining } from './compile.js';
export { Model } from './model.js';
export { decodeModel, encodeModel, readModel, saveModel, type SavedModel } from './save.js';
export type { LayerDescription } from '../layers/index.js';
export { resolveLoss, type LossLike } from '../losses/index.js';
export { resolveRegularizers, type RegularizerLike } from '../regularizers/index.js';
