import { dense, dropout, momentum, normal, sgd, type LayerDescription } from '../index.js';
import type { Lab } from './lab.js';
import {
  accuracyPanels,
  accuracyTable,
  accuracyValues,
  gapOf,
  inWords,
  runVariants,
  type VariantResult,
} from './overfitting-setting.js';

const everywhere = { dropout: 0.2 };
const falling = { dropout: [0.4, 0.3, 0.2, 0.1, 0, 0] };
const methods = [
  ['SGD 0.01', () => sgd({ learningRate: 0.01 })],
  ['Momentum 0.05', () => momentum({ learningRate: 0.05 })],
] as const;

/**
 * The original's dropout, which does not scale up the survivors while training, written with ours: a layer behind it then
 * sees 0.8 of the signal, and its weights get 0.8 of the gradient. That is a layer with 0.8 times the weights, and with
 * 0.8² times the learning rate.
 */
function layersOfTheOriginal(rate: number): LayerDescription[] {
  const kept = 1 - rate;
  const layer = (units: number, inputs: number, behind: boolean) =>
    dense(units, {
      activation: units === 10 ? 'identity' : 'relu',
      initializer: normal({ standardDeviation: (behind ? kept : 1) * Math.sqrt(2 / inputs) }),
      learningRateMultiplier: behind ? kept ** 2 : 1,
    });
  const hidden = [784, 100, 100, 100, 100, 100].flatMap((inputs, i) => [layer(100, inputs, i > 0), dropout(rate)]);
  return [...hidden, layer(10, 100, true)];
}

export const lab: Lab = {
  name: 'dropout',
  title: 'Dropout against overfitting',
  lookAt: [
    'With a fifth of all units dropped in every step, learning by heart takes longer.',
    'SGD 0.01 has not gained from it by the end; with a faster optimizer the test line ends higher than without dropout.',
    'The original does not scale up the survivors while training, and learns more slowly for it: the last row of the table.',
    'Rates may differ by layer: most where there are the most weights, none near the outputs.',
  ],
  original:
    'the overfitting net with SGD 0.01 and dropout 0.2 after each activation, 301 epochs: train accuracy 0.587 to 0.676, test 0.471 to 0.550. ' +
    'The original does not scale up the survivors while training: its signal is 0.8⁶ = 0.26 as strong, its learning as slow',
  async run(context) {
    const epochs = context.epochs(301, 301);
    const results = await runVariants(
      context,
      methods.flatMap(([name, optimizer]) => [
        { name: `${name}, no dropout`, optimizer: optimizer(), epochs },
        { name: `${name}, dropout 0.2`, optimizer: optimizer(), hidden: everywhere, epochs },
        { name: `${name}, 0.4 falling to 0`, optimizer: optimizer(), hidden: falling, epochs },
      ]),
    );
    const [asOriginal] = await runVariants(context, [
      { name: 'SGD 0.01, dropout 0.2 as the original’s', layers: layersOfTheOriginal(0.2), epochs },
    ]);
    const [sgdPlain, sgdEven, , plain, even, byLayer] = results;
    const early = ({ train }: VariantResult) => train[Math.floor(train.length / 4)][1];
    return {
      figures: [
        accuracyPanels(
          'Dropout against learning by heart',
          results,
          '300 training images, 784-100×6-10, ReLU, He, batch 100',
        ),
      ],
      table: accuracyTable([...results, asOriginal]),
      ours: [asOriginal, sgdEven, plain, even, byLayer].map(inWords).join('; '),
      conclusions: [
        { claim: 'with SGD, learning by heart takes longer', holds: early(sgdEven) < early(sgdPlain) - 0.03 },
        {
          claim: 'dropout as the original’s learns as slowly as there: a test accuracy of 0.45 to 0.6',
          holds: asOriginal.finalTest > 0.45 && asOriginal.finalTest < 0.6,
        },
        { claim: 'with survivors scaled up it learns better', holds: sgdEven.finalTest > asOriginal.finalTest + 0.05 },
        { claim: 'with Momentum, dropout raises the test accuracy', holds: even.finalTest > plain.finalTest },
        { claim: 'and narrows the gap', holds: gapOf(even) < gapOf(plain) },
      ],
      values: accuracyValues([...results, asOriginal]),
    };
  },
};
