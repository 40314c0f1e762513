/**
 * blasnet trains neural networks on the CPU, fast and without blocking the event loop.
 *
 * @packageDocumentation
 */
export {
  activationNames,
  elu,
  gelu,
  hardSigmoid,
  hardSwish,
  identity,
  leakyRelu,
  mish,
  relu,
  relu6,
  selu,
  sigmoid,
  silu,
  softplus,
  softsign,
  tanh,
  type Activation,
  type ActivationLike,
  type ActivationName,
  type EluOptions,
  type GeluOptions,
  type LeakyReluOptions,
} from './activations/index.js';
export {
  BlasnetError,
  DataError,
  EngineError,
  FileError,
  FormatError,
  NonFiniteError,
  OptionError,
  ShapeError,
  StateError,
} from './core/errors.js';
export * from './data/index.js';
export type { EngineName } from './engine/engine.js';
export type { LoadAttempt } from './engine/load.js';
export { measurePeak, type Peak, type PeakOptions } from './engine/peak.js';
export { engineInfo, engineNames, selectEngine, type EngineInfo, type EngineOptions } from './engine/select.js';
export {
  constant,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  lecunUniform,
  normal,
  ones,
  zeros,
  type Initializer,
  type InitializerLike,
  type InitializerName,
  type NormalOptions,
} from './initializers/index.js';
export {
  activation,
  batchNorm,
  dense,
  dropout,
  type ActivationLayerOptions,
  type BatchNormOptions,
  type DenseOptions,
  type DropoutOptions,
  type LayerDescription,
} from './layers/index.js';
export {
  binaryCrossEntropy,
  huber,
  meanAbsoluteError,
  meanSquaredError,
  multiclassHinge,
  softmaxCrossEntropy,
  type BinaryCrossEntropyOptions,
  type HuberOptions,
  type Loss,
  type LossLike,
  type LossName,
  type MulticlassHingeOptions,
  type SoftmaxCrossEntropyOptions,
} from './losses/index.js';
export {
  adam,
  momentum,
  optimizerNames,
  rmsProp,
  sgd,
  type AdamOptions,
  type LearningRateOption,
  type MomentumOptions,
  type Optimizer,
  type OptimizerLike,
  type OptimizerName,
  type RmsPropOptions,
} from './optimizers/index.js';
export { l2, type Regularizer, type RegularizerLike } from './regularizers/index.js';
export {
  Fit,
  Network,
  Trainer,
  type Data,
  type EpochRecord,
  type Evaluation,
  type FitOptions,
  type History,
  type NetworkOptions,
  type PredictOptions,
  type Progress,
  type Samples,
} from './training/index.js';
