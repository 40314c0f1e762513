export type { Callback, CallbackState, Ending, StepRecord } from './callback.js';
export { checkpoint, type CheckpointOptions } from './checkpoint.js';
export { earlyStopping, type EarlyStoppingOptions } from './early-stopping.js';
export { historyToCsv, historyToJsonLines } from './history-files.js';
export { hooks, type HooksOptions } from './hooks.js';
export type { MonitorOptions } from './monitor.js';
export { reduceLearningRateOnPlateau, type ReduceLearningRateOptions } from './reduce-learning-rate.js';
export { tensorBoard, type TensorBoardOptions } from './tensor-board.js';
export { timeLimit } from './time-limit.js';
