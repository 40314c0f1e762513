import { activations, leakyRelu, type ActivationLike, type ActivationName } from '../../lib/activations/index.js';
import {
  activation,
  alphaDropout,
  batchNorm,
  dense,
  dropout,
  gaussianNoise,
  inputNormalization,
  layerNorm,
  prelu,
  residual,
  softmax,
  type LayerDescription,
} from '../../lib/layers/index.js';
import {
  huber,
  losses,
  multiclassHinge,
  softmaxCrossEntropy,
  binaryCrossEntropy,
  type LossLike,
} from '../../lib/losses/index.js';
import { l1, l2 } from '../../lib/regularizers/index.js';

/** Every activation with its defaults, and those with options once more with others. */
export const activationRows: readonly [what: string, activation: ActivationLike][] = [
  ...(Object.keys(activations) as ActivationName[]).map((name): [string, ActivationLike] => [name, name]),
  ['leakyRelu with slope 0.3', leakyRelu({ slope: 0.3 })],
  ['elu with alpha 0.4', activations.elu({ alpha: 0.4 })],
  ['gelu by tanh', activations.gelu({ approximation: 'tanh' })],
];

/**
 * Layers to stand between two dense ones, by type. A type without a row fails the suite.
 */
export const layerRows: Readonly<Record<string, readonly [what: string, make: () => LayerDescription[]][]>> = {
  dense: [
    ['plain', () => [dense(4)]],
    ['without bias', () => [dense(4, { bias: false })]],
    ['with l2', () => [dense(4, { activation: 'tanh', regularizer: l2(0.3) })]],
    ['with l1', () => [dense(4, { activation: 'tanh', regularizer: l1(0.2) })]],
    [
      'with penalties on its outputs',
      () => [dense(4, { activation: 'tanh', activityRegularizer: [l1(0.2), l2(0.3)] })],
    ],
    ['with a penalty on its sums', () => [dense(4, { activityRegularizer: l2(0.3) }), activation('tanh')]],
    ['with two penalties', () => [dense(3, { regularizer: [l2(0.1), l2(0.02)] })]],
    ['three of them', () => [dense(5, { activation: 'tanh' }), dense(3, { activation: 'sigmoid' }), dense(6)]],
  ],
  activation: [['twice', () => [activation('tanh'), activation('sigmoid')]]],
  batchNorm: [
    ['plain', () => [batchNorm()]],
    ['with a large epsilon', () => [batchNorm({ epsilon: 0.5, momentum: 0.5 })]],
    ['before an activation', () => [batchNorm(), activation('tanh')]],
    ['twice', () => [batchNorm(), dense(4, { bias: false }), batchNorm()]],
  ],
  dropout: [
    ['at 0.5', () => [dropout(0.5)]],
    ['at 0', () => [dropout(0)]],
    ['after an activation', () => [activation('tanh'), dropout(0.2)]],
    ['with BatchNorm', () => [dropout(0.3), batchNorm(), activation('tanh'), dropout(0.3)]],
  ],
  layerNorm: [
    ['plain', () => [layerNorm()]],
    ['with a large epsilon', () => [layerNorm({ epsilon: 0.5 })]],
    ['before an activation, twice', () => [layerNorm(), activation('tanh'), dense(7), layerNorm()]],
  ],
  prelu: [
    ['plain', () => [prelu()]],
    ['bending upwards, behind BatchNorm', () => [batchNorm(), prelu({ slope: -0.3 })]],
  ],
  softmax: [
    ['plain', () => [softmax()]],
    ['twice', () => [softmax(), dense(6), softmax()]],
  ],
  alphaDropout: [
    ['at 0.3', () => [alphaDropout(0.3)]],
    ['at 0', () => [alphaDropout(0)]],
    ['after SELU, twice', () => [activation('selu'), alphaDropout(0.1), dense(4), alphaDropout(0.2)]],
  ],
  gaussianNoise: [
    ['plain', () => [gaussianNoise(0.5)]],
    ['of nothing', () => [gaussianNoise(0)]],
    ['before an activation', () => [gaussianNoise(0.2), activation('tanh')]],
  ],
  // Stands at the front only.
  inputNormalization: [],
  residual: [
    ['of one layer', () => [residual([activation('tanh')])]],
    ['that widens', () => [residual([dense(7, { activation: 'tanh' })])]],
    ['with a projection that it does not need', () => [residual([activation('sigmoid')], { projection: true })]],
    [
      'with everything in it',
      () => [
        residual([batchNorm(), activation('tanh'), dropout(0.3), dense(6), layerNorm(), prelu(), gaussianNoise(0.1)]),
      ],
    ],
    [
      'in a residual, twice',
      () => [
        residual([dense(4, { activation: 'tanh' }), residual([layerNorm(), dense(4)]), residual([dense(3)])]),
        residual([dropout(0.5)]),
      ],
    ],
  ],
};

/** Layers to stand at the front of a network, which those above do as well. */
export const firstLayerRows: readonly [type: string, what: string, make: () => LayerDescription[]][] = [
  ['inputNormalization', 'plain', () => [inputNormalization()]],
  ['inputNormalization', 'before dropout', () => [inputNormalization(), dropout(0.2), dense(4)]],
];

/** Every loss with its defaults. A loss that takes options gets rows of its own here. */
export const lossRows: readonly [what: string, loss: LossLike][] = [
  ...Object.entries(losses).map(([name, make]): [string, LossLike] => [name, make()]),
  ['softmaxCrossEntropy with label smoothing', softmaxCrossEntropy({ labelSmoothing: 0.2 })],
  ['softmaxCrossEntropy with soft targets', softmaxCrossEntropy({ targets: 'soft' })],
  ['softmaxCrossEntropy with smoothed soft targets', softmaxCrossEntropy({ targets: 'soft', labelSmoothing: 0.2 })],
  ['binaryCrossEntropy with label smoothing', binaryCrossEntropy({ labelSmoothing: 0.2 })],
  ['huber with delta 0.3', huber({ delta: 0.3 })],
  ['multiclassHinge with margin 0.4', multiclassHinge({ margin: 0.4 })],
];
