import { softmaxCrossEntropy, type Network } from '../index.js';
import { bars } from '../report/index.js';
import type { Lab } from './lab.js';
import { accuracyPanels, accuracyTable, accuracyValues, baseline, runVariants } from './overfitting-setting.js';
import { percent } from './support.js';

/** The mean of the largest probability over the test images: how sure the net is. */
async function confidenceOf(network: Network, images: Parameters<Network['predict']>[0]): Promise<number> {
  const probabilities = await network.predict(images);
  const rows = probabilities.length / network.outputs;
  let sum = 0;
  for (let row = 0; row < rows; row++) sum += Math.max(...probabilities.subarray(row * 10, row * 10 + 10));
  return sum / rows;
}

export const lab: Lab = {
  name: 'label-smoothing',
  title: 'Label smoothing makes a net less sure of itself',
  lookAt: [
    'A net that overfits is surer than it is right: its mean confidence lies above its accuracy.',
    'Asked for 0.91 instead of 1 for the right digit, it becomes as sure as it should be, or less; its accuracy stays.',
  ],
  original:
    'Müller, Kornblith and Hinton 2019: smoothing of 0.1 brings confidence near accuracy without costing accuracy',
  async run(context) {
    const { test } = await context.digitsOf(300, 10_000);
    const results = await runVariants(context, [
      baseline,
      { name: 'label smoothing 0.1', loss: softmaxCrossEntropy({ labelSmoothing: 0.1 }) },
    ]);
    const confidences: number[] = [];
    for (const { network } of results) confidences.push(await confidenceOf(network, test));
    const [plain, smoothed] = results;
    const excess = results.map(({ finalTest }, i) => confidences[i] - finalTest);
    return {
      figures: [
        bars({
          name: 'confidence',
          title: 'How sure, and how right, on test images',
          subtitle: 'mean of the largest probability beside the share of right answers',
          category: '',
          value: { title: 'share', domain: [0, 1], format: '%' },
          format: '.1%',
          bars: results.flatMap(({ name, finalTest }, i) => [
            { category: name, group: 'mean confidence', value: confidences[i] },
            { category: name, group: 'accuracy', value: finalTest },
          ]),
        }),
        accuracyPanels('Label smoothing in the overfitting net', results),
      ],
      table: {
        columns: [...accuracyTable(results).columns, 'mean confidence'],
        rows: accuracyTable(results).rows.map((row, i) => [...row, percent(confidences[i])]),
      },
      ours: `confidence above accuracy: ${percent(excess[0])} without, ${percent(excess[1])} with smoothing`,
      conclusions: [
        { claim: 'without smoothing the net is surer than it is right', holds: excess[0] > 0.02 },
        {
          claim: 'smoothing lowers the confidence by at least 5 points',
          holds: confidences[1] < confidences[0] - 0.05,
        },
        { claim: 'the accuracy loses less than 3 points', holds: smoothed.finalTest > plain.finalTest - 0.03 },
      ],
      values: { ...accuracyValues(results), confidences },
    };
  },
};
