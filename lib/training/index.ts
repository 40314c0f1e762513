export { Fit } from './fit.js';
export type { EpochRecord, History } from './history.js';
export { Network, type Evaluation, type NetworkOptions, type PredictOptions, type Samples } from './network.js';
export { Trainer, type Data, type FitOptions, type Progress } from './trainer.js';
