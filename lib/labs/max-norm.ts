import { maxNorm, type Network } from '../index.js';
import type { Lab } from './lab.js';
import {
  accuracyPanels,
  accuracyTable,
  accuracyValues,
  baseline,
  inWords,
  runVariants,
} from './overfitting-setting.js';
import { short } from './support.js';

const LIMIT = 1;

/** The longest weight vector of any hidden unit. */
function longest(network: Network): number {
  let most = 0;
  for (const { name, inputs, outputs } of network.layers.slice(0, -1)) {
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
      baseline,
      { name: 'max-norm 1', hidden: { constraint: maxNorm(LIMIT) } },
    ]);
    const [plain, limited] = results;
    const norms = results.map(({ network }) => longest(network));
    const losses = results.map(({ testLoss }) => finalLoss(testLoss));
    return {
      figures: [accuracyPanels('Max-norm in the overfitting net', results)],
      table: {
        columns: [...accuracyTable(results).columns, 'longest weights', 'test loss'],
        rows: accuracyTable(results).rows.map((row, i) => [...row, short(norms[i]), short(losses[i])]),
      },
      ours: `${inWords(limited)}; longest weights ${norms.map(short).join(' and ')}, test loss ${losses.map(short).join(' and ')}`,
      conclusions: [
        { claim: 'no unit’s weights are longer than 1', holds: norms[1] <= LIMIT + 1e-4 },
        { claim: 'without it they are', holds: norms[0] > 1.3 * LIMIT },
        { claim: 'the test loss is lower', holds: losses[1] < losses[0] },
        { claim: 'the test accuracy loses less than 5 points', holds: limited.finalTest > plain.finalTest - 0.05 },
      ],
      values: { ...accuracyValues(results), norms, losses },
    };
  },
};
