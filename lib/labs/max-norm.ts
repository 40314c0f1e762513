import { maxNorm, momentum, type Network } from '../index.js';
import type { Lab } from './lab.js';
import { accuracyPanels, accuracyTable, accuracyValues, inWords, runVariants } from './overfitting-setting.js';
import { short } from './support.js';

const LIMIT = 1;

const hiddenLayers = ({ layers }: Network) => layers.filter(({ type }) => type === 'dense').slice(0, -1);

/** The longest weight vector of any hidden unit. */
function longest(network: Network): number {
  let most = 0;
  for (const { name, inputs, outputs } of hiddenLayers(network)) {
    const kernel = network.readParameter(`${name}.kernel`);
    for (let unit = 0; unit < outputs; unit++) {
      let square = 0;
      for (let i = 0; i < inputs; i++) square += kernel[i * outputs + unit] ** 2;
      most = Math.max(most, Math.sqrt(square));
    }
  }
  return most;
}

const finalLoss = (points: readonly (readonly [number, number])[]) => points.at(-1)![1];

export const lab: Lab = {
  name: 'max-norm',
  title: 'Max-norm keeps weights within a ball',
  lookAt: [
    'After every update the weights of a unit are put back to a length of at most 1, where they were longer.',
    'The net still learns the images by heart, but it cannot grow ever surer of itself: the loss on test images stays lower.',
  ],
  original:
    'Srivastava et al. 2014: max-norm with dropout takes MNIST from 1.25 % to 1.06 % error (see the lab srivastava-2014)',
  async run(context) {
    const results = await runVariants(context, [
      { name: 'dropout 0.2', optimizer: momentum({ learningRate: 0.05 }), hidden: { dropout: 0.2 } },
      {
        name: 'dropout 0.2 and max-norm 1',
        optimizer: momentum({ learningRate: 0.05 }),
        hidden: { dropout: 0.2, constraint: maxNorm(LIMIT) },
      },
    ]);
    const [plain, limited] = results;
    const norms = results.map(({ network }) => longest(network));
    const losses = results.map(({ testLoss }) => finalLoss(testLoss));
    return {
      figures: [
        accuracyPanels(
          'Max-norm with dropout',
          results,
          '300 training images, 784-100×6-10, ReLU, He, Momentum 0.05, batch 100',
        ),
      ],
      table: {
        columns: [...accuracyTable(results).columns, 'longest weights', 'test loss'],
        rows: accuracyTable(results).rows.map((row, i) => [...row, short(norms[i]), short(losses[i])]),
      },
      ours: `${inWords(limited)}; longest weights ${norms.map(short).join(' and ')}, test loss ${losses.map(short).join(' and ')}`,
      conclusions: [
        { claim: 'no unit’s weights are longer than 1', holds: norms[1] <= LIMIT + 1e-4 },
        { claim: 'without it they are', holds: norms[0] > 1.3 * LIMIT },
        { claim: 'the test loss is at least 10 % lower', holds: losses[1] < 0.9 * losses[0] },
        { claim: 'the test accuracy loses less than 5 points', holds: limited.finalTest > plain.finalTest - 0.05 },
      ],
      values: { ...accuracyValues(results), norms, losses },
    };
  },
};
