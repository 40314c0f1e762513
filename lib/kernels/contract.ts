/**
 * The kernel contract: the one table that both engines implement.
 *
 * A signature reads `inputs -> outputs`. Each operand names its shape; equal symbols are equal extents, and `rows` is the
 * number of samples of the batch at hand. `name?` may be absent; an output marked `&` is read before it is written.
 * Everything is row-major.
 *
 * `axis` says how the kernel may be cut into tiles that run at the same time, `split` which symbol is cut:
 *
 * - `rows`: samples. Consecutive `rows` kernels run one after the other on a tile of samples while it is in cache.
 * - `columns`: features, with all rows of the batch at hand (BatchNorm's statistics).
 * - `parameters`: the leading extent of one parameter, with all rows of the batch at hand (weight gradients, updates).
 *
 * A kernel may return a partial sum (a loss, a count, a squared norm). The engine adds the partial sums of its tiles in
 * tile order, so that totals do not depend on the number of threads. Kernels that write parameters return 0, or NaN where
 * what they wrote is not finite: a training run stops at a step in which any sum is not.
 *
 * `native/kernels/contract.cc` is the same table in C++; the addon is refused when the two differ.
 */
export type Axis = 'rows' | 'columns' | 'parameters';

export interface KernelContract {
  readonly axis: Axis;
  readonly split: string;
  readonly signature: string;
  /** Names of the numbers that a call carries, in order. */
  readonly attributes: readonly string[];
}

