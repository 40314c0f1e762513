export {
  createPredictor,
  type Predictor,
  type PredictorOptions,
  type PredictorRequestOptions,
  type PredictorStatistics,
} from './predictor.js';
