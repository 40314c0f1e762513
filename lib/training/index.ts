export {
  activationStatistics,
  type ActivationStatistics,
  type ActivationStatisticsOptions,
} from './activation-statistics.js';
export { gradientCheck, type GradientCheckOptions } from './gradient-check.js';
export type { GradientReport, LayerActivations, LayerGradients, LayerInfo, LayerReference } from '../network/index.js';
export { Fit } from './fit.js';
export type { EpochRecord, History } from './history.js';
export { Network } from './network.js';
export type {
  EvaluateOptions,
  Evaluation,
  FuseOptions,
  NetworkOptions,
  PredictOptions,
  ReplaceHeadOptions,
  Samples,
} from './network-options.js';
export type { Data, FitOptions, TrainingData } from './fit-options.js';
export { preview, type PreviewOptions } from './preview.js';
export { TrainingLoop, type LoopOptions, type LoopStep } from './loop.js';
export type { Progress } from './progress.js';
export { Trainer } from './trainer.js';
export type { Training } from './training.js';
export * from './callbacks/index.js';
export type { KernelTime, LayerTime, Profile, ProfileOptions } from './profile.js';
export { estimateFit, type FitEstimate } from './estimate-fit.js';
export { findLearningRate, type FindLearningRateOptions, type LearningRateRange } from './find-learning-rate.js';
export { overfitOneBatch, type OverfitOneBatchOptions, type OverfitReport } from './overfit-one-batch.js';