export const contract = {
  // Data ------------------------------------------------------------------------------------------------------------
  gatherFeatures: { axis: 'rows', split: 'rows', signature: '-> features[rows,inputs]', attributes: [] },
  gatherLabels: { axis: 'rows', split: 'rows', signature: '-> labels[rows]', attributes: [] },
  gatherTargets: { axis: 'rows', split: 'rows', signature: '-> targets[rows,outputs]', attributes: [] },
  emit: { axis: 'rows', split: 'rows', signature: 'values[rows,columns] ->', attributes: [] },
  // `by` says what a row is weighed by besides its sample's weight: 0 nothing, 1 its label's class, 2 its targets.
  gatherWeights: {
    axis: 'rows',
    split: 'rows',
    signature: 'classWeights?[classes] -> weights[rows]',
    attributes: ['by'],
  },
  gatherWeightSum: {
    axis: 'columns',
    split: 'columns',
    signature: 'classWeights?[classes] -> sum[columns]',
    attributes: ['by'],
  },

  // Augmentation. `columns` is an image's width; `operations` are those of warpOperations in augment.ts -----------------
  warpImage: {
    axis: 'rows',
    split: 'rows',
    signature: 'input[rows,pixels] operations?[numbers] -> output[rows,pixels]',
    attributes: ['columns', 'sigma', 'alpha', 'stream'],
  },
  eraseRectangle: {
    axis: 'rows',
    split: 'rows',
    signature: 'input[rows,pixels] -> output[rows,pixels]',
    attributes: ['columns', 'probability', 'least', 'most', 'stream'],
  },

  // Dense -----------------------------------------------------------------------------------------------------------
  dense: {
    axis: 'rows',
    split: 'rows',
    signature: 'input[rows,inputs] kernel[inputs,units] bias?[units] -> output[rows,units]',
    attributes: ['activation', 'parameter'],
  },
  denseInputGradient: {
    axis: 'rows',
    split: 'rows',
    signature: 'outputGradient[rows,units] kernel[inputs,units] -> inputGradient[rows,inputs]',
    attributes: [],
  },
  denseKernelGradient: {
    axis: 'parameters',
    split: 'inputs',
    signature: 'input[rows,inputs] outputGradient[rows,units] -> kernelGradient[inputs,units]',
    attributes: [],
  },
  denseBiasGradient: {
    axis: 'parameters',
    split: 'units',
    signature: 'outputGradient[rows,units] -> biasGradient[units]',
    attributes: [],
  },

  // Activations -----------------------------------------------------------------------------------------------------
  activation: {
    axis: 'rows',
    split: 'rows',
    signature: 'input[rows,columns] -> output[rows,columns]',
    attributes: ['activation', 'parameter'],
  },
  activationGradient: {
    axis: 'rows',
    split: 'rows',
    signature: 'saved[rows,columns] outputGradient[rows,columns] -> inputGradient[rows,columns]',
    attributes: ['activation', 'parameter'],
  },
  softmax: { axis: 'rows', split: 'rows', signature: 'input[rows,columns] -> output[rows,columns]', attributes: [] },
  softmaxGradient: {
    axis: 'rows',
    split: 'rows',
    signature: 'output[rows,columns] outputGradient[rows,columns] -> inputGradient[rows,columns]',
    attributes: [],
  },
  prelu: {
    axis: 'rows',
    split: 'rows',
    signature: 'input[rows,columns] slope[columns] -> output[rows,columns]',
    attributes: [],
  },
  preluInputGradient: {
    axis: 'rows',
    split: 'rows',
    signature: 'input[rows,columns] outputGradient[rows,columns] slope[columns] -> inputGradient[rows,columns]',
    attributes: [],
  },
  preluSlopeGradient: {
    axis: 'parameters',
    split: 'columns',
    signature: 'input[rows,columns] outputGradient[rows,columns] -> slopeGradient[columns]',
    attributes: [],
  },

  // Dropout ---------------------------------------------------------------------------------------------------------
  dropout: {
    axis: 'rows',
    split: 'rows',
    signature: 'input[rows,columns] -> output[rows,columns] mask[rows,columns]',
    attributes: ['rate', 'stream'],
  },
  dropoutGradient: {
    axis: 'rows',
    split: 'rows',
    signature: 'mask[rows,columns] outputGradient[rows,columns] -> inputGradient[rows,columns]',
    attributes: [],
  },
  alphaDropout: {
    axis: 'rows',
    split: 'rows',
    signature: 'input[rows,columns] -> output[rows,columns] mask[rows,columns]',
    attributes: ['rate', 'stream'],
  },
  gaussianNoise: {
    axis: 'rows',
    split: 'rows',
    signature: 'input[rows,columns] -> output[rows,columns]',
    attributes: ['standardDeviation', 'stream'],
  },

  // Normalization ---------------------------------------------------------------------------------------------------
  batchNormStatistics: {
    axis: 'columns',
    split: 'columns',
    signature: 'input[rows,columns] -> mean[columns] inverseDeviation[columns] variance[columns]',
    attributes: ['epsilon'],
  },
  runningStatistics: {
    axis: 'parameters',
    split: 'columns',
    signature: 'mean[columns] variance[columns] -> &runningMean[columns] &runningVariance[columns]',
    attributes: ['momentum'],
  },
  batchNorm: {
    axis: 'rows',
    split: 'rows',
    signature:
      'input[rows,columns] mean[columns] inverseDeviation[columns] gamma[columns] beta[columns] -> output[rows,columns]',
    attributes: [],
  },
  batchNormInference: {
    axis: 'rows',
    split: 'rows',
    signature:
      'input[rows,columns] runningMean[columns] runningVariance[columns] gamma[columns] beta[columns] -> output[rows,columns]',
    attributes: ['epsilon'],
  },
  batchNormParameterGradients: {
    axis: 'columns',
    split: 'columns',
    signature:
      'input[rows,columns] outputGradient[rows,columns] mean[columns] inverseDeviation[columns] -> gammaGradient[columns] betaGradient[columns]',
    attributes: [],
  },
  batchNormInputGradient: {
    axis: 'rows',
    split: 'rows',
    signature:
      'input[rows,columns] outputGradient[rows,columns] mean[columns] inverseDeviation[columns] gamma[columns] gammaGradient[columns] betaGradient[columns] -> inputGradient[rows,columns]',
    attributes: [],
  },
  batchNormInferenceGradient: {
    axis: 'rows',
    split: 'rows',
    signature: 'outputGradient[rows,columns] runningVariance[columns] gamma[columns] -> inputGradient[rows,columns]',
    attributes: ['epsilon'],
  },
  layerNorm: {
    axis: 'rows',
    split: 'rows',
    signature:
      'input[rows,columns] gamma[columns] beta[columns] -> output[rows,columns] mean?[rows] inverseDeviation?[rows]',
    attributes: ['epsilon'],
  },
  layerNormInputGradient: {
    axis: 'rows',
    split: 'rows',
    signature:
      'input[rows,columns] outputGradient[rows,columns] mean[rows] inverseDeviation[rows] gamma[columns] -> inputGradient[rows,columns]',
    attributes: [],
  },
  layerNormGammaGradient: {
    axis: 'parameters',
    split: 'columns',
    signature:
      'input[rows,columns] outputGradient[rows,columns] mean[rows] inverseDeviation[rows] -> gammaGradient[columns]',
    attributes: [],
  },
  standardize: {
    axis: 'rows',
    split: 'rows',
    signature: 'input[rows,columns] mean[columns] deviation[columns] -> output[rows,columns]',
    attributes: [],
  },

  // Residual connections ----------------------------------------------------------------------------------------------
  add: {
    axis: 'rows',
    split: 'rows',
    signature: 'first[rows,columns] second[rows,columns] -> sum[rows,columns]',
    attributes: [],
  },

  // Losses and metrics: each returns the sum over its rows ------------------------------------------------------------
  softmaxCrossEntropy: {
    axis: 'rows',
    split: 'rows',
    signature: 'logits[rows,classes] labels[rows] -> gradient?[rows,classes] losses?[rows]',
    attributes: [],
  },
  meanSquaredError: {
    axis: 'rows',
    split: 'rows',
    signature: 'output[rows,columns] targets[rows,columns] -> gradient?[rows,columns] losses?[rows]',
    attributes: [],
  },
  accuracy: { axis: 'rows', split: 'rows', signature: 'scores[rows,classes] labels[rows] ->', attributes: [] },
  targetAccuracy: {
    axis: 'rows',
    split: 'rows',
    signature: 'scores[rows,classes] targets[rows,classes] ->',
    attributes: [],
  },
  decisionAccuracy: {
    axis: 'rows',
    split: 'rows',
    signature: 'logits[rows,columns] targets[rows,columns] ->',
    attributes: [],
  },
  smoothLabels: {
    axis: 'rows',
    split: 'rows',
    signature: 'labels[rows] classWeights?[classes] -> targets[rows,classes]',
    attributes: ['smoothing'],
  },
  smoothTargets: {
    axis: 'rows',
    split: 'rows',
    signature: 'targets[rows,classes] classWeights?[classes] -> smoothed[rows,classes]',
    attributes: ['smoothing'],
  },
  softCrossEntropy: {
    axis: 'rows',
    split: 'rows',
    signature: 'logits[rows,classes] targets[rows,classes] -> gradient?[rows,classes] losses?[rows]',
    attributes: [],
  },
  binaryCrossEntropy: {
    axis: 'rows',
    split: 'rows',
    signature:
      'logits[rows,columns] targets[rows,columns] classWeights?[columns] -> gradient?[rows,columns] losses?[rows]',
    attributes: ['smoothing'],
  },
  multiclassHinge: {
    axis: 'rows',
    split: 'rows',
    signature: 'scores[rows,classes] labels[rows] -> gradient?[rows,classes] losses?[rows]',
    attributes: ['margin'],
  },
  meanAbsoluteError: {
    axis: 'rows',
    split: 'rows',
    signature: 'output[rows,columns] targets[rows,columns] -> gradient?[rows,columns] losses?[rows]',
    attributes: [],
  },
  huber: {
    axis: 'rows',
    split: 'rows',
    signature: 'output[rows,columns] targets[rows,columns] -> gradient?[rows,columns] losses?[rows]',
    attributes: ['delta'],
  },
  weighLosses: {
    axis: 'rows',
    split: 'rows',
    signature: 'losses[rows] weights?[rows] weightSum[one] -> &gradient?[rows,columns]',
    attributes: [],
  },

  // Regularizers: add to the gradient and return the penalty ----------------------------------------------------------
  l2: {
    axis: 'parameters',
    split: 'leading',
    signature: 'parameter[leading,inner] -> &gradient[leading,inner]',
    attributes: ['lambda'],
  },
  l1: {
    axis: 'parameters',
    split: 'leading',
    signature: 'parameter[leading,inner] -> &gradient[leading,inner]',
    attributes: ['lambda'],
  },
  activityL1: {
    axis: 'rows',
    split: 'rows',
    signature: 'output[rows,columns] outputGradient[rows,columns] -> penalizedGradient[rows,columns]',
    attributes: ['lambda'],
  },
  activityL2: {
    axis: 'rows',
    split: 'rows',
    signature: 'output[rows,columns] outputGradient[rows,columns] -> penalizedGradient[rows,columns]',
    attributes: ['lambda'],
  },

  // Clipping. `total` is the number of a total that an earlier stage of the step has summed up ------------------------
  squaredNorm: { axis: 'parameters', split: 'leading', signature: 'gradient[leading,inner] ->', attributes: [] },
  clipNorm: {
    axis: 'parameters',
    split: 'leading',
    signature: '-> &gradient[leading,inner]',
    attributes: ['limit', 'total'],
  },
  clipValue: {
    axis: 'parameters',
    split: 'leading',
    signature: '-> &gradient[leading,inner]',
    attributes: ['limit'],
  },

  // Updates. Scalars of the step come from the optimizer's `scalars(step)`; 0 is the learning rate, of which a parameter
  // gets `multiplier` ---------------------------------------------------------------------------------------------------
  sgd: {
    axis: 'parameters',
    split: 'leading',
    signature: 'gradient[leading,inner] -> &parameter[leading,inner]',
    attributes: ['multiplier'],
  },
  momentum: {
    axis: 'parameters',
    split: 'leading',
    signature: 'gradient[leading,inner] -> &parameter[leading,inner] &velocity[leading,inner]',
    attributes: ['momentum', 'multiplier'],
  },
  rmsProp: {
    axis: 'parameters',
    split: 'leading',
    signature:
      'gradient[leading,inner] -> &parameter[leading,inner] &meanSquare[leading,inner] &mean?[leading,inner] &velocity?[leading,inner]',
    attributes: ['decay', 'epsilon', 'momentum', 'multiplier'],
  },
  adam: {
    axis: 'parameters',
    split: 'leading',
    signature:
      'gradient[leading,inner] -> &parameter[leading,inner] &firstMoment[leading,inner] &secondMoment[leading,inner]',
    attributes: ['beta1', 'beta2', 'epsilon', 'weightDecay', 'multiplier'],
  },
  nesterov: {
    axis: 'parameters',
    split: 'leading',
    signature: 'gradient[leading,inner] -> &parameter[leading,inner] &velocity[leading,inner]',
    attributes: ['momentum', 'multiplier'],
  },
  adaGrad: {
    axis: 'parameters',
    split: 'leading',
    signature: 'gradient[leading,inner] -> &parameter[leading,inner] &sumOfSquares[leading,inner]',
    attributes: ['epsilon', 'multiplier'],
  },
  adaDelta: {
    axis: 'parameters',
    split: 'leading',
    signature:
      'gradient[leading,inner] -> &parameter[leading,inner] &meanSquare[leading,inner] &meanSquareStep[leading,inner]',
    attributes: ['decay', 'epsilon', 'multiplier'],
  },
  amsGrad: {
    axis: 'parameters',
    split: 'leading',
    signature:
      'gradient[leading,inner] -> &parameter[leading,inner] &firstMoment[leading,inner] &secondMoment[leading,inner] &largestMoment[leading,inner]',
    attributes: ['beta1', 'beta2', 'epsilon', 'weightDecay', 'multiplier'],
  },
  nadam: {
    axis: 'parameters',
    split: 'leading',
    signature:
      'gradient[leading,inner] -> &parameter[leading,inner] &firstMoment[leading,inner] &secondMoment[leading,inner]',
    attributes: ['beta1', 'beta2', 'epsilon', 'multiplier'],
  },
  radam: {
    axis: 'parameters',
    split: 'leading',
    signature:
      'gradient[leading,inner] -> &parameter[leading,inner] &firstMoment[leading,inner] &secondMoment[leading,inner]',
    attributes: ['beta1', 'beta2', 'epsilon', 'multiplier'],
  },
  adaMax: {
    axis: 'parameters',
    split: 'leading',
    signature:
      'gradient[leading,inner] -> &parameter[leading,inner] &firstMoment[leading,inner] &largest[leading,inner]',
    attributes: ['beta1', 'beta2', 'epsilon', 'multiplier'],
  },

  // Constraints, on the columns of a kernel ---------------------------------------------------------------------------
  constrainNorm: {
    axis: 'columns',
    split: 'units',
    signature: '-> &parameter[inputs,units]',
    attributes: ['least', 'most', 'rate'],
  },
  nonNegative: { axis: 'columns', split: 'units', signature: '-> &parameter[inputs,units]', attributes: [] },
} as const satisfies Record<string, KernelContract>;

export type KernelName = keyof typeof contract;

type Split<Text extends string, On extends string> = Text extends `${infer Head}${On}${infer Tail}`
  ? Head | Split<Tail, On>
  : Text;
type NameOf<Token extends string> = Token extends `&${infer Rest}`
  ? NameOf<Rest>
  : Token extends `${infer Name}[${string}`
    ? Name
    : never;
type Names<K extends KernelName> = NameOf<Split<(typeof contract)[K]['signature'], ' '>>;
type Optional<Name extends string> = Name extends `${infer Plain}?` ? Plain : never;
type Required<Name extends string> = Name extends `${string}?` ? never : Name;

/** The operands of kernel K by name, as its signature lists them. */
export type OperandsOf<K extends KernelName, Value> = { [Name in Required<Names<K>>]: Value } & {
  [Name in Optional<Names<K>>]?: Value;
};

/** The attributes of kernel K by name. */
export type AttributesOf<K extends KernelName> = { [Name in (typeof contract)[K]['attributes'][number]]: number };
