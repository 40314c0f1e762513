import type { Lab } from './lab.js';
import {
  accuracyPanels,
  accuracyTable,
  accuracyValues,
  baseline,
  gapOf,
  inWords,
  runVariants,
} from './overfitting-setting.js';

const falling = [0.4, 0.3, 0.2, 0.1, 0, 0];

export const lab: Lab = {
  name: 'dropout',
  title: 'Dropout against overfitting',
  lookAt: [
    'With a fifth of all units dropped in every step, learning by heart takes longer, and the two lines stay together longer.',
    'Rates may differ by layer: dropping most where there are the most weights, and none near the outputs, costs less speed.',
  ],
  original:
    'the overfitting net with dropout 0.2 after each activation, 301 epochs: train accuracy 0.587 to 0.676, test 0.471 to 0.550. ' +
    'The original does not scale up the survivors while training, which makes its signal 0.8⁶ = 0.26 as strong and its learning as slow',
  async run(context) {
    const epochs = context.epochs(301, 301);
    const results = await runVariants(context, [
      { ...baseline, epochs },
      { name: 'dropout 0.2 everywhere', hidden: { dropout: 0.2 }, epochs },
      { name: 'dropout 0.4, 0.3, 0.2, 0.1, 0, 0', hidden: { dropout: falling }, epochs },
    ]);
    const [plain, even, byLayer] = results;
    return {
      figures: [accuracyPanels('Dropout against learning by heart', results)],
      table: accuracyTable(results),
      ours: `${inWords(even)}; ${inWords(byLayer)}`,
      conclusions: [
        { claim: 'the gap is smaller with dropout', holds: gapOf(even) < gapOf(plain) - 0.01 },
        { claim: 'the test accuracy is above the original’s', holds: even.finalTest > 0.55 },
        { claim: 'falling rates learn faster than even ones', holds: byLayer.finalTrain >= even.finalTrain },
      ],
      values: accuracyValues(results),
    };
  },
};
