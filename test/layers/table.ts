import { activations, leakyRelu, type ActivationLike, type ActivationName } from '../../lib/activations/index.js';
import { activation, batchNorm, dense, dropout, type LayerDescription } from '../../lib/layers/index.js';
import { losses, type LossLike } from '../../lib/losses/index.js';
import { l2 } from '../../lib/regularizers/index.js';

/** Every activation with its defaults, and those with options once more with others. */
export const activationRows: readonly [what: string, activation: ActivationLike][] = [
  ...(Object.keys(activations) as ActivationName[]).map((name): [string, ActivationLike] => [name, name]),
  ['leakyRelu with slope 0.3', leakyRelu({ slope: 0.3 })],
  ['elu with alpha 0.4', activations.elu({ alpha: 0.4 })],
];

/**
 * Layers to stand between two dense ones, by type. A type without a row fails the suite. `width` is what they get.
 */
export const layerRows: Readonly<Record<string, readonly [what: string, make: () => LayerDescription[]][]>> = {
  dense: [
    ['plain', () => [dense(4)]],
    ['without bias', () => [dense(4, { bias: false })]],
    ['with l2', () => [dense(4, { activation: 'tanh', regularizer: l2(0.3) })]],
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
};

/** Every loss with its defaults. A loss that takes options gets rows of its own here. */
export const lossRows: readonly [what: string, loss: LossLike][] = Object.entries(losses).map(([name, make]) => [
  name,
  make(),
]);
