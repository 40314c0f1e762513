import { l1, type Network } from '../index.js';
import { bars } from '../report/index.js';
import type { Lab } from './lab.js';
import {
  accuracyPanels,
  accuracyTable,
  accuracyValues,
  baseline,
  inWords,
  runVariants,
} from './overfitting-setting.js';
import { percent } from './support.js';

const NEAR_ZERO = 1e-3;

/** Share of all kernels' weights that might as well be 0. */
function sparsity(network: Network): number {
  const kernels = network.parameterNames.filter((name) => name.endsWith('.kernel'));
  const weights = kernels.flatMap((name) => [...network.readParameter(name)]);
  return weights.filter((weight) => Math.abs(weight) < NEAR_ZERO).length / weights.length;
}

export const lab: Lab = {
  name: 'l1-sparsity',
  title: 'L1 empties most weights',
  lookAt: [
    'The L1 penalty pulls every weight towards 0 with the same force, however small it is already.',
    'Most of the 129,000 weights can go while the test accuracy stays: see the share of weights within 0.001 of 0.',
  ],
  original: 'the courses show L1 in words: weights become 0, those of useless inputs first',
  async run(context) {
    const results = await runVariants(context, [
      baseline,
      { name: 'L1, λ = 0.005', hidden: { regularizer: l1(0.005) } },
      { name: 'L1, λ = 0.01', hidden: { regularizer: l1(0.01) } },
    ]);
    const shares = results.map(({ network }) => sparsity(network));
    const [plain, , strong] = results;
    return {
      figures: [
        bars({
          name: 'sparsity',
          title: 'Weights that are as good as zero',
          subtitle: 'share of all weights with a size below 0.001',
          category: 'penalty',
          value: { title: 'share of weights', domain: [0, 1], format: '%' },
          format: '.1%',
          bars: results.map(({ name }, i) => ({ category: name, value: shares[i] })),
        }),
        accuracyPanels('Accuracy while weights are emptied', results),
      ],
      table: {
        columns: [...accuracyTable(results).columns, 'weights near 0'],
        rows: accuracyTable(results).rows.map((row, i) => [...row, percent(shares[i])]),
      },
      ours: `weights near 0: ${shares.map((share) => percent(share)).join(', ')}; ${inWords(strong)}`,
      conclusions: [
        { claim: 'without a penalty hardly any weight is near 0', holds: shares[0] < 0.1 },
        { claim: 'the stronger L1 empties more than half of the weights', holds: shares[2] > 0.5 },
        { claim: 'more with a larger λ', holds: shares[2] > shares[1] && shares[1] > shares[0] },
        { claim: 'the test accuracy falls by less than 5 points', holds: strong.finalTest > plain.finalTest - 0.05 },
      ],
      values: { ...accuracyValues(results), shares },
    };
  },
};
